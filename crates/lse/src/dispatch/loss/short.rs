//! Rows of 64 elements or fewer whose every element counts in the loss, eight a tile, in float64: gaps and shares of
//! all elements at once.

use super::Work;
use super::coefficients::{Coefficients, Sums};
use super::pair::{Pair, plus};
use super::targets::Target;
use crate::dispatch::tiles::{Bench, Tiles};
use crate::dispatch::with_bench;
use crate::intake::Places;
use crate::kernels::{Abreast, SHORT};
use std::ops::Range;

impl Work<'_, '_> {
    pub(super) fn short(&self, block: Range<usize>) -> Pair {
        let (source, count) = (&self.source, self.source.rows.length);
        let (layout, one) = (source.layout(), Abreast::one(count));
        let mut coefficients = Coefficients::default();
        let (mut gaps, mut shares) = ([0.0; SHORT], [0.0; SHORT]);
        let mut sum = (0.0, 0.0);
        with_bench(|Bench { tiles, batch, bases }| {
            let Tiles { double, again, .. } = tiles;
            for first in block.clone().step_by(8) {
                let places = Places::of(&source.rows, first, 8.min(block.end - first), bases);
                source.turn(&places, layout, double);
                if self.gradient.is_some() {
                    source.turn(&places, layout, again);
                    // SAFETY: no pointers.
                    unsafe {
                        source.table.short_shares_double(again, one, source.temperature, batch)
                    };
                }
                // SAFETY: no pointers.
                unsafe { source.table.short_log_shares(double, one, source.temperature, batch) };
                for (lane, level) in batch.log_high.iter().enumerate().take(places.len()) {
                    let base = places.get(lane);
                    let target = self.question.targets.at(&base);
                    let lane_of = |j: usize| 8 * j + lane;
                    let loss = match target {
                        Target::Ignored => self.ignored(&base),
                        _ if !level.is_finite() => self.careful(&base, target),
                        _ => {
                            for j in 0..count {
                                gaps[j] = -double.x[lane_of(j)];
                                shares[j] = again.x[lane_of(j)];
                            }
                            let (gaps, shares) = (&gaps[..count], &mut shares[..count]);
                            self.coefficients(&base, target, 0, count, &mut coefficients);
                            let mut sums = Sums::ZERO;
                            self.weigh(&mut sums, target, 0, gaps, &coefficients);
                            let lse = level / self.question.temperature;
                            if self.gradient.is_some() {
                                let z = 2.0 * self.z_weight(target) * lse;
                                self.bend(shares, gaps, &coefficients, sums.all(), z);
                                self.write(&base, 0, shares);
                            }
                            self.smooth_loss(&sums, target, lse)
                        }
                    };
                    self.file(&base, loss);
                    sum = plus(sum, loss);
                }
            }
        });
        sum
    }
}
