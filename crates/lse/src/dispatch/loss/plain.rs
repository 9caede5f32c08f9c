//! Rows that have a class and no smoothing: two reads of a row, and one number of it besides.
//!
//! ```text
//! loss       = w finish(fold(z), minus = z_y)
//! gradient_k = w p_k,  and at y minus w times the share of the others
//! ```
//!
//! The factor w / (divisor t) goes into the inverse of the mass, so that an element of the gradient is rounded once.

use super::pair::{Pair, divide, plus, tidy};
use super::targets::Target;
use super::turned::Turned;
use super::{Bench, Work, others};
use crate::dispatch::spread::level;
use crate::dispatch::{Compute, Sink, Source, map_chunks};
use crate::elementary::exp::Reference;
use crate::intake::Offsets;
use crate::kernels::{BATCH, Batch, Care, Flow, Inverse};
use crate::state::{Mass, multiply};
use std::ops::Range;

/// Factors that the spread kernels of every type can take into the inverse of a mass.
const GENTLE: Range<f64> = 1e-12..1e12;

/// A target with this share or more has a loss below the `TRUSTED` of both types: e^-2.
const DOUBTFUL: f64 = 0.135;

/// A row that waits for the logarithm of its mass.
#[derive(Clone, Copy)]
struct Waiting {
    base: Offsets,
    class: usize,
    x: f64,
    loss: Option<Pair>,
}

impl Work<'_, '_> {
    pub(super) fn plain<T: Compute>(&self, block: Range<usize>, bench: &mut Bench) -> Pair {
        let mut batch = Batch::new();
        let mut waiting = [const { None::<Waiting> }; BATCH];
        let mut guess = Reference::ZERO;
        let mut scratch = Vec::new();
        let count = block.len();
        let mut turned = self.turned::<T>(&block);
        for (i, index) in block.enumerate() {
            let base = self.source.rows.offsets(index);
            let Target::Class(class) = self.question.targets.at(&base) else {
                self.file(&base, self.ignored(&base));
                continue;
            };
            let mass = match &turned {
                Some(turned) => self.turned_mass(turned.x(i), Care::Shares, &mut guess),
                None => self.mass::<T>(&base, Care::Shares, &mut guess, bench.wide, &mut scratch),
            };
            let row = Waiting { base, class, x: self.element(&base, class), loss: None };
            waiting[i] = Some(if !mass.is_ordinary() {
                Waiting { loss: Some(self.careful(&base, Target::Class(class))), ..row }
            } else if self.gradient.is_none() {
                batch.set(i, mass);
                row
            } else {
                let turned = turned.as_mut();
                let places = (&mut batch, &mut guess, &mut scratch);
                self.slope::<T>(row, i, mass, places, bench, turned)
            });
        }
        if let Some(turned) = &turned {
            self.turn_back(turned);
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
    fn loss_of(
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

    /// Write the gradient of a row while the row is in the cache.
    fn slope<T: Compute>(
        &self,
        mut row: Waiting,
        i: usize,
        mut mass: Mass,
        (batch, guess, scratch): (&mut Batch, &mut Reference, &mut Vec<T>),
        bench: &mut Bench,
        turned: Option<&mut Turned<T>>,
    ) -> Waiting {
        let (source, t) = (&self.source, self.source.temperature);
        if mass.is_confident(t) {
            mass = match &turned {
                Some(turned) => self.turned_mass(turned.x(i), Care::Fine, guess),
                None => self.mass::<T>(&row.base, Care::Fine, guess, bench.wide, scratch),
            };
        }
        let weight = self.weight(row.class);
        let mut share = 0.0;
        // SAFETY: one element is read and one is written.
        unsafe {
            source.table.share_double(&row.x, &mut share, 1, &Inverse::of(&mass, t), Flow::Kept)
        };
        batch.set(i, mass);

        // The loss now, where the row must be read for it again or the gradient needs it
        let mut rest = 1.0 - share;
        let mut lse = 0.0;
        if self.question.z_loss != 0.0 || share > DOUBTFUL {
            let level = self.split(&row.base, mass.max, &mut bench.double);
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
            let loss = self.smooth(&row.base, Target::Class(row.class), bench);
            return Waiting { loss: Some(loss), ..row };
        }
        let (high, low) = divide((mass.high, mass.low), factor);
        let inverse = Inverse::of(&Mass { high, low, ..mass }, t);
        let length = source.rows.length;
        let at_target = scale.0 * (z * share - rest);
        if let Some(turned) = turned {
            let (x, out) = turned.both(i, &row.base);
            // SAFETY: both hold `length` elements and do not overlap.
            unsafe {
                T::share(source.table, x.as_ptr(), out.as_mut_ptr(), length, &inverse, Flow::Kept)
            };
            out[row.class] = T::from_f64(at_target);
            return row;
        }
        if bench.wide {
            map_chunks(length, T::CHUNK, |range| {
                self.spread::<T>(&row.base, range, &inverse, &mut Vec::new(), &mut Vec::new());
            });
        } else {
            let mut out = Vec::new();
            for start in (0..length).step_by(T::CHUNK) {
                let range = start..length.min(start + T::CHUNK);
                self.spread::<T>(&row.base, range, &inverse, scratch, &mut out);
            }
        }
        self.write(&row.base, row.class, &[at_target]);
        row
    }

    fn spread<T: Compute>(
        &self,
        base: &Offsets,
        range: Range<usize>,
        inverse: &Inverse,
        scratch: &mut Vec<T>,
        buffer: &mut Vec<T>,
    ) {
        let Some(out) = self.gradient else { return };
        let (source, count) = (&self.source, range.len());
        let sink = Sink { out, rows: &source.rows };
        let x = source.piece::<T>(base, range.start, count, source.in_place::<T>(), scratch);
        let into = sink.in_place::<T>();
        let target = if into {
            sink.pointer::<T>(base, range.start)
        } else {
            buffer.resize(count, T::default());
            buffer.as_mut_ptr()
        };
        // SAFETY: both hold `count` elements; they are the same place or do not overlap.
        unsafe { T::share(source.table, x.as_ptr(), target, count, inverse, Flow::Kept) };
        if !into {
            sink.scatter(base, range.start, &buffer[..count]);
        }
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

    /// The mass of a row that has been turned: the same chunks as where it lies.
    fn turned_mass<T: Compute>(&self, x: &[T], care: Care, guess: &mut Reference) -> Mass {
        let fold = |total: Mass, mass: Mass| total.merge(mass, self.source.temperature);
        let masses = x.chunks(T::CHUNK).map(|chunk| self.source.fold_chunk(chunk, guess, care));
        masses.reduce(fold).unwrap_or(Mass::EMPTY)
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
