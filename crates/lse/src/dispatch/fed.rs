//! fed: strips of rows that lie across memory but are not plain, converted some elements at a time.
//!
//! The kernels of columns then work on scratch that stays in the cache: what is read is read once, in the
//! order of memory, and a cache line serves all the rows that it belongs to.

use super::Compute;
use super::columns::Strips;
use super::rows::Source;
use super::scatter::Sink;
use crate::intake::{Axis, MASK, OUT, Offsets, X};
use crate::kernels::{CHAIN, Columns, Line, STRIP, Strip};
use crate::lanes::prefetch;
use std::cell::Cell;

/// Columns of a fed strip.
pub(super) const FED: usize = 256;
const _: () = assert!(FED <= STRIP);

/// Elements of each column that are spread at a time.
const ROWS: usize = 64;

/// How many elements of each column before their turn they are asked for, at least: of narrow strips as many as make
/// enough lines of the cache.
const AHEAD: usize = 6;
const LINES: usize = 48;

thread_local! {
    static ROOM: Cell<Vec<f64>> = const { Cell::new(Vec::new()) };
}

/// Lend scratch for `count` elements; what it holds at first is anything.
pub(super) fn with_room<T: Compute, A>(count: usize, work: impl FnOnce(&mut [T]) -> A) -> A {
    let mut room = ROOM.take();
    let words = (count * size_of::<T>()).div_ceil(size_of::<f64>());
    if room.len() < words {
        room.resize(words, 0.0);
    }
    // SAFETY: the words have room for `count` elements, and any bits are numbers.
    let elements = unsafe { core::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<T>(), count) };
    let answer = work(elements);
    ROOM.set(room);
    answer
}

/// The strides of a strip of rows in every array: from row to row, and along a row.
#[derive(Clone, Copy)]
struct Steps {
    across: Offsets,
    along: Offsets,
}

impl Source<'_> {
    fn steps(&self) -> Option<Steps> {
        let (inner, run): (Axis, Axis) = (*self.rows.kept.last()?, self.rows.run()?);
        Some(Steps { across: inner.strides, along: run.strides })
    }

    /// Whether neighbouring rows lie closer together than the elements of a row.
    ///
    /// Rows that are one and the same, by a stride of 0, go the way of their results: across memory where these lie
    /// across it.
    pub fn is_across(&self) -> bool {
        let closer = |Steps { across, along }: Steps, operand: usize| {
            across[operand].unsigned_abs() < along[operand].unsigned_abs()
        };
        self.steps()
            .is_some_and(|steps| closer(steps, X) && (steps.across[X] != 0 || closer(steps, OUT)))
    }

    /// The strips of `x`, where it lies across memory without being plain.
    pub fn fed_strips(&self) -> Option<Strips> {
        if self.is_across() { Strips::fed(&self.rows) } else { None }
    }

    /// Convert elements `start .. start + count` of every row of a strip: `width` apart in `room`.
    ///
    /// # Safety
    /// The room must hold them.
    pub unsafe fn fetch<T: Compute>(
        &self,
        base: &Offsets,
        width: usize,
        start: usize,
        count: usize,
        room: *mut T,
    ) {
        let Some(Steps { across, along }) = self.steps() else { return };
        let reach = width * across[X].unsigned_abs();
        let far = AHEAD.max(LINES / reach.div_ceil(64).max(1)) as isize;
        for i in 0..count {
            let step = (start + i) as isize;
            // The next elements lie in pages of their own, where the processor does not look ahead.
            let ahead = base[X] + (step + far) * along[X] + across[X].min(0) * width as isize;
            for byte in (0..reach).step_by(64) {
                prefetch(self.x.data.wrapping_offset(ahead).wrapping_add(byte));
            }
            // SAFETY: the offsets address elements of the views, and the room has a place for each.
            unsafe {
                let x = self.x.data.offset(base[X] + step * along[X]);
                let mask = self.mask.map(|mask| mask.data.offset(base[MASK] + step * along[MASK]));
                let strides = [across[X], across[MASK]];
                self.read(x, mask, strides, room.add(i * width), width);
            }
        }
    }

    /// Elements `start .. start + length` of a fed strip, handed to a fold group by group.
    pub fn fold_fed<T: Compute>(
        &self,
        base: &Offsets,
        width: usize,
        start: usize,
        length: usize,
        fold: impl FnOnce(&Strip<T>),
    ) {
        with_room::<T, ()>(CHAIN * T::LANES * width, |room| {
            let room = room.as_mut_ptr();
            let feed = |first: usize, count: usize| {
                // SAFETY: a group is at most CHAIN times LANES elements of each row.
                unsafe { self.fetch(base, width, start + first, count, room) }
            };
            fold(&Strip { start: room, stride: width as isize, length, width, feed: Some(&feed) });
        });
    }
}

impl Sink<'_, '_> {
    /// Whether rows across memory can be written a strip at a time, though not in place.
    fn fed_line(&self, base: &Offsets, step: usize) -> Option<Line> {
        let (inner, run) = (self.rows.kept.last()?, self.rows.run()?);
        let (kind, swapped, stride) = (self.out.kind, self.out.swapped, inner.strides[OUT]);
        // SAFETY: the offset addresses an element of the view.
        let start = unsafe { self.out.data.offset(base[OUT] + step as isize * run.strides[OUT]) };
        Some(Line { start, kind, swapped, stride })
    }
}

/// The strips that an elementwise function works on, and which of its two ends are plain.
pub(super) struct Ends<'a, 'b> {
    pub source: &'a Source<'b>,
    pub sink: &'a Sink<'a, 'b>,
    pub base: &'a Offsets,
    pub width: usize,
}

impl Ends<'_, '_> {
    /// Spread elements `start .. start + length` of a folded strip.
    pub fn spread<T: Compute>(&self, start: usize, length: usize, columns: &Columns, log: bool) {
        let (source, base, width) = (self.source, self.base, self.width);
        let from = source.plain_strips::<T>().is_some();
        let into = self.sink.strips::<T>().is_some();
        let plain = |data, operand, start, length| {
            source.strip::<T>(data, operand, base, width, start, length)
        };
        let work = |x: &Strip<T>, out: &Strip<T>| {
            // SAFETY: both lie within their arrays or the room; they are the same or do not overlap.
            unsafe {
                if log {
                    T::log_columns(source.table, x, out, columns);
                } else {
                    T::share_columns(source.table, x, out, columns);
                }
            }
        };
        let (x_data, out_data) = (source.x.data, self.sink.out.data.cast_const());
        if from && into {
            let x = plain(x_data, X, start, length);
            return work(&x, &plain(out_data, OUT, start, length));
        }
        with_room::<T, ()>(ROWS * width, |room| {
            let room = room.as_mut_ptr();
            for first in (start..start + length).step_by(ROWS) {
                let count = ROWS.min(start + length - first);
                let held = || Strip {
                    start: room,
                    stride: width as isize,
                    length: count,
                    width,
                    feed: None,
                };
                let x = if from {
                    plain(x_data, X, first, count)
                } else {
                    // SAFETY: the room holds ROWS elements of each row.
                    unsafe { source.fetch(base, width, first, count, room) };
                    held()
                };
                if into {
                    work(&x, &plain(out_data, OUT, first, count));
                    continue;
                }
                work(&x, &held());
                for i in 0..count {
                    let Some(line) = self.sink.fed_line(base, first + i) else { return };
                    // SAFETY: the line has an element for each row of the strip.
                    unsafe {
                        let values = core::slice::from_raw_parts(room.add(i * width), width);
                        T::write(source.table, values, &line);
                    }
                }
            }
        });
    }
}
