//! exp to 114 bits, for the rows whose log-sum-exp almost vanishes.
//!
//! ```text
//! x = k ln2/256 + r                      r in two parts, |r| <= ln2/512
//! v = e^r - 1 = r + r^2 h(r)            the first terms in double-double, the others in float64
//! e^x = 2^(k/256) (1 + v)                the power from a table, in three parts
//! ```
//!
//! |error| <= 2^-113 e^x: 2^-113.8 at x = 0x1.c4109593785d4p+7, the worst of 6 * 10^4 against 448 bits.
//! The terms come apart, largest first, and are added by [`Sum`], which keeps the rounding of every
//! addition: logsumexp of normalised log-probabilities is log(1 + d) with d near 2^-54, and one ulp of
//! that is 2^-107.
//!
//! Price: about 160 operations a vector.

use super::double::{Double, fast_two_sum, two_product, two_sum};
use super::table::{POWERS_HIGH, POWERS_LOW, POWERS_MIDDLE, STEP};
use crate::lanes::portable::One;
use crate::lanes::{Lanes, Real};

/// 1/6!, 1/7! ... 1/10!
const TAIL: [f64; 5] = [
    1.388_888_888_888_889e-3,
    1.984_126_984_126_984e-4,
    2.480_158_730_158_73e-5,
    2.755_731_922_398_589_3e-6,
    2.755_731_922_398_589e-7,
];
/// 1/5!, 1/4!, 1/3!, 1/2!, each in two parts.
const HEAD: [(f64, f64); 4] = [
    (8.333_333_333_333_333e-3, 1.156_482_317_317_871_4e-19),
    (4.166_666_666_666_666_4e-2, 2.312_964_634_635_742_7e-18),
    (1.666_666_666_666_666_6e-1, 9.251_858_538_542_97e-18),
    (0.5, 0.0),
];
/// Below this e^x is 0 in float64, subnormal numbers included.
const LOWEST: f64 = -760.0;
/// What the terms are raised by, as a power of two, so that none of them is subnormal.
const RAISE: f64 = 200.0;
/// 2^-RAISE.
pub(crate) const LOWER: f64 = f64::from_bits((1023 - RAISE as u64) << 52);
/// 1.5 * 2^52: adding it rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// 2^200 e^x for x <= 500 as four terms, largest first. Everything below e^-760 is 0; nan stays.
///
/// `lowest_part` is what `x` misses: a quotient needs three parts where its exponential does.
#[inline(always)]
pub(crate) fn exp<L: Lanes<Real = f64>>(x: Double<L>, lowest_part: L) -> [L; 4] {
    let zero = L::splat(0.0);
    let lowest = L::splat(LOWEST);
    let high = lowest.above(x.high);
    let low = high.choose_equal(lowest, zero, x.low);

    // k = round(x 256 / ln2), its last eight bits left in `shifted`
    let shifted = high.fma(L::splat(256.0 * core::f64::consts::LOG2_E), L::splat(ROUNDER));
    let k = shifted.sub(L::splat(ROUNDER));

    // r + lost = x - k ln2/256: the first two products are exact
    let first = k.fma(L::splat(-STEP[0]), high);
    let (r, error) = two_sum(first, k.mul(L::splat(-STEP[1])));
    let (rest, error) = two_sum(error, low);
    let (rest, lost) = two_sum(rest, k.mul(L::splat(-STEP[2])));
    let lost = lost.add(error).add(lowest_part);
    let (r, r_low) = fast_two_sum(r, rest);
    let r = Double { high: r, low: r_low };

    // h(r) = 1/2! + r (1/3! + r (1/4! + r (1/5! + r tail)))
    let mut tail = L::splat(TAIL[4]);
    let mut i = 4;
    while i > 0 {
        i -= 1;
        tail = tail.fma(r.high, L::splat(TAIL[i]));
    }
    let (product, error) = two_product(r.high, tail);
    let mut sum =
        Double::splat(HEAD[0].0, HEAD[0].1).add_loosely(Double { high: product, low: error });
    let mut i = 1;
    while i < HEAD.len() {
        sum = Double::splat(HEAD[i].0, HEAD[i].1).add_loosely(r.mul_loosely(sum));
        i += 1;
    }

    // v = r + r^2 h(r)
    let v = r.add_smaller(r.mul_loosely(r).mul_loosely(sum));

    // 2^e = 2^floor(k/256): k - 127.5 is never halfway; e^LOWEST itself is nothing
    let unit = L::splat(1.0 / 256.0);
    let e = k
        .sub(L::splat(127.5))
        .fma(unit, L::splat(<f64 as Real>::ROUNDER + <f64 as Real>::BIAS + RAISE));
    let scale = high.choose_equal(lowest, zero, e.exponent_field());

    // 2^(k/256) in three parts, and times v
    let (first, second) = (shifted.lookup(&POWERS_HIGH), shifted.lookup(&POWERS_MIDDLE));
    let third = shifted.lookup(&POWERS_LOW);
    let product = Double { high: first, low: second }.mul_loosely(v);
    [
        first.mul(scale),
        product.high.mul(scale),
        second.mul(scale),
        lost.fma(first, product.low.add(third)).mul(scale),
    ]
}

/// e^x of one number x <= 500 as a double-double; relative error below 2^-100.
pub(crate) fn exp_one(high: f64, low: f64) -> (f64, f64) {
    let (high, low) = exp_raised(high, low);
    (high * LOWER, low * LOWER)
}

/// 2^200 e^x of one number: what is multiplied further must not be subnormal before.
pub(crate) fn exp_raised(high: f64, low: f64) -> (f64, f64) {
    let mut sum = Sum::<One>::zero();
    sum.add(exp(Double { high: One::splat(high), low: One::splat(low) }, One::splat(0.0)));
    sum.total()
}

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

/// e^x = 2^k (high + low) for one number of any size up to 2^30; relative error below 2^-100 + 2^-105 |x|.
pub(crate) fn exp_scaled(x: f64, x_low: f64) -> (f64, (f64, f64)) {
    let k = (x * core::f64::consts::LOG2_E).round();
    let plain = |a: f64, b: f64| {
        let sum = a + b;
        let part = sum - a;
        (sum, (a - (sum - part)) + (b - part))
    };
    // x - k ln2, each product exact in two parts
    let (mut high, mut low) = (x, x_low);
    for step in STEP {
        let part = -256.0 * step;
        let product = k * part;
        let error = k.mul_add(part, -product);
        let (sum, rounding) = plain(high, product);
        (high, low) = plain(sum, low + (rounding + error));
    }
    (k, exp_one(high, low))
}
