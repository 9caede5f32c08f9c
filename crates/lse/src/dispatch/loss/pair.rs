//! Pairs: sums and quotients that keep what a float64 would round away.
//!
//! A pair (high, low) stands for high + low. What is not finite keeps its high part alone.

use crate::elementary::precise::exp_one;
use crate::state::{add, two_sum};

/// A number in two parts.
pub(super) type Pair = (f64, f64);

/// a / b, by long division.
pub(super) fn divide(a: Pair, b: Pair) -> Pair {
    let quotient = a.0 / b.0;
    let remainder = (-quotient).mul_add(b.0, a.0) + (a.1 - quotient * b.1);
    tidy(quotient, remainder / b.0)
}

/// high + low as a pair.
pub(super) fn tidy(high: f64, low: f64) -> Pair {
    let (sum, error) = two_sum(high, low);
    if sum.is_finite() && high.is_finite() { (sum, error) } else { (high, 0.0) }
}

/// a + b; an infinite part keeps its sign.
pub(super) fn plus(a: Pair, b: Pair) -> Pair {
    if a.0.is_finite() && b.0.is_finite() { add(a, b) } else { (a.0 + b.0, 0.0) }
}

/// 1 - e^-gap: the share of all others, for gap >= 0.
pub(super) fn others(gap: Pair) -> Pair {
    if gap.0 > 800.0 {
        return (1.0, 0.0);
    }
    if gap.0 < 1e-8 {
        // e^-gap - 1 loses more here than its series
        let square = gap.0 * gap.0;
        return tidy(gap.0, gap.1 - square / 2.0 + square * gap.0 / 6.0);
    }
    let (high, low) = exp_one(-gap.0, -gap.1);
    let (rest, error) = tidy(1.0, -high);
    tidy(rest, error - low)
}

/// A running sum of many terms, eight of them side by side.
///
/// Term i belongs to lane i mod 8, and the lanes are added in order: the sum depends on the terms alone.
#[derive(Clone, Copy)]
pub(super) struct Running {
    high: [f64; 8],
    low: [f64; 8],
}

impl Running {
    pub const ZERO: Running = Running { high: [0.0; 8], low: [0.0; 8] };

    /// Add `term(0) .. term(count)`.
    #[inline(always)]
    pub fn add(&mut self, count: usize, term: impl Fn(usize) -> f64) {
        let mut start = 0;
        while start + 8 <= count {
            let mut terms = [0.0; 8];
            for (lane, slot) in terms.iter_mut().enumerate() {
                *slot = term(start + lane);
            }
            self.eight(&terms);
            start += 8;
        }
        if start < count {
            let mut terms = [0.0; 8];
            for (lane, slot) in terms[..count - start].iter_mut().enumerate() {
                *slot = term(start + lane);
            }
            self.eight(&terms);
        }
    }

    #[inline(always)]
    fn eight(&mut self, terms: &[f64; 8]) {
        // In arrays of its own this becomes vector code.
        let (mut highs, mut lows) = (self.high, self.low);
        for ((high, low), term) in highs.iter_mut().zip(&mut lows).zip(terms) {
            let (sum, error) = two_sum(*high, *term);
            *high = sum;
            *low += error;
        }
        (self.high, self.low) = (highs, lows);
    }

    /// Add up to eight terms in two parts each.
    #[inline(always)]
    pub fn add_pairs(&mut self, terms: &[f64], rests: &[f64]) {
        if let (Ok(high), Ok(low)) = (terms.try_into(), rests.try_into()) {
            return self.eight_pairs(high, low);
        }
        let (mut high, mut low) = ([0.0; 8], [0.0; 8]);
        high[..terms.len()].copy_from_slice(terms);
        low[..rests.len()].copy_from_slice(rests);
        self.eight_pairs(&high, &low);
    }

    #[inline(always)]
    fn eight_pairs(&mut self, high: &[f64; 8], low: &[f64; 8]) {
        self.eight(high);
        for (sum, rest) in self.low.iter_mut().zip(low) {
            *sum += rest;
        }
    }

    pub fn total(&self) -> Pair {
        let (mut high, mut low) = (0.0, 0.0);
        for lane in 0..8 {
            let (sum, error) = two_sum(high, self.high[lane]);
            (high, low) = (sum, low + (error + self.low[lane]));
        }
        tidy(high, low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_beside_a_large_term() {
        let terms = [1e20, 1.0, -1e20, 0.5, 1e20, 1.0, -1e20, 0.25, 1.0, 2.0];
        let mut sum = Running::ZERO;
        sum.add(terms.len(), |i| terms[i]);
        assert_eq!(sum.total().0, 5.75);
    }

    #[test]
    fn what_is_not_finite_stays() {
        assert_eq!(plus((f64::INFINITY, 0.0), (1.0, 0.0)).0, f64::INFINITY);
        let mut sum = Running::ZERO;
        sum.add(3, |i| if i == 1 { f64::INFINITY } else { 1.0 });
        assert_eq!(sum.total(), (f64::INFINITY, 0.0));
        assert!(plus((f64::INFINITY, 0.0), (f64::NEG_INFINITY, 0.0)).0.is_nan());
    }

    #[test]
    fn a_quotient_in_two_parts() {
        let (high, low) = divide((1.0, 0.0), (3.0, 0.0));
        assert_eq!(high, 1.0 / 3.0);
        assert!((low - 1.850_371_707_708_594e-17).abs() < 1e-32);
    }
}
