//! bands: weighted rows that lie across memory, turned a block at a time.

use super::Compute;
use super::fed::with_room;
use super::pairs::{BLOCK, Pair, Way};
use super::rows::Source;
use super::sums::{EMPTY, QuickSum};
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, Places};
use crate::kernels::Bundle;
use std::ops::Range;

/// Rows across memory that are turned together.
pub(super) const BAND: usize = 64;
/// From row to row of a band: no power of two, which would put all rows into the same lines of the cache.
const ROOM: usize = BLOCK + 16;
/// Elements of each that are turned at a time: the most lanes of any type.
const TURN: usize = 16;

impl Pair<'_> {
    /// Rows that lie across memory, turned a block at a time.
    pub fn band<T: Compute>(
        &self,
        first: usize,
        places: &Places<'_>,
        sums: &mut [QuickSum],
        scratch: &mut [Vec<T>; 2],
        way: &Way<T>,
    ) {
        let (length, width) = (self.x.rows.length, sums.len());
        let bases = [places.get(0), self.weights.rows.offsets(first)];
        let mut totals = [EMPTY; BAND];
        let band = BAND * ROOM;
        with_room::<T, ()>(2 * band + 2 * BAND * TURN, |room| {
            let (x, rest) = room.split_at_mut(band);
            let (b, tiles) = rest.split_at_mut(band);
            for start in (0..length).step_by(BLOCK) {
                let count = BLOCK.min(length - start);
                self.x.turn_block(&bases[0], width, start..start + count, tiles, x);
                self.weights.turn_block(&bases[1], width, start..start + count, tiles, b);
                for (row, total) in totals[..width].iter_mut().enumerate() {
                    let part = row * ROOM..row * ROOM + count;
                    *total = self.block(*total, &x[part.clone()], &b[part], way);
                }
            }
        });
        for (row, (sum, total)) in sums.iter_mut().zip(totals).enumerate() {
            let mut wanted = Reference::of::<T>(total.max, self.x.temperature);
            let known = wanted == Reference::ZERO;
            let total =
                if known { total } else { self.row::<T>(first + row, &mut wanted, scratch, way) };
            *sum = (way.finish)(total);
        }
    }
}

impl Source<'_> {
    /// Convert elements of neighbouring rows: row i from `i * ROOM` on.
    fn turn_block<T: Compute>(
        &self,
        base: &Offsets,
        width: usize,
        range: Range<usize>,
        tiles: &mut [T],
        out: &mut [T],
    ) {
        let (lines, turned) = tiles.split_at_mut(BAND * TURN);
        let stride = (width * size_of::<T>()) as isize;
        for start in range.clone().step_by(T::LANES) {
            let count = T::LANES.min(range.end - start);
            let bundle = Bundle { first: lines.as_mut_ptr(), stride, rows: count, length: width };
            // SAFETY: both halves hold LANES elements of BAND rows.
            unsafe {
                self.fetch(base, width, start, count, bundle.first);
                T::turn(self.table, &bundle, turned.as_mut_ptr());
            }
            for (row, elements) in turned.chunks_exact(T::LANES).take(width).enumerate() {
                let at = row * ROOM + start - range.start;
                // A number that the compiler knows: no call for a handful of bytes.
                if count == T::LANES {
                    out[at..at + T::LANES].copy_from_slice(elements);
                } else {
                    out[at..at + count].copy_from_slice(&elements[..count]);
                }
            }
        }
    }
}

const _: () = assert!(f32::LANES <= TURN && f64::LANES <= TURN);
