//! Short rows, tiles of them at a time.

use super::Spread;
use crate::dispatch::tiles::{Bench, Layout};
use crate::dispatch::{Compute, with_bench};
use crate::intake::Places;
use crate::kernels::Abreast;
use std::ops::Range;

impl Spread<'_, '_> {
    /// Short rows, a few tiles at a time.
    pub(super) fn short<T: Compute>(&self, range: Range<usize>) {
        let (source, count, t) = (self.source, self.source.rows.length, self.source.temperature);
        let (from, into) = (source.layout(), self.sink.layout());
        let step = Abreast::room(count) * T::LANES;
        with_bench(|Bench { tiles, batch, bases }| {
            let tile = T::tile(tiles);
            for first in range.clone().step_by(step) {
                let rows = step.min(range.end - first);
                let places = Places::of(&source.rows, first, rows, bases);
                source.turn(&places, from, tile);
                let abreast = Abreast::of(count, rows, T::LANES);
                let ordinary = if self.log {
                    T::short_logs(source.table, tile, abreast, t, batch);
                    ordinary(&batch.log_high[..rows], f64::MIN)
                } else {
                    T::short_shares(source.table, tile, abreast, t, batch);
                    ordinary(&batch.high[..rows], f64::MIN_POSITIVE)
                };
                for (i, x) in tile.x.chunks(T::LANES * count).take(abreast.tiles).enumerate() {
                    let at = i * T::LANES;
                    self.hand_out(&places.part(at, at + T::LANES), x, into, ordinary >> at);
                }
            }
        });
    }

    /// The lanes of a tile to their rows; those that are not ordinary by their limits.
    pub(super) fn hand_out<T: Compute>(
        &self,
        places: &Places<'_>,
        tile: &[T],
        layout: Layout,
        ordinary: u64,
    ) {
        let all = u64::MAX >> (64 - places.len());
        if ordinary & all == all && self.sink.scatter_tile(places, tile, layout) {
            return;
        }
        for lane in 0..places.len() {
            if ordinary >> lane & 1 == 1 {
                self.sink.scatter_lane(places, tile, lane, layout);
            } else {
                let (base, mut scratch) = (places.get(lane), Vec::new());
                let special = self.source.special(&base, &mut scratch);
                self.rare(&base, 0..self.source.rows.length, &special);
            }
        }
    }
}

/// Which of up to 64 numbers are finite, and `least` or more: a bit each.
#[inline(always)]
fn ordinary(numbers: &[f64], least: f64) -> u64 {
    let mut bits = 0;
    for (i, x) in numbers.iter().enumerate() {
        bits |= u64::from((*x >= least) & (*x < f64::INFINITY)) << i;
    }
    bits
}
