//! Mass: a row's sum before anyone asks for its top.
//!
//! ```text
//! mass = e^(center / t) 2^exponent (high + low)
//! ```
//!
//! The kernels fold rows into this form, which needs no maximum beforehand: the reference 2^N is
//! a power of two, so that no element is ever rounded by a subtraction. Where the answer
//! shows that the mass at the top has to be kept apart, the row is folded again into a `State`.

use super::{State, multiply, two_sum};
use crate::elementary::exp::{Reference, Temperature};
use crate::elementary::precise::exp_scaled;
use crate::lanes::Real;

/// log2 of the share from which on a row is confident. The powers of a group are added in three roundings of half a
/// unit each: beside an element of share s every share may err by 3 s ulp more, which are 0.38 beside the 0.53 of a
/// float32 share itself.
const CONFIDENT: f64 = -3.0;

/// The sum of e^(x/t) over a row, and its largest element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mass {
    /// The largest element, nan aside; -inf for none.
    pub max: f64,
    /// What `high` and `low` are measured in.
    pub reference: Reference,
    /// The sum; nan if there is a nan or a +inf among the elements.
    pub high: f64,
    /// What the sum misses.
    pub low: f64,
}

impl Mass {
    pub const EMPTY: Mass =
        Mass { max: f64::NEG_INFINITY, reference: Reference::ZERO, high: 0.0, low: 0.0 };

    /// Whether this is the mass of finite numbers, at least one of them.
    pub fn is_ordinary(&self) -> bool {
        self.high > 0.0 && self.high < f64::INFINITY
    }

    /// Whether the largest element is so much of the mass that roundings beside it matter to shares.
    pub fn is_confident(&self, temperature: Temperature) -> bool {
        self.is_ordinary() && self.max > self.confident_from(temperature)
    }

    /// The elements above this are that much of the mass.
    pub fn confident_from(&self, temperature: Temperature) -> f64 {
        let share = self.log2() + self.reference.exponent + CONFIDENT;
        self.reference.center + share * core::f64::consts::LN_2 * temperature.value
    }

    /// log(mass), within 0.07 of an ordinary mass.
    pub fn log_about(&self, temperature: Temperature) -> f64 {
        let power = self.log2() + self.reference.exponent;
        self.reference.center * temperature.inverse_high + power * core::f64::consts::LN_2
    }

    /// log(mass) - max/t, less by up to 0.07, of an ordinary mass.
    pub fn gap_about(&self, temperature: Temperature) -> f64 {
        let power = self.log2() + self.reference.exponent;
        (self.reference.center - self.max)
            .mul_add(temperature.inverse_high, power * core::f64::consts::LN_2)
    }

    /// log2 from the bits, less by up to 0.09: the exponent, and the mantissa read as its own logarithm.
    fn log2(&self) -> f64 {
        self.high.to_bits() as i64 as f64 / (1u64 << 52) as f64 - 1023.0
    }

    /// The mass of two parts of a row; `self` is the earlier one.
    pub fn merge(self, other: Mass, temperature: Temperature) -> Mass {
        if other.max == f64::NEG_INFINITY && other.high == 0.0 {
            return self;
        }
        if self.max == f64::NEG_INFINITY && self.high == 0.0 {
            return other;
        }
        let max = if other.max > self.max { other.max } else { self.max };
        let reference = if other.max > self.max { other.reference } else { self.reference };
        let (a, b) = (self.at(reference, temperature), other.at(reference, temperature));
        let (sum, error) = two_sum(a.0, b.0);
        let (high, low) = two_sum(sum, error + (a.1 + b.1));
        Mass { max, reference, high, low }
    }

    /// high + low, measured in another reference, that of a larger maximum.
    fn at(self, reference: Reference, temperature: Temperature) -> (f64, f64) {
        let powers = self.reference.exponent - reference.exponent;
        if self.reference.center == reference.center {
            return (scale(self.high, powers), scale(self.low, powers));
        }
        // e^((center - center') / t) = 2^k factor
        let (gap, gap_low) = two_sum(self.reference.center, -reference.center);
        let (quotient, error) = multiply_exactly(gap, temperature.inverse_high);
        if quotient.abs() > 1e9 {
            // So far below that nothing of it can be seen, though a nan must be.
            return (self.high * 0.0, 0.0);
        }
        let rest = error + (gap * temperature.inverse_low + gap_low * temperature.inverse_high);
        let (k, factor) = exp_scaled(quotient, rest);
        let product = multiply(factor, (self.high, self.low));
        (scale(product.0, powers + k), scale(product.1, powers + k))
    }

    /// The mass of a state, to spread elements in. `R` is the type of the elements.
    pub fn of<R: Real>(state: State) -> Mass {
        if !state.max.is_finite() {
            return Mass { max: state.max, ..Mass::EMPTY };
        }
        let reference = Reference::of::<R>(state.max, Temperature::ONE);
        let scaled = state.scaled_mass();
        if reference.center != 0.0 {
            return Mass { max: state.max, reference, high: scaled.0, low: scaled.1 };
        }
        // e^max = 2^k factor
        let (k, factor) = exp_scaled(state.max, 0.0);
        let product = multiply(factor, scaled);
        let powers = k - reference.exponent;
        let (high, low) = (scale(product.0, powers), scale(product.1, powers));
        Mass { max: state.max, reference, high, low }
    }
}

fn multiply_exactly(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// x 2^power without an intermediate overflow; 0 far below.
pub(crate) fn scale(x: f64, power: f64) -> f64 {
    if power == 0.0 {
        return x;
    }
    let power = power.clamp(-2200.0, 2200.0) as i32;
    let part = |e: i32| f64::from_bits((i64::from(e) + 1023) as u64 * (1 << 52));
    let third = power / 3;
    x * part(third) * part(third) * part(power - 2 * third)
}
