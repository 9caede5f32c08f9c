//! The gradient of a row on its way to memory: piece by piece, the target among the others.

use super::Work;
use crate::dispatch::{Compute, Sink};
use crate::intake::Offsets;
use crate::kernels::{Flow, Inverse};
use std::ops::Range;

/// Elements of a row that are converted, spread and converted back at a time: they stay in the first cache.
const PIECE: usize = 2048;

/// Bytes of a cache line.
const LINE: usize = 64;

/// What the elements of a row are spread by, and what its target becomes.
pub(super) struct Slope<'a> {
    pub inverse: &'a Inverse,
    pub class: usize,
    pub at_target: f64,
}

/// Room for the elements of a row, and whether it holds them already.
pub(super) struct Pieces<'a, T> {
    pub room: &'a mut Vec<T>,
    pub held: bool,
}

impl Work<'_, '_> {
    /// Write a piece of the gradient of a row.
    pub(super) fn spread<T: Compute>(
        &self,
        base: &Offsets,
        range: Range<usize>,
        slope: &Slope<'_>,
        pieces: &mut Pieces<'_, T>,
    ) {
        let Some(out) = self.gradient else { return };
        let source = &self.source;
        let sink = Sink { out, rows: &source.rows };
        if source.cells_fit::<T>(&sink) {
            source.share_cells(&sink, base, range.clone(), slope.inverse, self.flow);
            if range.contains(&slope.class) {
                sink.scatter(base, slope.class, &[T::from_f64(slope.at_target)]);
            }
            return;
        }
        let (from, into) = (source.in_place::<T>(), sink.in_place::<T>());
        let step = if from && into { range.len() } else { PIECE };
        for start in range.clone().step_by(step) {
            let count = step.min(range.end - start);
            let x = if pieces.held {
                pieces.room[start..].as_ptr()
            } else {
                source.piece::<T>(base, start, count, from, pieces.room).as_ptr()
            };
            let class = slope.class.checked_sub(start).filter(|class| *class < count);
            // SAFETY: both hold `count` elements, which are the same or do not overlap.
            unsafe {
                if into {
                    let out = sink.pointer::<T>(base, start);
                    self.spread_around(x, out, count, slope, class, self.flow);
                } else {
                    let mut room = [T::default(); PIECE];
                    self.spread_around(x, room.as_mut_ptr(), count, slope, class, Flow::Kept);
                    sink.scatter(base, start, &room[..count]);
                }
            }
        }
    }

    /// Shares, and the gradient at the target. A cache line that was streamed would have to come back for it: that of
    /// the target goes the other way.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`, which are the same or do not overlap.
    unsafe fn spread_around<T: Compute>(
        &self,
        x: *const T,
        out: *mut T,
        count: usize,
        slope: &Slope<'_>,
        class: Option<usize>,
        flow: Flow,
    ) {
        let (table, inverse) = (self.source.table, slope.inverse);
        // SAFETY: the three parts cover the elements; handed on.
        unsafe {
            let Some(class) = class else {
                return T::share(table, x, out, count, inverse, flow);
            };
            if flow == Flow::Kept {
                T::share(table, x, out, count, inverse, flow);
                return out.add(class).write(T::from_f64(slope.at_target));
            }
            let before = out.add(class) as usize % LINE / size_of::<T>();
            let first = class - before.min(class);
            let end = count.min(class - before.min(class) + LINE / size_of::<T>());
            let mut line = [T::default(); LINE];
            T::share(table, x.add(first), line.as_mut_ptr(), end - first, inverse, Flow::Kept);
            line[class - first] = T::from_f64(slope.at_target);
            T::share(table, x, out, first, inverse, flow);
            let rest = (x.add(end), out.add(end));
            out.add(first).copy_from_nonoverlapping(line.as_ptr(), end - first);
            T::share(table, rest.0, rest.1, count - end, inverse, flow);
        }
    }
}
