//! Rows of 64 elements or fewer that have a class: a tile at a time, one row a lane, losses and gradient at once.

use super::pair::{Pair, Running};
use super::targets::{CLASSES, Target};
use super::waiting::GENTLE;
use super::{LOSSES, Work};
use crate::dispatch::tiles::{Bench, Layout};
use crate::dispatch::{Compute, Sink, store, with_bench};
use crate::elementary::exp::Temperature;
use crate::intake::Places;
use crate::kernels::table::Table;
use crate::kernels::{Abreast, Batch, Entropy, Tile};
use crate::state::multiply;
use std::ops::Range;

/// A type that has a kernel for tiles of short rows.
pub(super) trait Tiled: Compute {
    fn entropy(
        table: &Table,
        tile: &mut Tile<Self>,
        of: Abreast,
        t: Temperature,
        e: &mut Entropy,
        batch: &mut Batch,
    );
}

impl Tiled for f32 {
    fn entropy(
        table: &Table,
        tile: &mut Tile<f32>,
        of: Abreast,
        t: Temperature,
        e: &mut Entropy,
        batch: &mut Batch,
    ) {
        // SAFETY: no pointers.
        unsafe { table.entropy_single(tile, of, t, e, batch) }
    }
}

impl Tiled for f64 {
    fn entropy(
        table: &Table,
        tile: &mut Tile<f64>,
        of: Abreast,
        t: Temperature,
        e: &mut Entropy,
        batch: &mut Batch,
    ) {
        // SAFETY: no pointers.
        unsafe { table.entropy_double(tile, of, t, e, batch) }
    }
}

impl Work<'_, '_> {
    /// The sum of the losses of a block.
    pub(super) fn tiled<T: Tiled>(&self, block: Range<usize>) -> Pair {
        let (source, count) = (&self.source, self.source.rows.length);
        let from = source.layout();
        let sink = self.gradient.map(|out| Sink { out, rows: &source.rows });
        let into = sink.as_ref().map_or(Layout::Other, Sink::layout);
        let scale = self.scale;
        let mut entropy = Entropy::new(self.gradient.is_some());
        entropy.factor = [[scale.0; CLASSES], [scale.1; CLASSES]];
        let mut sum = Running::ZERO;
        let step = Abreast::room(count) * T::LANES;
        with_bench(|Bench { tiles, bases, batch }| {
            let tile = T::tile(tiles);
            for first in block.clone().step_by(step) {
                let rows = step.min(block.end - first);
                let places = Places::of(&source.rows, first, rows, bases);
                source.turn(&places, from, tile);
                let present = self.question.targets.classes(&places, &mut entropy.classes);
                if let Some(weight) = self.question.weight {
                    let [high, low] = &mut entropy.factor;
                    for (lane, class) in entropy.classes[..rows].iter().enumerate() {
                        (high[lane], low[lane]) = multiply(scale, (weight[*class], 0.0));
                    }
                }
                let abreast = Abreast::of(count, rows, T::LANES);
                T::entropy(source.table, tile, abreast, source.temperature, &mut entropy, batch);
                let known = present & self.known(&entropy, rows);
                if let Some(sink) = &sink {
                    for (i, x) in tile.x.chunks(T::LANES * count).take(abreast.tiles).enumerate() {
                        let at = i * T::LANES;
                        let places = places.part(at, at + T::LANES);
                        let known = known >> at & (u64::MAX >> (64 - places.len()));
                        let all = known.count_ones() as usize == places.len();
                        if !(all && sink.scatter_tile(&places, x, into)) {
                            for lane in (0..places.len()).filter(|lane| known >> lane & 1 == 1) {
                                sink.scatter_lane(&places, x, lane, into);
                            }
                        }
                    }
                }
                self.weigh_tile(&mut entropy, rows);
                if known != u64::MAX >> (64 - rows) {
                    self.mend(&mut entropy, &places, present, known);
                }
                if let Some(losses) = self.losses {
                    for lane in 0..rows {
                        store(losses, places.offset(LOSSES, lane), entropy.losses[0][lane]);
                    }
                }
                for half in (0..rows).step_by(8) {
                    let end = rows.min(half + 8);
                    let [high, low] = &entropy.losses;
                    sum.add_pairs(&high[half..end], &low[half..end]);
                }
            }
        });
        sum.total()
    }

    /// Which lanes hold what their rows ask for.
    #[inline(always)]
    fn known(&self, entropy: &Entropy, rows: usize) -> u64 {
        let mut known = entropy.known & (u64::MAX >> (64 - rows));
        if self.gradient.is_some() && self.question.weight.is_some() {
            for (lane, factor) in entropy.factor[0].iter().enumerate() {
                let gentle = *factor == 0.0 || GENTLE.contains(factor);
                known &= !(u64::from(!gentle) << lane);
            }
        } else if self.gradient.is_some() && !GENTLE.contains(&entropy.factor[0][0]) {
            known = 0;
        }
        known
    }

    /// Multiply the losses of a tile by the weights of their classes.
    #[inline(always)]
    fn weigh_tile(&self, entropy: &mut Entropy, rows: usize) {
        let Some(weight) = self.question.weight else { return };
        let [high, low] = &mut entropy.losses;
        for lane in 0..rows {
            let weight = weight[entropy.classes[lane]];
            (high[lane], low[lane]) = multiply((high[lane], low[lane]), (weight, 0.0));
        }
    }

    /// The rows of a tile that it could not answer, each by itself.
    #[cold]
    fn mend(&self, entropy: &mut Entropy, places: &Places<'_>, present: u64, known: u64) {
        for lane in (0..places.len()).filter(|lane| known >> lane & 1 == 0) {
            let loss = if present >> lane & 1 == 1 {
                self.careful(&places.get(lane), Target::Class(entropy.classes[lane]))
            } else {
                self.ignored(&places.get(lane))
            };
            (entropy.losses[0][lane], entropy.losses[1][lane]) = loss;
        }
    }
}
