//! The gradient of a row on its way to memory, piece by piece, and that at its target after all others.

use super::Work;
use crate::dispatch::kept::Left;
use crate::dispatch::{Compute, Sink};
use crate::intake::Offsets;
use crate::kernels::{Flow, Inverse};
use std::ops::Range;

/// Elements of a row that are converted, spread and converted back at a time: they stay in the first cache.
const PIECE: usize = 2048;

/// Bytes of a cache line.
const LINE: usize = 64;

/// What the elements of a row are spread by, and which of them is to be written again.
pub(super) struct Slope<'a> {
    pub inverse: &'a Inverse,
    pub class: usize,
}

/// The two ends of a piece of a row, and the remainders of its fold.
struct Piece<'a, T> {
    x: *const T,
    out: *mut T,
    rests: Option<&'a [T]>,
}

impl<T> Piece<'_, T> {
    /// The piece from an element on.
    fn from(&self, first: usize) -> Self {
        Piece {
            x: self.x.wrapping_add(first),
            out: self.out.wrapping_add(first),
            rests: self.rests.map(|rests| &rests[first..]),
        }
    }
}

impl Work<'_, '_> {
    /// Write a piece of the gradient of a row; `room` holds the row where it is `left` there.
    pub(super) fn spread<T: Compute>(
        &self,
        base: &Offsets,
        range: Range<usize>,
        slope: &Slope<'_>,
        room: &mut Vec<T>,
        left: Left<'_, T>,
    ) {
        let Some(out) = self.gradient else { return };
        let source = &self.source;
        let sink = Sink { out, rows: &source.rows };
        if source.cells_fit::<T>(&sink) {
            return source.share_cells(&sink, base, range, slope.inverse, self.flow);
        }
        let (from, into) = (source.in_place::<T>(), sink.in_place::<T>());
        let step = if from && into { range.len() } else { PIECE };
        let mut results = Vec::new();
        for start in range.clone().step_by(step) {
            let count = step.min(range.end - start);
            let x = if left.gathered {
                room[start..].as_ptr()
            } else {
                source.piece::<T>(base, start, count, from, room).as_ptr()
            };
            let rests = left.rests.map(|rests| &rests[start..]);
            let out = if into {
                sink.pointer::<T>(base, start)
            } else {
                results.resize(PIECE, T::default());
                results.as_mut_ptr()
            };
            let class = slope.class.checked_sub(start).filter(|class| into && *class < count);
            // SAFETY: both hold `count` elements, which are the same or do not overlap; the remainders are followed by
            // room for a vector.
            unsafe { self.around(&Piece { x, out, rests }, count, slope.inverse, class) };
            if !into {
                sink.scatter(base, start, &results[..count]);
            }
        }
    }

    /// Shares of a piece. What was streamed would have to come back to be written again: the cache line of the target
    /// goes the other way.
    ///
    /// # Safety
    /// `count` elements must be readable at `x` and writable at `out`, which are the same or do not overlap; whole
    /// vectors that hold the `count` remainders must be readable.
    unsafe fn around<T: Compute>(
        &self,
        piece: &Piece<'_, T>,
        count: usize,
        inverse: &Inverse,
        class: Option<usize>,
    ) {
        let table = self.source.table;
        let share = |piece: &Piece<'_, T>, count: usize, flow: Flow| {
            let Piece { x, out, rests } = *piece;
            // SAFETY: handed on.
            unsafe {
                match rests {
                    Some(rests) => {
                        T::share_kept(table, [x, rests.as_ptr()], out, count, inverse, flow);
                    }
                    None => T::share(table, x, out, count, inverse, flow),
                }
            }
        };
        let Some(class) = class.filter(|_| self.flow == Flow::Streamed) else {
            return share(piece, count, self.flow);
        };
        let before = piece.out.wrapping_add(class) as usize % LINE / size_of::<T>();
        let first = class - before.min(class);
        let end = count.min(first + LINE / size_of::<T>());
        share(piece, first, Flow::Streamed);
        share(&piece.from(first), end - first, Flow::Kept);
        share(&piece.from(end), count - end, Flow::Streamed);
    }

    /// The gradient at the target of a row to its place.
    #[inline]
    pub(super) fn put<T: Compute>(&self, base: &Offsets, class: usize, slope: f64) {
        let Some(out) = self.gradient else { return };
        let sink = Sink { out, rows: &self.source.rows };
        if sink.in_place::<T>() {
            // SAFETY: the row holds its class.
            unsafe { sink.pointer::<T>(base, class).write(T::from_f64(slope)) };
        } else {
            sink.scatter(base, class, &[slope]);
        }
    }
}
