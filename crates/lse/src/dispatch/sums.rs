//! sums: what a weighted row comes to in plain arithmetic, and whether that is known well enough.

use super::Compute;
use crate::elementary::exp::Reference;
use crate::intake::Kind;
use crate::kernels::Quick;
use crate::state::Mass;

/// A row's weighted sum, and how much it errs.
#[derive(Clone, Copy)]
pub(super) struct QuickSum {
    quick: Quick,
    /// The error of the sum, relative to the sum of the magnitudes.
    error: f64,
    /// Below this, times the sum of the weights, an element may have vanished.
    floor: f64,
}

impl Default for QuickSum {
    fn default() -> QuickSum {
        QuickSum { quick: EMPTY, error: 0.0, floor: 0.0 }
    }
}

pub(super) const EMPTY: Quick = Quick {
    max: f64::NEG_INFINITY,
    reference: Reference::ZERO,
    high: 0.0,
    low: 0.0,
    against: 0.0,
    weights: 0.0,
};

impl QuickSum {
    pub fn of<T: Compute>(quick: Quick) -> QuickSum {
        // exp errs by less than 0.3 units, eight remainders of a twentieth in a row by less than 0.25.
        // An element vanishes below 2^-126 (2^-1022) of the reference: 2^-27 (2^-60) of that does not matter.
        let (error, floor) = if T::KIND == f64::KIND {
            (0.6 * f64::EPSILON / 2.0, 2f64.powi(-962))
        } else {
            (0.6 * f64::from(f32::EPSILON) / 2.0, 2f64.powi(-99))
        };
        QuickSum { quick, error, floor }
    }

    /// A sum to 64 bits: 70 of each exponential, the small parts of BLOCK terms added in float64 beside it.
    /// Elements are cut off at 2^-1000 of the reference: 2^-80 of that does not matter.
    pub fn careful(quick: Quick) -> QuickSum {
        QuickSum { quick, error: 2f64.powi(-64), floor: 2f64.powi(-920) }
    }

    /// A short row: each remainder is added exactly.
    pub fn short(quick: Quick) -> QuickSum {
        QuickSum { error: 0.4 * f64::EPSILON / 2.0, ..QuickSum::of::<f64>(quick) }
    }

    /// 1 or -1.
    pub fn sign(&self) -> f64 {
        self.quick.high.signum()
    }

    /// The magnitude of the sum.
    pub fn mass(&self) -> Mass {
        let Quick { max, reference, high, low, .. } = self.quick;
        Mass { max, reference, high: high.abs(), low: low * self.sign() }
    }

    /// Whether the sum is known well enough for this logarithm of it.
    ///
    /// The sum errs by a part of the sum of the magnitudes, its logarithm by that over |sum|. Together with the
    /// rounding of the result it must stay within an ulp.
    pub fn is_known(&self, length: usize, answer: f64, t: f64, kind: Kind) -> bool {
        let Quick { high, against, weights, .. } = self.quick;
        let (size, finite) = (high.abs(), weights < f64::INFINITY && answer.is_finite());
        let magnitude = high + against;
        let unit = if kind == Kind::Float64 { f64::EPSILON } else { f64::from(f32::EPSILON) };
        // The power of two below |answer|, times the unit: its ulp.
        let ulp = f64::from_bits(answer.to_bits() & (0x7FF << 52)) * unit;
        finite
            && size < f64::INFINITY
            && size > (length as f64 + weights) * self.floor
            && self.error * magnitude * t <= 0.45 * ulp * size
    }
}
