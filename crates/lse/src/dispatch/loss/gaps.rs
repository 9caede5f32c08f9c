//! Rows whose every element counts, gap by gap and share by share: those whose sums do not tell their loss, and those
//! whose gradient is multiplied with what no kernel takes.

use super::blend::Blend;
use super::coefficients::Sums;
use super::pair::Pair;
use super::targets::Target;
use super::{Bench, Work};
use crate::dispatch::Compute;
use crate::dispatch::mend::Aim;
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
        let held = self.holds();
        mass = source.mended::<f64>(base, mass, Aim::Shares, &mut guess, held, scratch);
        let (high, low) = self.logarithm(mass, bench);
        if high - mass.max >= f64::TRUSTED_GAP * source.temperature.value {
            return Some((mass, (high, low)));
        }
        Some((mass, self.split(base, mass.max, &mut bench.double)))
    }

    /// t lse(x / t) of a row with that mass.
    pub(super) fn logarithm(&self, mass: Mass, bench: &mut Bench) -> Pair {
        let batch = bench.batch.get_or_insert_with(|| Box::new(Batch::new()));
        batch.set(0, mass);
        self.source.finish(batch, 1, 0.0);
        (batch.log_high[0], batch.log_low[0])
    }

    /// Whether a row that has been measured is still in `Bench::double`, as float64.
    fn holds(&self) -> bool {
        !self.source.in_place::<f64>() && self.source.rows.length <= f64::CHUNK
    }

    /// A piece of a row that has been measured.
    fn held<'s>(
        &'s self,
        base: &Offsets,
        start: usize,
        count: usize,
        room: &'s mut Vec<f64>,
    ) -> &'s [f64] {
        if self.holds() {
            return &room[start..start + count];
        }
        self.source.piece::<f64>(base, start, count, self.source.in_place::<f64>(), room)
    }

    /// The loss of a row, gap by gap.
    pub(super) fn by_gaps(
        &self,
        base: &Offsets,
        target: Target,
        level: Pair,
        bench: &mut Bench,
    ) -> Blend {
        let length = self.source.rows.length;
        let mut sums = Sums::ZERO;
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            self.gaps(base, start, count, level, bench);
            self.coefficients(base, target, start, count, &mut bench.coefficients);
            self.weigh(&mut sums, target, start, &bench.gaps[..count], &bench.coefficients);
        }
        let lse = level.0 / self.question.temperature;
        Blend { loss: self.smooth_loss(&sums, target, lse), all: sums.all() }
    }

    /// Write the gradient of a row, share by share.
    #[cold]
    pub(super) fn by_shares(&self, base: &Offsets, target: Target, total: Pair, bench: &mut Bench) {
        let Some((mass, level)) = self.measure(base, bench) else { return };
        let length = self.source.rows.length;
        let z = 2.0 * self.z_weight(target) * level.0 / self.question.temperature;
        let inverse = Inverse::of(&mass, self.source.temperature);
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            self.shares(base, start, count, &inverse, bench);
            self.gaps(base, start, count, level, bench);
            self.coefficients(base, target, start, count, &mut bench.coefficients);
            let shares = &mut bench.shares[..count];
            self.bend(shares, &bench.gaps[..count], &bench.coefficients, total, z);
            self.write(base, start, &bench.shares[..count]);
        }
    }

    /// (level - x) / t of a piece of a row.
    fn gaps(&self, base: &Offsets, start: usize, count: usize, level: Pair, bench: &mut Bench) {
        let x = self.held(base, start, count, &mut bench.double);
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
        let x = self.held(base, start, count, &mut bench.double);
        bench.shares.resize(PIECE, 0.0);
        // SAFETY: both hold `count` elements and do not overlap.
        unsafe {
            self.source.table.share_double(
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
