//! answers: what a row comes to, on its way to its place, and what its class counts.

use super::pair::{Pair, divide, plus};
use super::targets::Target;
use super::{LOSSES, Work};
use crate::dispatch::{Sink, store};
use crate::intake::Offsets;
use crate::state::multiply;

impl Work<'_, '_> {
    /// The loss of a row to its place, where there is one.
    #[inline]
    pub(super) fn file(&self, base: &Offsets, loss: Pair) {
        if let Some(losses) = self.losses {
            store(losses, base[LOSSES], loss.0);
        }
    }

    /// A row that takes no part: nothing in the loss, zeros in the gradient, whatever it holds.
    pub(super) fn ignored(&self, base: &Offsets) -> Pair {
        if self.gradient.is_some() {
            let length = self.source.rows.length;
            for start in (0..length).step_by(1024) {
                self.write(base, start, &[0.0; 1024][..1024.min(length - start)]);
            }
        }
        (0.0, 0.0)
    }

    /// Write a piece of a row of the gradient.
    pub(super) fn write(&self, base: &Offsets, start: usize, values: &[f64]) {
        let Some(out) = self.gradient else { return };
        let sink = Sink { out, rows: &self.source.rows };
        if sink.in_place::<f32>() {
            let place = sink.pointer::<f32>(base, start);
            for (i, value) in values.iter().enumerate() {
                // SAFETY: the row holds these elements, as float32 in a row.
                unsafe { place.add(i).write(*value as f32) };
            }
        } else {
            sink.scatter(base, start, values);
        }
    }

    /// The weight of a class.
    #[inline]
    pub(super) fn weight(&self, class: usize) -> f64 {
        self.question.weight.map_or(1.0, |weight| weight[class])
    }

    /// The weight of lse^2 in a row: c v.
    pub(super) fn z_weight(&self, target: Target) -> f64 {
        match target {
            Target::Class(class) if self.question.z_loss != 0.0 => {
                self.question.z_loss * self.weight(class)
            }
            _ => self.question.z_loss,
        }
    }

    /// w gap / t + c w lse^2 for a row with a class, where the gap is not yet divided by t.
    #[inline]
    pub(super) fn plain_loss(&self, gap: Pair, lse: f64, weight: f64) -> Pair {
        if weight == 0.0 {
            return (0.0, 0.0);
        }
        let t = self.question.temperature;
        let mut loss = if t == 1.0 { gap } else { divide(gap, (t, 0.0)) };
        if self.question.z_loss != 0.0 {
            let lse = lse / t;
            loss = plus(loss, (self.question.z_loss * lse * lse, 0.0));
        }
        match () {
            () if weight == 1.0 => loss,
            () if loss.0.is_finite() => multiply(loss, (weight, 0.0)),
            () => (loss.0 * weight, 0.0),
        }
    }
}
