//! reduce: rows into results, each folded in the way that suits its length and layout.

use super::extreme;
use super::job::Results;
use super::mend::Aim;
use super::settle::{Settle, chosen};
use super::tiles::{Bench, with_bench};
use super::{Compute, Job, OutOfMemory, Source, each_row, store};
use crate::elementary::exp::Reference;
use crate::intake::{OUT, Offsets, Places, Rows, ViewMut};
use crate::kernels::{Abreast, BATCH, Care, SHORT};
use crate::state::Mass;
use std::ops::Range;

/// Long rows that are folded before any is expected to be small.
const FIRST: usize = 4;

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
            let mut masses = source.fold_strip::<T>(&base, places.len(), alone, care::<T>(source));
            source.mended_strip::<T>(&base, &mut masses, aim, alone);
            settle.masses::<T>(places, &masses);
        });
    } else if rows.length > T::CHUNK && rows.count < 4 * crate::threads::get() {
        for row in 0..rows.count {
            let base = rows.offsets(row);
            let mass = source.fold_long::<T>(&base, care::<T>(source));
            let mass = source.mended_long::<T>(&base, mass, aim);
            settle.masses::<T>(&Places::listed(&[base]), &[mass]);
        }
    } else {
        each_row(rows.count, rows.length, 1, |range| long::<T>(settle, aim, range));
    }
}

/// How well a mass is to be known for its logarithm.
fn care<T: Compute>(source: &Source<'_>) -> Care {
    if source.narrow && T::KIND == f32::KIND { Care::Brief } else { Care::Fast }
}

/// Short rows, a batch at a time: those after a batch that was mostly small are looked at as such first.
fn short<T: Compute>(settle: &Settle<'_, '_>, range: Range<usize>) {
    let source = settle.source;
    let (layout, count) = (source.layout(), source.rows.length);
    let step = Abreast::room(count) * T::LANES;
    let (mut expected, mut list) = (false, [Offsets::default(); BATCH]);
    with_bench(|Bench { tiles, batch, bases }| {
        for first in range.clone().step_by(BATCH) {
            let rows = BATCH.min(range.end - first);
            let mut places = Places::of(&source.rows, first, rows, bases);
            if expected {
                let others = settle.near_short(&places, layout, batch, tiles);
                expected = 2 * others.count_ones() as usize <= rows;
                if others == 0 {
                    continue;
                }
                places = chosen(&places, others, &mut list);
            }
            for at in (0..places.len()).step_by(step) {
                let (tile, part) = (T::tile(tiles), places.part(at, at + step));
                source.turn(&part, layout, tile);
                let abreast = Abreast::of(count, part.len(), T::LANES);
                T::short(source.table, tile, abreast, source.temperature, batch, at);
            }
            let small = settle.short::<T>(&places, layout, batch, tiles);
            expected |= settle.expects::<T>() && 2 * small as usize > rows;
        }
    });
}

/// Long rows, in the same way.
fn long<T: Compute>(settle: &Settle<'_, '_>, aim: Aim, range: Range<usize>) {
    let source = settle.source;
    let (in_place, care) = (source.in_place::<T>(), care::<T>(source));
    let (mut guess, mut scratch) = (Reference::ZERO, Vec::new());
    let [mut bases, mut list] = [[Offsets::default(); BATCH]; 2];
    let mut masses = [Mass::EMPTY; BATCH];
    let mut expected = false;
    let mut first = range.start;
    while first < range.end {
        // The first rows tell what to expect of the others.
        let most = if first == range.start { FIRST } else { BATCH };
        let rows = most.min(range.end - first);
        let mut places = Places::of(&source.rows, first, rows, &mut bases);
        first += rows;
        if expected {
            let others = settle.near_long(&places);
            expected = 2 * others.count_ones() as usize <= rows;
            if others == 0 {
                continue;
            }
            places = chosen(&places, others, &mut list);
        }
        for (row, mass) in masses[..places.len()].iter_mut().enumerate() {
            let base = places.get(row);
            let folded = source.fold_once::<T>(&base, in_place, &mut guess, care, &mut scratch);
            *mass = source.mended::<T>(&base, folded, aim, &mut guess, false, &mut scratch);
        }
        let small = settle.masses::<T>(&places, &masses[..places.len()]);
        expected |= settle.expects::<T>() && 2 * small as usize > rows;
    }
}
