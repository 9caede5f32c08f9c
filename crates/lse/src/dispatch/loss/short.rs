//! Rows of 64 elements or fewer, eight a tile, in float64: gaps and shares of all elements at once.

use super::Work;
use super::coefficients::{Coefficients, Sums};
use super::pair::{Pair, plus};
use super::targets::{Target, Targets};
use crate::dispatch::tiles::{Bench, Tiles};
use crate::dispatch::with_bench;
use crate::intake::{Offsets, Places};
use crate::kernels::SHORT;
use crate::state::two_sum;
use std::ops::Range;

impl Work<'_, '_> {
    pub(super) fn short(&self, block: Range<usize>) -> Pair {
        let (source, count) = (&self.source, self.source.rows.length);
        let layout = source.layout();
        let plain = self.question.smoothing == 0.0
            && matches!(self.question.targets, Targets::Classes { .. });
        let mut coefficients = Coefficients::default();
        let (mut gaps, mut shares) = ([0.0; SHORT], [0.0; SHORT]);
        let mut sum = (0.0, 0.0);
        with_bench(|Bench { tiles, bases, .. }| {
            let Tiles { double, again, .. } = tiles;
            for first in block.clone().step_by(8) {
                let places = Places::of(&source.rows, first, 8.min(block.end - first), bases);
                source.turn(&places, layout, double);
                if self.gradient.is_some() {
                    source.turn(&places, layout, again);
                    // SAFETY: no pointers.
                    unsafe { source.table.short_shares_double(again, count, source.temperature) };
                }
                // SAFETY: no pointers.
                let sums =
                    unsafe { source.table.short_log_shares(double, count, source.temperature) };
                for (lane, level) in sums.iter().enumerate().take(places.len()) {
                    let base = places.get(lane);
                    let target = self.question.targets.at(&base);
                    let lane_of = |j: usize| 8 * j + lane;
                    let loss = match target {
                        Target::Ignored => self.ignored(&base),
                        _ if !level.is_finite() => self.careful(&base, target),
                        Target::Class(class) if plain => {
                            let gap = -double.x[lane_of(class)];
                            if self.gradient.is_some() {
                                for (j, share) in shares[..count].iter_mut().enumerate() {
                                    *share = again.x[lane_of(j)];
                                }
                                self.short_slope(&base, class, &mut shares[..count], *level);
                            }
                            // `plain_loss` divides by t, and gaps of a tile are divided already
                            self.short_loss(gap, *level, class)
                        }
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

    fn short_loss(&self, gap: f64, level: f64, class: usize) -> Pair {
        let weight = self.weight(class);
        if weight == 0.0 {
            return (0.0, 0.0);
        }
        let z = self.question.z_loss;
        let lse = level / self.question.temperature;
        let third = if z == 0.0 { 0.0 } else { z * lse * lse };
        (weight * (gap + third), 0.0)
    }

    /// The gradient of a row with a class, in the place of its shares.
    fn short_slope(&self, base: &Offsets, class: usize, shares: &mut [f64], level: f64) {
        let t = self.question.temperature;
        let scale = self.weight(class) / self.divisor / t;
        let z = 2.0 * self.question.z_loss * (level / t);
        let target = shares[class];
        for share in shares.iter_mut() {
            *share *= scale * (1.0 + z);
        }
        // The others as they are written: a row sums to nothing
        shares[class] = 0.0;
        let mut rest = (0.0, 0.0);
        for share in shares.iter() {
            let (sum, error) = two_sum(rest.0, *share);
            rest = (sum, rest.1 + error);
        }
        let rest = rest.0 + rest.1;
        shares[class] = if z == 0.0 { -rest } else { scale * (z * target) - rest / (1.0 + z) };
        self.write(base, 0, shares);
    }
}
