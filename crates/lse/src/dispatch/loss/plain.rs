//! Rows that have a class and no smoothing: two reads of a row, and one number of it besides.
//!
//! ```text
//! loss       = w finish(fold(z), minus = z_y)
//! gradient_k = w p_k,  and at y minus w times the share of the others
//! ```
//!
//! The factor w / (divisor t) goes into the inverse of the mass, so that an element of the gradient is rounded once.

use super::pair::{Pair, divide, plus, tidy};
use super::slope::{Pieces, Slope};
use super::targets::Target;
use super::{Bench, Work, others};
use crate::dispatch::spread::level;
use crate::dispatch::{Compute, Source, map_chunks};
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::kernels::{BATCH, Batch, Care, Flow, Inverse};
use crate::lanes::settle;
use crate::state::{Mass, multiply};
use std::ops::Range;

/// Factors that the spread kernels of every type can take into the inverse of a mass.
const GENTLE: Range<f64> = 1e-12..1e12;

/// A target with this share or more has a loss below the `TRUSTED` of both types: e^-2.
const DOUBTFUL: f64 = 0.135;

/// A row that waits for the logarithm of its mass.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    pub base: Offsets,
    pub class: usize,
    pub x: f64,
    pub loss: Option<Pair>,
}

impl Work<'_, '_> {
    pub(super) fn plain<T: Compute>(&self, block: Range<usize>, bench: &mut Bench) -> Pair {
        let mut batch = Batch::new();
        let mut waiting = [const { None::<Waiting> }; BATCH];
        let mut guess = Reference::ZERO;
        let mut scratch = Vec::new();
        let count = block.len();
        for (i, index) in block.enumerate() {
            let base = self.source.rows.offsets(index);
            let Target::Class(class) = self.question.targets.at(&base) else {
                self.file(&base, self.ignored(&base));
                continue;
            };
            let mass = self.mass::<T>(&base, Care::Shares, &mut guess, bench.wide, &mut scratch);
            let row = Waiting { base, class, x: self.element(&base, class), loss: None };
            waiting[i] = Some(if !mass.is_ordinary() {
                Waiting { loss: Some(self.careful(&base, Target::Class(class))), ..row }
            } else if self.gradient.is_none() {
                batch.set(i, mass);
                row
            } else {
                let places = (&mut batch, &mut guess, &mut scratch);
                self.slope::<T>(row, i, mass, places, bench)
            });
        }
        self.source.finish(&mut batch, count, 0.0);
        let mut sum = (0.0, 0.0);
        for (i, row) in waiting.iter().enumerate() {
            let Some(row) = row else { continue };
            let loss = row.loss.unwrap_or_else(|| {
                let trust = if self.gradient.is_some() { 0.0 } else { T::TRUSTED };
                self.loss_of(&batch, i, row, trust, &mut bench.double)
            });
            self.file(&row.base, loss);
            sum = plus(sum, loss);
        }
        sum
    }

    /// The loss of a row whose mass has its logarithm; from the state, where that is not known well enough.
    pub(super) fn loss_of(
        &self,
        batch: &Batch,
        i: usize,
        row: &Waiting,
        trust: f64,
        scratch: &mut Vec<f64>,
    ) -> Pair {
        let (lse, weight) = (batch.log_high[i], self.weight(row.class));
        let gap = gap((lse, batch.log_low[i]), row.x);
        if gap.0 < trust * self.question.temperature {
            let (high, low) = self.split(&row.base, batch.max[i], scratch);
            return self.plain_loss(self::gap((high, low), row.x), high, weight);
        }
        self.plain_loss(gap, lse, weight)
    }

    /// t lse(x / t) of a row, with the mass at its top kept apart.
    fn split(&self, base: &Offsets, max: f64, scratch: &mut Vec<f64>) -> Pair {
        let level = level(self.source.split(base, max, scratch), self.question.temperature);
        (level.high, level.low)
    }

    /// What the elements of a row are spread by, and the gradient at its target; the loss too, where the row has to be
    /// read for it. None where the factor of the gradient is no gentle one.
    pub(super) fn plan(
        &self,
        row: &mut Waiting,
        mass: &Mass,
        scratch: &mut Vec<f64>,
    ) -> Option<(Inverse, f64)> {
        let (source, t) = (&self.source, self.source.temperature);
        let weight = self.weight(row.class);
        let mut share = 0.0;
        // SAFETY: one element is read and one is written.
        unsafe {
            source.table.share_double(&row.x, &mut share, 1, &Inverse::of(mass, t), Flow::Kept)
        };

        // The loss now, where the row must be read for it again or the gradient needs it
        let mut rest = tidy(1.0, -share);
        let mut lse = 0.0;
        if self.question.z_loss != 0.0 || share > DOUBTFUL {
            let level = self.split(&row.base, mass.max, scratch);
            let gap = gap(level, row.x);
            row.loss = Some(self.plain_loss(gap, level.0, weight));
            rest = others(divide(gap, (t.value, 0.0)));
            lse = level.0 / t.value;
        }

        // w / (divisor t) p_k, with 2 c w lse added to w
        let scale = divide((weight, 0.0), multiply((self.divisor, 0.0), (t.value, 0.0)));
        let z = 2.0 * self.question.z_loss * lse;
        let factor = if z == 0.0 { scale } else { multiply(scale, tidy(1.0, z)) };
        if !GENTLE.contains(&factor.0) {
            return None;
        }
        let (high, low) = divide((mass.high, mass.low), factor);
        let inverse = Inverse::of(&Mass { high, low, ..*mass }, t);
        let at_target = multiply(scale, plus((z * share, 0.0), (-rest.0, -rest.1)));
        Some((inverse, at_target.0 + at_target.1))
    }

    /// Write the gradient of a row while the row is in the cache.
    fn slope<T: Compute>(
        &self,
        mut row: Waiting,
        i: usize,
        mut mass: Mass,
        (batch, guess, scratch): (&mut Batch, &mut Reference, &mut Vec<T>),
        bench: &mut Bench,
    ) -> Waiting {
        let (source, length) = (&self.source, self.source.rows.length);
        // A gathered row of one chunk is still there
        let held = length <= T::CHUNK && !source.in_place::<T>();
        mass = if bench.wide {
            source.mended_long::<T>(&row.base, mass)
        } else {
            source.mended::<T>(&row.base, mass, guess, held, scratch)
        };
        batch.set(i, mass);
        let Some((inverse, at_target)) = self.plan(&mut row, &mass, &mut bench.double) else {
            let loss = self.smooth(&row.base, Target::Class(row.class), bench);
            return Waiting { loss: Some(loss), ..row };
        };
        let slope = Slope { inverse: &inverse, class: row.class, at_target };
        if bench.wide {
            map_chunks(length, T::CHUNK, |range| {
                let mut pieces = Pieces { room: &mut Vec::new(), held: false };
                self.spread::<T>(&row.base, range, &slope, &mut pieces);
                settle();
            });
        } else {
            let mut pieces = Pieces { room: scratch, held };
            for start in (0..length).step_by(T::CHUNK) {
                let range = start..length.min(start + T::CHUNK);
                self.spread::<T>(&row.base, range, &slope, &mut pieces);
            }
        }
        row
    }

    fn mass<T: Compute>(
        &self,
        base: &Offsets,
        care: Care,
        guess: &mut Reference,
        wide: bool,
        scratch: &mut Vec<T>,
    ) -> Mass {
        let source: &Source<'_> = &self.source;
        if wide {
            return source.fold_long::<T>(base, care);
        }
        source.fold_row::<T>(base, source.in_place::<T>(), guess, care, scratch)
    }

    /// One element of a row.
    pub(super) fn element(&self, base: &Offsets, index: usize) -> f64 {
        let mut x = [0.0];
        self.source.fill(base, index, &mut x);
        x[0]
    }
}

/// level - x, in two parts.
pub(super) fn gap(level: Pair, x: f64) -> Pair {
    if x == f64::NEG_INFINITY {
        return (f64::INFINITY, 0.0);
    }
    plus(level, (-x, 0.0))
}
