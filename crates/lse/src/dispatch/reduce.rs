//! reduce: rows into results, each folded in the way that suits its length and layout.

use super::job::Results;
use super::settle::Settle;
use super::tiles::with_tiles;
use super::{Compute, Job, OutOfMemory, each_row, store};
use crate::elementary::exp::Reference;
use crate::intake::{OUT, Offsets, Rows, ViewMut};
use crate::kernels::{BATCH, Batch, SHORT};
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
    let operands = job.operands(Some((out, Results::Rows)));
    let source = job.source(Rows::new(job.x.shape, job.axes, operands));
    let rows = &source.rows;
    let settle = Settle { source: &source, out, mean: minus == Minus::LogCount };
    if rows.length == 0 {
        for row in 0..rows.count {
            store(out, rows.offsets(row)[OUT], f64::NEG_INFINITY);
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
    if rows.length <= SHORT {
        each_row(rows.count, rows.length, BATCH, |range| short::<T>(settle, range));
    } else if let Some(strips) = source.strips::<T>() {
        let alone = strips.count < crate::threads::get();
        let width = rows.count.div_ceil(strips.count.max(1));
        let work = |range: Range<usize>| {
            for index in range {
                let (first, width) = strips.strip(index);
                let mut bases = vec![Offsets::default(); width];
                source.places(first, &mut bases);
                if let Some(base) = bases.first() {
                    let masses = source.fold_strip::<T>(base, width, alone);
                    settle.masses::<T>(&bases, &masses);
                }
            }
        };
        if alone {
            work(0..strips.count);
        } else {
            each_row(strips.count, rows.length * width, 1, work);
        }
    } else if rows.length > T::CHUNK && rows.count < 4 * crate::threads::get() {
        for row in 0..rows.count {
            let base = rows.offsets(row);
            settle.masses::<T>(&[base], &[source.fold_long::<T>(&base)]);
        }
    } else {
        each_row(rows.count, rows.length, 1, |range| long::<T>(settle, range));
    }
}

fn short<T: Compute>(settle: &Settle<'_, '_>, range: Range<usize>) {
    let source = settle.source;
    let in_place = source.in_place::<T>();
    with_tiles(|tiles| {
        let mut batch = Batch::new();
        let mut bases = [Offsets::default(); BATCH];
        for first in range.clone().step_by(BATCH) {
            let rows = BATCH.min(range.end - first);
            source.places(first, &mut bases[..rows]);
            for at in (0..rows).step_by(T::LANES) {
                let (tile, _) = T::tile(tiles);
                source.turn(&bases[at..rows.min(at + T::LANES)], in_place, tile);
                let count = source.rows.length;
                T::short(source.table, tile, count, source.temperature, &mut batch, at);
            }
            settle.short::<T>(&bases[..rows], &mut batch, tiles);
        }
    });
}

fn long<T: Compute>(settle: &Settle<'_, '_>, range: Range<usize>) {
    let source = settle.source;
    let in_place = source.in_place::<T>();
    let (mut guess, mut scratch) = (Reference::ZERO, Vec::new());
    let mut bases = [Offsets::default(); BATCH];
    let mut masses = [Mass::EMPTY; BATCH];
    for first in range.clone().step_by(BATCH) {
        let rows = BATCH.min(range.end - first);
        source.places(first, &mut bases[..rows]);
        for (base, mass) in bases[..rows].iter().zip(&mut masses) {
            *mass = source.fold_row::<T>(base, in_place, &mut guess, &mut scratch);
        }
        settle.masses::<T>(&bases[..rows], &masses[..rows]);
    }
}
