//! Rows of 64 elements or fewer that have a class: a tile at a time, one row a lane, losses and gradient at once.

use super::pair::{Pair, Running, divide};
use super::targets::{CLASSES, Target};
use super::{LOSSES, Work};
use crate::dispatch::tiles::{Bench, Layout};
use crate::dispatch::{Compute, Sink, store, with_bench};
use crate::elementary::exp::Temperature;
use crate::intake::Places;
use crate::kernels::table::Table;
use crate::kernels::{Entropy, Tile};
use crate::state::multiply;
use std::ops::Range;

/// Factors of the gradient that leave it its digits.
const GENTLE: Range<f64> = 1e-12..1e12;

/// A type that has a kernel for tiles of short rows.
pub(super) trait Tiled: Compute {
    fn entropy(table: &Table, tile: &mut Tile<Self>, count: usize, t: Temperature, e: &mut Entropy);
}

impl Tiled for f32 {
    fn entropy(table: &Table, tile: &mut Tile<f32>, count: usize, t: Temperature, e: &mut Entropy) {
        // SAFETY: no pointers.
        unsafe { table.entropy_single(tile, count, t, e) }
    }
}

impl Tiled for f64 {
    fn entropy(table: &Table, tile: &mut Tile<f64>, count: usize, t: Temperature, e: &mut Entropy) {
        // SAFETY: no pointers.
        unsafe { table.entropy_double(tile, count, t, e) }
    }
}

impl Work<'_, '_> {
    /// The sum of the losses of a block.
    pub(super) fn tiled<T: Tiled>(&self, block: Range<usize>) -> Pair {
        let (source, count) = (&self.source, self.source.rows.length);
        let from = source.layout();
        let sink = self.gradient.map(|out| Sink { out, rows: &source.rows });
        let into = sink.as_ref().map_or(Layout::Other, Sink::layout);
        // w / (divisor t)
        let scale =
            divide((1.0, 0.0), multiply((self.divisor, 0.0), (source.temperature.value, 0.0)));
        let mut entropy = Entropy::new(self.gradient.is_some());
        entropy.factor = [[scale.0; CLASSES], [scale.1; CLASSES]];
        let mut sum = Running::ZERO;
        with_bench(|Bench { tiles, bases, .. }| {
            let tile = T::tile(tiles);
            for first in block.clone().step_by(T::LANES) {
                let rows = T::LANES.min(block.end - first);
                let places = Places::of(&source.rows, first, rows, bases);
                source.turn(&places, from, tile);
                let present = self.question.targets.classes(&places, &mut entropy.classes);
                if let Some(weight) = self.question.weight {
                    let [high, low] = &mut entropy.factor;
                    for (lane, class) in entropy.classes.iter().enumerate() {
                        (high[lane], low[lane]) = multiply(scale, (weight[*class], 0.0));
                    }
                }
                T::entropy(source.table, tile, count, source.temperature, &mut entropy);
                let known = present & self.known(&entropy, rows);
                let all = known == (1 << rows) - 1;
                if let Some(sink) = &sink
                    && !(all && sink.scatter_tile(&places, &tile.x, into))
                {
                    for lane in (0..rows).filter(|lane| known >> lane & 1 == 1) {
                        sink.scatter_lane(&places, &tile.x, lane, into);
                    }
                }
                self.weigh_tile(&mut entropy, rows);
                if !all {
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
    fn known(&self, entropy: &Entropy, rows: usize) -> u32 {
        let mut known = entropy.known(rows);
        if self.gradient.is_some() && self.question.weight.is_some() {
            for (lane, factor) in entropy.factor[0].iter().enumerate() {
                let gentle = *factor == 0.0 || GENTLE.contains(factor);
                known &= !(u32::from(!gentle) << lane);
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
    fn mend(&self, entropy: &mut Entropy, places: &Places<'_>, present: u32, known: u32) {
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
