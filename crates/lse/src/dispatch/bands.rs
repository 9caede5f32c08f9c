//! bands: weighted rows that lie across memory, turned a block at a time.

use super::Compute;
use super::fed::with_room;
use super::pairs::{BLOCK, Pair, Way};
use super::rows::Source;
use super::sums::{EMPTY, QuickSum};
use crate::elementary::exp::Reference;
use crate::intake::{Offsets, Places};
use std::ops::Range;

/// Rows across memory that are turned together.
pub(super) const BAND: usize = 64;
/// From row to row of a band: no power of two, which would put all rows into the same lines of the cache.
const ROOM: usize = BLOCK + 16;
/// Elements of each that are turned at a time.
const TURN: usize = 32;

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
        with_room::<T, ()>(2 * band + BAND * TURN, |room| {
            let (x, rest) = room.split_at_mut(band);
            let (b, tile) = rest.split_at_mut(band);
            for start in (0..length).step_by(BLOCK) {
                let count = BLOCK.min(length - start);
                self.x.turn_block(&bases[0], width, start..start + count, tile, x);
                self.weights.turn_block(&bases[1], width, start..start + count, tile, b);
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
        tile: &mut [T],
        out: &mut [T],
    ) {
        for start in range.clone().step_by(TURN) {
            let count = TURN.min(range.end - start);
            // SAFETY: a tile holds TURN elements of BAND rows.
            unsafe { self.fetch(base, width, start, count, tile.as_mut_ptr()) };
            for row in 0..width {
                let at = row * ROOM + start - range.start;
                for (slot, line) in out[at..at + count].iter_mut().zip(tile.chunks_exact(width)) {
                    *slot = line[row];
                }
            }
        }
    }
}
