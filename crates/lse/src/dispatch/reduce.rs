//! reduce: rows into results, each folded in the way that suits its length and layout.

use super::extreme;
use super::job::Results;
use super::mend::Aim;
use super::settle::Settle;
use super::tiles::{Bench, with_bench};
use super::{Compute, Job, OutOfMemory, Source, each_row, store};
use crate::elementary::exp::Reference;
use crate::intake::{OUT, Offsets, Places, Rows, ViewMut};
use crate::kernels::{Abreast, BATCH, Care, SHORT};
use crate::state::Mass;
use std::ops::Range;

/// What is taken off every result.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Minus {
    Nothing,
    /// log n, n the number of elements that take part.
    LogCount,
}

/// Fold every row and finish it: log(sum(exp(x))), less what is asked for.
pub(crate) fn reduce(job: &Job<'_>, out: &ViewMut<'_>, minus: Minus) -> Result<(), OutOfMemory> {
    if job.is_extreme() {
        return extreme::reduce(job, out, minus == Minus::LogCount);
    }
    let operands = job.operands(Some((out, Results::Rows)));
    let rows = Rows::new(job.x.shape, job.axes, operands);
    let source = Source { narrow: out.kind.is_narrow(), ..job.source(rows) };
    let rows = &source.rows;
    let settle = Settle { source: &source, out, mean: minus == Minus::LogCount };
    if rows.length == 0 {
        for row in 0..rows.count {
            // The mean of nothing is 0 / 0.
            let nothing = if settle.mean { f64::NAN } else { f64::NEG_INFINITY };
            store(out, rows.offsets(row)[OUT], nothing);
        }
    } else if job.in_float32(out) {
        fold::<f32>(&settle);
    } else {
        fold::<f64>(&settle);
    }
    Ok(())
}

/// Choose how the rows are folded: short ones a lane each, those that lie across memory a strip at a
/// time, very long ones with all threads, the others one by one.
fn fold<T: Compute>(settle: &Settle<'_, '_>) {
    let source = settle.source;
    let rows = &source.rows;
    // What is taken off for a mean is another number for every row that has a mask.
    let aim = if settle.mean { Aim::Mean } else { Aim::Logarithm };
    if rows.length <= SHORT {
        each_row(rows.count, rows.length, BATCH, |range| short::<T>(settle, range));
    } else if let Some(strips) = source.strips::<T>() {
        strips.each(rows, |places, alone| {
            let base = places.get(0);
            let mut masses = source.fold_strip::<T>(&base, places.len(), alone, Care::Fast);
            source.mended_strip::<T>(&base, &mut masses, aim, alone);
            settle.masses::<T>(places, &masses);
        });
    } else if rows.length > T::CHUNK && rows.count < 4 * crate::threads::get() {
        for row in 0..rows.count {
            let base = rows.offsets(row);
            let mass = source.fold_long::<T>(&base, Care::Fast);
            let mass = source.mended_long::<T>(&base, mass, aim);
            settle.masses::<T>(&Places::listed(&[base]), &[mass]);
        }
    } else {
        each_row(rows.count, rows.length, 1, |range| long::<T>(settle, aim, range));
    }
}

fn short<T: Compute>(settle: &Settle<'_, '_>, range: Range<usize>) {
    let source = settle.source;
    let (layout, count) = (source.layout(), source.rows.length);
    let step = Abreast::room(count) * T::LANES;
    with_bench(|Bench { tiles, batch, bases }| {
        for first in range.clone().step_by(BATCH) {
            let rows = BATCH.min(range.end - first);
            let places = Places::of(&source.rows, first, rows, bases);
            for at in (0..rows).step_by(step) {
                let (tile, part) = (T::tile(tiles), places.part(at, at + step));
                source.turn(&part, layout, tile);
                let abreast = Abreast::of(count, part.len(), T::LANES);
                T::short(source.table, tile, abreast, source.temperature, batch, at);
            }
            settle.short::<T>(&places, layout, batch, tiles);
        }
    });
}

fn long<T: Compute>(settle: &Settle<'_, '_>, aim: Aim, range: Range<usize>) {
    let source = settle.source;
    let in_place = source.in_place::<T>();
    let (mut guess, mut scratch) = (Reference::ZERO, Vec::new());
    let mut bases = [Offsets::default(); BATCH];
    let mut masses = [Mass::EMPTY; BATCH];
    for first in range.clone().step_by(BATCH) {
        let rows = BATCH.min(range.end - first);
        let places = Places::of(&source.rows, first, rows, &mut bases);
        for (row, mass) in masses[..rows].iter_mut().enumerate() {
            let base = places.get(row);
            let fast = Care::Fast;
            let folded = source.fold_once::<T>(&base, in_place, &mut guess, fast, &mut scratch);
            *mass = source.mended::<T>(&base, folded, aim, &mut guess, false, &mut scratch);
        }
        settle.masses::<T>(&places, &masses[..rows]);
    }
}
