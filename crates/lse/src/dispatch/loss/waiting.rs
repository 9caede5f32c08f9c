//! Rows that wait, up to a batch of them, for the logarithms of their masses: for their losses and for the gradient at
//! their targets.
//!
//! Where the target is much of its row, both come of the state of the row, before anything is written over it.

use super::pair::{Pair, divide, plus};
use super::{Work, others};
use crate::dispatch::Compute;
use crate::dispatch::beside::Folded;
use crate::dispatch::mend::Aim;
use crate::dispatch::spread::level;
use crate::intake::Offsets;
use crate::kernels::{Batch, Inverse, Peaks};
use crate::state::{Mass, multiply};
use std::ops::Range;

/// Factors that the spread kernels of every type can take into the inverse of a mass.
pub(super) const GENTLE: Range<f64> = 1e-12..1e12;

/// Nearer than this to the logarithm of the mass, in units of t, a target has a loss below the `TRUSTED` of both types
/// and a share that may not be subtracted from 1.
const NEAR: f64 = 2.01;

/// A row that waits.
#[derive(Clone, Copy)]
pub(super) struct Waiting {
    pub base: Offsets,
    pub class: usize,
    /// The element of its class.
    pub x: f64,
    /// Its mass, as it was folded for shares.
    pub mass: Mass,
    /// Its loss; none of what follows waits where that is known.
    pub loss: Option<Pair>,
    /// The gradient at its class, where that is still to be written.
    pub slope: Option<f64>,
}

impl Waiting {
    pub fn new(base: Offsets, class: usize, x: f64, mass: Mass) -> Waiting {
        Waiting { base, class, x, mass, loss: None, slope: None }
    }
}

/// Where a row may be read again.
pub(super) struct Room<'a, T> {
    /// Whether the row still is in `row`.
    pub gathered: bool,
    pub row: &'a mut Vec<T>,
    pub double: &'a mut Vec<f64>,
}

impl Work<'_, '_> {
    /// What the gradient of a row is multiplied with: w / (divisor t).
    #[inline]
    fn factor(&self, class: usize) -> Pair {
        match self.question.weight {
            None => self.scale,
            Some(weight) => multiply(self.scale, (weight[class], 0.0)),
        }
    }

    /// What the elements of a row are spread by; its loss and the gradient at its target too, where the row has to be
    /// read for them. None where the factor of the gradient is no gentle one.
    pub(super) fn inverse<T: Compute>(
        &self,
        row: &mut Waiting,
        mass: &Mass,
        room: &mut Room<'_, T>,
    ) -> Option<Inverse> {
        let (t, mut factor) = (self.source.temperature, self.factor(row.class));
        // The estimate is less than the logarithm, by up to 0.07
        let about = mass.log_about(t) - row.x * t.inverse_high;
        if self.question.z_loss != 0.0 || about < NEAR {
            let level = self.level(row, room);
            let gap = gap(level, row.x);
            row.loss = Some(self.plain_loss(gap, level.0, self.weight(row.class)));
            let rest = others(divide(gap, (t.value, 0.0)));
            // With 2 c lse added to 1: the elements f (1 + z) p, the target f (z p - rest)
            let z = 2.0 * self.question.z_loss * level.0 / t.value;
            let share = plus((1.0, 0.0), (-rest.0, -rest.1));
            let slope = multiply(factor, plus((z * share.0, 0.0), (-rest.0, -rest.1)));
            row.slope = Some(slope.0 + slope.1);
            if z != 0.0 {
                factor = multiply(factor, plus((1.0, 0.0), (z, 0.0)));
            }
        }
        // SAFETY: no pointers.
        GENTLE.contains(&factor.0).then(|| unsafe { self.source.table.inverse(mass, factor, t) })
    }

    /// The losses of the rows of a batch, and where a gradient is wanted the one at their targets.
    pub(super) fn settle<T: Compute>(
        &self,
        rows: &mut [Option<Waiting>],
        batch: &mut Batch,
        scratch: &mut Vec<f64>,
    ) {
        if self.gradient.is_some() {
            self.slopes(rows, batch);
        }
        self.source.finish(batch, rows.len(), 0.0);
        let trust = if self.gradient.is_some() { 0.0 } else { T::TRUSTED };
        for (i, row) in rows.iter_mut().enumerate() {
            if let Some(row) = row.as_mut().filter(|row| row.loss.is_none()) {
                row.loss = Some(self.loss_of::<T>(batch, i, row, trust, scratch));
            }
        }
    }

    fn slopes(&self, rows: &mut [Option<Waiting>], batch: &Batch) {
        let mut peaks = Peaks::NONE;
        for (i, row) in rows.iter().enumerate() {
            let Some(row) = row else { continue };
            peaks.x[i] = row.x;
            (peaks.factor[0][i], peaks.factor[1][i]) = self.factor(row.class);
        }
        let source = &self.source;
        // SAFETY: no pointers.
        unsafe { source.table.slopes(&mut peaks, batch, rows.len(), source.temperature) };
        for (row, slope) in rows.iter_mut().zip(peaks.slopes) {
            if let Some(row) = row.as_mut().filter(|row| row.loss.is_none()) {
                row.slope = Some(slope);
            }
        }
    }

    /// The loss of a row whose mass has its logarithm; from the state, where that is not known well enough.
    fn loss_of<T: Compute>(
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
            let (row_again, double) = (&mut Vec::new(), scratch);
            let mut room = Room::<T> { gathered: false, row: row_again, double };
            let (high, low) = self.level(row, &mut room);
            return self.plain_loss(self::gap((high, low), row.x), high, weight);
        }
        self.plain_loss(gap, lse, weight)
    }

    /// t lse(x / t) of a row, with the mass at its top kept apart.
    fn level<T: Compute>(&self, row: &Waiting, room: &mut Room<'_, T>) -> Pair {
        let (source, mass) = (&self.source, &row.mass);
        let gathered = room.gathered;
        let mut folded =
            Folded { base: &row.base, mass, aim: Aim::Shares, gathered, scratch: &mut *room.row };
        source
            .level_beside(&mut folded)
            .unwrap_or_else(|| self.split(&row.base, mass.max, room.double))
    }

    /// The same of a row whose mass at the top is split off in float64.
    pub(super) fn split(&self, base: &Offsets, max: f64, scratch: &mut Vec<f64>) -> Pair {
        let level = level(self.source.split(base, max, scratch), self.question.temperature);
        (level.high, level.low)
    }
}

/// level - x, in two parts.
fn gap(level: Pair, x: f64) -> Pair {
    if x == f64::NEG_INFINITY {
        return (f64::INFINITY, 0.0);
    }
    plus(level, (-x, 0.0))
}
