//! Rows compared with probabilities or with a smoothed class: every element counts in the loss.
//!
//! In float64 whatever the elements: loss and gradient are differences of products, rounded once at the end.

use super::blend::{Blend, Level};
use super::coefficients::Sums;
use super::pair::Pair;
use super::targets::Target;
use super::waiting::GENTLE;
use super::{Bench, Work};
use crate::dispatch::Compute;
use crate::dispatch::mend::Aim;
use crate::dispatch::spread::level;
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::kernels::{Batch, Bend, Care, Flow, Inverse};
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
        let t = source.temperature.value;
        if high - mass.max >= f64::TRUSTED_GAP * t {
            return Some((mass, (high, low)));
        }
        let level = level(source.split(base, mass.max, &mut bench.double), t);
        Some((mass, (level.high, level.low)))
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

    /// One row: its loss, and its gradient where that is wanted.
    pub(super) fn smooth(&self, base: &Offsets, target: Target, bench: &mut Bench) -> Pair {
        let Some((mass, level)) = self.measure(base, bench) else {
            return self.careful(base, target);
        };
        let mut room = core::mem::take(&mut bench.double);
        let in_place = self.source.in_place::<f64>();
        let held = self.holds();
        let row = Level { level, trusted: f64::TRUSTED, in_place, room: &mut room, held };
        let blend = self.blend::<f64>(base, target, row, bench);
        bench.double = room;
        let Blend { loss, all } = blend.unwrap_or_else(|| self.by_gaps(base, target, level, bench));
        if self.gradient.is_some() {
            self.bends(base, target, (&mass, level), all, bench);
        }
        loss
    }

    /// The loss of a row, gap by gap.
    fn by_gaps(&self, base: &Offsets, target: Target, level: Pair, bench: &mut Bench) -> Blend {
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

    /// Write the gradient of a row.
    fn bends(
        &self,
        base: &Offsets,
        target: Target,
        (mass, level): (&Mass, Pair),
        total: Pair,
        bench: &mut Bench,
    ) {
        let (table, length) = (self.source.table, self.source.rows.length);
        let t = self.question.temperature;
        let z = 2.0 * self.z_weight(target) * level.0 / t;
        let inverse = Inverse::of(mass, self.source.temperature);
        // Without weights all classes but one count alike
        let class = match target {
            Target::Class(class) if self.question.weight.is_none() => Some(class),
            _ => None,
        };
        let ordinary = GENTLE.contains(&self.scale.0);
        // An element may be more than half of its row: log 2 away from all of it
        let sure = level.0 - mass.max < 0.7 * t;
        let bend = Bend { total, z, factor: self.scale.0, alike: self.given.0 };
        for start in (0..length).step_by(PIECE) {
            let count = PIECE.min(length - start);
            self.shares(base, start, count, &inverse, bench);
            if sure || !ordinary {
                self.gaps(base, start, count, level, bench);
            }
            if sure || !ordinary || class.is_none() {
                self.coefficients(base, target, start, count, &mut bench.coefficients);
            }
            let shares = &mut bench.shares[..count];
            if sure || !ordinary {
                self.bend(shares, &bench.gaps[..count], &bench.coefficients, total, z);
            } else {
                let own = class.and_then(|class| class.checked_sub(start));
                let own = own.and_then(|i| Some((i, *shares.get(i)?)));
                let a = class.is_none().then(|| &bench.coefficients.all[..count]);
                // SAFETY: no pointers.
                unsafe { table.bend(shares, a, &bend) };
                if let Some((i, p)) = own {
                    let one = [self.kept.0 + self.given.0];
                    let slot = &mut shares[i..=i];
                    slot[0] = p;
                    // SAFETY: no pointers.
                    unsafe { table.bend(slot, Some(&one), &bend) };
                }
            }
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
