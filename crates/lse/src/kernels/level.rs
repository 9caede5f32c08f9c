//! level: the logarithm of the mass of one row, ready to be subtracted from its elements.
//!
//! ```text
//! level = center + t (N ln2 + log(high + low))
//!       = max + t log((top target + others) / target)      target = e^(max/t), of a confident row
//! ```
//!
//! Single rows on scalars: other rows keep the vectors busy meanwhile.

use super::finish::{coarse_logarithm, logarithm};
use crate::elementary::double::{Double, fast_two_sum, two_product, two_sum};
use crate::elementary::exp::{Guide, Parts, Reference, Temperature, exp};
use crate::elementary::ratio::{both, log_ratio, log_ratio_coarsely};
use crate::lanes::portable::One;
use crate::lanes::{Isa, Lanes};
use crate::state::Mass;

/// A row with its top kept apart, measured as its mass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Top {
    pub max: f64,
    pub count: f64,
    pub reference: Reference,
    /// The mass of all other elements, in two parts.
    pub others: (f64, f64),
}

#[inline(always)]
fn pair(double: Double<One>) -> (f64, f64) {
    (double.high.to_array()[0], double.low.to_array()[0])
}

/// t log(mass), for results of float32.
#[inline(always)]
pub(crate) fn single<I: Isa>(mass: &Mass, temperature: Temperature) -> (f64, f64) {
    let [exponent, center] = [mass.reference.exponent, mass.reference.center].map(One::splat);
    let sum = One::splat(mass.high + mass.low);
    let [high, low] = coarse_logarithm(sum, exponent, center, temperature);
    pair(Double { high, low })
}

/// t log(mass).
#[inline(always)]
pub(crate) fn double<I: Isa>(mass: &Mass, temperature: Temperature) -> (f64, f64) {
    let [exponent, center] = [mass.reference.exponent, mass.reference.center].map(One::splat);
    let sum = Double { high: One::splat(mass.high), low: One::splat(mass.low) };
    pair(logarithm(sum, exponent, center, temperature))
}

/// e^(max/t), measured as the row.
#[inline(always)]
fn target(top: &Top, temperature: Temperature) -> Parts<One> {
    exp::<One, true>(One::splat(top.max), &Guide::new(top.reference, temperature, 0.0))
}

/// The same of a row with its top kept apart, for results of float32.
#[inline(always)]
pub(crate) fn beside_single<I: Isa>(top: &Top, temperature: Temperature) -> (f64, f64) {
    let target = target(top, temperature).joined();
    let (others, count) = (One::splat(top.others.0 + top.others.1), One::splat(top.count));
    let log = log_ratio_coarsely(others, target, count).mul(One::splat(temperature.value));
    let (high, low) = two_sum(One::splat(top.max), log);
    pair(Double { high, low })
}

/// The same of a row with its top kept apart.
#[inline(always)]
pub(crate) fn beside_double<I: Isa>(top: &Top, temperature: Temperature) -> (f64, f64) {
    let others = Double { high: One::splat(top.others.0), low: One::splat(top.others.1) };
    let log = log_ratio(others, both(&target(top, temperature)), One::splat(top.count));
    let t = One::splat(temperature.value);
    let (product, error) = two_product(log.high, t);
    let (sum, rounding) = two_sum(One::splat(top.max), product);
    let (high, low) = fast_two_sum(sum, rounding.add(log.low.fma(t, error)));
    pair(Double { high, low })
}
