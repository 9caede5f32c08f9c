//! Rows compared with probabilities or with a smoothed class: every element counts in the loss.
//!
//! In float64 whatever the elements: loss and gradient are differences of products, rounded once at the end.

use super::coefficients::Sums;
use super::pair::Pair;
use super::targets::Target;
use super::{Bench, Work};
use crate::dispatch::Compute;
use crate::dispatch::spread::level;
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::kernels::{Batch, Care, Flow, Inverse};
use crate::state::Mass;

/// Elements that are worked on at a time: three such pieces stay in the second-level cache.
const PIECE: usize = 4096;

impl Work<'_, '_> {
    /// The mass of a row in float64 and t lse(x / t), or None for rows that need care.
    pub(super) fn measure(&self, base: &Offsets, bench: &mut Bench) -> Option<(Mass, Pair)> {
        let (source, scratch) = (&self.source, &mut bench.double);
        let (in_place, mut guess) = (source.in_place::<f64>(), Reference::ZERO);
        let mut mass = source.fold_row::<f64>(base, in_place, &mut guess, Care::Shares, scratch);
        if !mass.is_ordinary() {
            return None;
        }
        if self.gradient.is_some() {
            mass = source.mended::<f64>(base, mass, &mut guess, false, scratch);
        }
        let mut batch = Batch::new();
        batch.set(0, mass);
        source.finish(&mut batch, 1, 0.0);
        let (high, low) = (batch.log_high[0], batch.log_low[0]);
        let t = source.temperature.value;
        if high - mass.max >= f64::TRUSTED_GAP * t {
            return Some((mass, (high, low)));
        }
        let level = level(source.split(base, mass.max, scratch), t);
        Some((mass, (level.high, level.low)))
    }

    /// One row: its loss, and its gradient where that is wanted.
    pub(super) fn smooth(&self, base: &Offsets, target: Target, bench: &mut Bench) -> Pair {
        let Some((mass, level)) = self.measure(base, bench) else {
            return self.careful(base, target);
        };
        let length = self.source.rows.length;
        let lse = level.0 / self.question.temperature;
        let mut sums = Sums::ZERO;
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            self.gaps(base, start, count, level, bench);
            self.coefficients(base, target, start, count, &mut bench.coefficients);
            self.weigh(&mut sums, target, start, &bench.gaps[..count], &bench.coefficients);
        }
        let loss = self.smooth_loss(&sums, target, lse);
        if self.gradient.is_none() {
            return loss;
        }
        let inverse = Inverse::of(&mass, self.source.temperature);
        let (total, z) = (sums.all(), 2.0 * self.z_weight(target) * lse);
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            self.gaps(base, start, count, level, bench);
            self.coefficients(base, target, start, count, &mut bench.coefficients);
            self.shares(base, start, count, &inverse, bench);
            let shares = &mut bench.shares[..count];
            self.bend(shares, &bench.gaps[..count], &bench.coefficients, total, z);
            self.write(base, start, &bench.shares[..count]);
        }
        loss
    }

    /// (level - x) / t of a piece of a row.
    fn gaps(&self, base: &Offsets, start: usize, count: usize, level: Pair, bench: &mut Bench) {
        let source = &self.source;
        let x =
            source.piece::<f64>(base, start, count, source.in_place::<f64>(), &mut bench.double);
        bench.gaps.resize(PIECE, 0.0);
        let t = self.question.temperature;
        for (gap, x) in bench.gaps.iter_mut().zip(x) {
            *gap = (level.0 - x) + level.1;
        }
        if t != 1.0 {
            for gap in &mut bench.gaps[..count] {
                *gap /= t;
            }
        }
    }

    /// The shares of a piece of a row.
    pub(super) fn shares(
        &self,
        base: &Offsets,
        start: usize,
        count: usize,
        inverse: &Inverse,
        bench: &mut Bench,
    ) {
        let source = &self.source;
        let in_place = source.in_place::<f64>();
        let x = source.piece::<f64>(base, start, count, in_place, &mut bench.double);
        bench.shares.resize(PIECE, 0.0);
        // SAFETY: both hold `count` elements and do not overlap.
        unsafe {
            source.table.share_double(
                x.as_ptr(),
                bench.shares.as_mut_ptr(),
                count,
                inverse,
                Flow::Kept,
            )
        };
    }

    /// How many elements `gaps` and `shares` take at a time.
    pub(super) const fn piece() -> usize {
        PIECE
    }
}
