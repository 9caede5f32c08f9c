//! Sums that keep the rounding of every addition.

use super::double::{fast_two_sum, two_sum};
use crate::lanes::Lanes;
use crate::lanes::portable::One;

/// A running sum in four parts. No addition loses more than 2^-150 of the largest term.
#[derive(Clone, Copy)]
pub(crate) struct Sum<L>([L; 4]);

impl<L: Lanes<Real = f64>> Sum<L> {
    #[inline(always)]
    pub fn zero() -> Self {
        Sum([L::splat(0.0); 4])
    }

    /// Add terms, largest first: what cancels leaves all its digits.
    #[inline(always)]
    pub fn add(&mut self, terms: [L; 4]) {
        let [a, b, c, d] = self.0;
        let (a, error_a) = two_sum(a, terms[0]);
        let (b, error_b) = two_sum(b, terms[1]);
        let (b, error_c) = two_sum(b, error_a);
        let (c, error_d) = two_sum(c, terms[2]);
        let (c, error_e) = two_sum(c, terms[3]);
        let (c, error_f) = two_sum(c, error_b);
        let (c, error_g) = two_sum(c, error_c);
        let errors = error_d.add(error_e).add(error_f.add(error_g));
        self.0 = [a, b, c, d.add(errors)];
    }

    /// The four parts, lane by lane.
    #[inline(always)]
    pub fn to_arrays(self) -> [L::Array; 4] {
        let [a, b, c, d] = self.0;
        [a.to_array(), b.to_array(), c.to_array(), d.to_array()]
    }

    #[inline(always)]
    pub fn from_arrays(arrays: &[L::Array; 4]) -> Self {
        let [a, b, c, d] = arrays;
        Sum([L::from_array(a), L::from_array(b), L::from_array(c), L::from_array(d)])
    }
}

impl<L: Lanes<Real = f64>> Sum<L> {
    /// high + low of each lane, `low` right to its own last bits.
    #[inline(always)]
    pub fn totals(self) -> (L, L) {
        let [a, b, c, d] = self.0;
        let (high, first) = two_sum(a, b);
        let (second, third) = two_sum(first, c);
        let (high, second) = two_sum(high, second);
        let (low, fourth) = two_sum(second, third);
        two_sum(high, low.add(fourth.add(d)))
    }
}

impl Sum<One> {
    /// high + low.
    pub fn total(self) -> (f64, f64) {
        let (high, low) = self.totals();
        (high.to_array()[0], low.to_array()[0])
    }
}

/// How many vectors of terms a [`Short`] sum has room for.
pub(crate) const ROOM: usize = 64;
/// 1.5 * 2^9: with ROOM terms up to 2 still below 2^10, so that what is added is rounded to 2^-43.
const GROUND: f64 = 768.0;
/// 1.5 * 2^-34: what those roundings leave, and the smaller terms, are rounded to 2^-86.
const SECOND_GROUND: f64 = 1.5 / (1u64 << 34) as f64;

/// A running sum of ROOM positive numbers up to 2, or some that come to no more, each in three terms;
/// absolute error below 2^-125.
///
/// It starts from a ground so high that no term exceeds it: half of the operations of a two_sum do.
#[derive(Clone, Copy)]
pub(crate) struct Short<L> {
    high: L,
    middle: L,
    low: L,
}

impl<L: Lanes<Real = f64>> Short<L> {
    #[inline(always)]
    pub fn zero() -> Self {
        Short { high: L::splat(GROUND), middle: L::splat(SECOND_GROUND), low: L::splat(0.0) }
    }

    /// Add terms as `near::exp_near` answers them: the last below 2^-61 of the first.
    #[inline(always)]
    pub fn add(&mut self, terms: [L; 3]) {
        let [a, b, c] = terms;
        let (high, first) = fast_two_sum(self.high, a);
        let (high, second) = fast_two_sum(high, b);
        let (middle, first) = fast_two_sum(self.middle, first);
        let (middle, second) = fast_two_sum(middle, second);
        let (middle, third) = fast_two_sum(middle, c);
        *self = Short { high, middle, low: self.low.add(first.add(second).add(third)) };
    }

    /// high + low, `low` right to its own last bits.
    #[inline(always)]
    pub fn totals(self) -> (L, L) {
        let high = self.high.sub(L::splat(GROUND));
        let middle = self.middle.sub(L::splat(SECOND_GROUND));
        let (sum, error) = two_sum(high, middle);
        // The rest is below 2^-78, and so far below the sum that the two stay apart.
        fast_two_sum(sum, error.add(self.low))
    }

    /// The sum times a power of two: what is left when the ground goes is exact.
    #[inline(always)]
    pub fn raised(self, power: f64) -> [L; 4] {
        let (power, zero) = (L::splat(power), L::splat(0.0));
        let high = self.high.sub(L::splat(GROUND));
        let middle = self.middle.sub(L::splat(SECOND_GROUND));
        [high.mul(power), middle.mul(power), self.low.mul(power), zero]
    }
}
