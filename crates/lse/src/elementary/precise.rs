//! exp to 114 bits, for the rows whose log-sum-exp almost vanishes.
//!
//! ```text
//! x = k ln2/256 + r                      r in two parts, |r| <= ln2/512
//! v = e^r - 1 = r + r^2 h(r)            the first terms in double-double, the others in float64
//! e^x = 2^(k/256) (1 + v)                the power from a table, in three parts
//! ```
//!
//! |error| <= 2^-113 e^x: 2^-113.7 at x = 0x1.9a561777dc228p+8, the worst of 3 * 10^4 against 448 bits.
//! The terms come apart, largest first, and are added by [`Sum`], which keeps the rounding of every
//! addition: logsumexp of normalised log-probabilities is log(1 + d) with d near 2^-54, and one ulp of
//! that is 2^-107.
//!
//! Price: about 80 operations a vector and three look-ups. Beside a sum near 1 `near` does with 72 and none.

use super::double::{Double, fast_two_sum, two_sum};
use super::sum::Sum;
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
/// 2^RAISE.
pub(crate) const RAISED: f64 = f64::from_bits((1023 + RAISE as u64) << 52);
/// 1.5 * 2^52: adding it rounds to an integer.
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// What k ln2/256 leaves of x: r + lost. The number k is left in the low bits of `shifted`.
struct Reduced<L> {
    shifted: L,
    r: Double<L>,
    lost: L,
}

/// k = round(x 256 / ln2), and what the first product leaves, which is exact.
#[inline(always)]
pub(super) fn steps<L: Lanes<Real = f64>>(x: L) -> (L, L, L) {
    let shifted = x.fma(L::splat(256.0 * core::f64::consts::LOG2_E), L::splat(ROUNDER));
    let k = shifted.sub(L::splat(ROUNDER));
    (shifted, k, k.fma(L::splat(-STEP[0]), x))
}

/// 2^(k/256) (1 + v), less its power of two, as four terms, largest first.
#[inline(always)]
fn grow<L: Lanes<Real = f64>>(reduced: &Reduced<L>) -> [L; 4] {
    let Reduced { shifted, r, lost } = *reduced;

    // h(r) = 1/2! + r (1/3! + r (1/4! + r (1/5! + r tail)))
    let mut tail = L::splat(TAIL[4]);
    let mut i = 4;
    while i > 0 {
        i -= 1;
        tail = tail.fma(r.high, L::splat(TAIL[i]));
    }
    // 59 bits will do for the first: the low part of r is nothing beside it
    let (head, head_low) = (L::splat(HEAD[0].0), L::splat(HEAD[0].1));
    let high = r.high.fma(tail, head);
    let low = r.high.fma(tail, head.sub(high)).add(head_low);
    let mut sum = Double { high, low };
    let mut i = 1;
    while i < HEAD.len() {
        sum = r.mul_and(sum, Double::splat(HEAD[i].0, HEAD[i].1));
        i += 1;
    }

    // v = r + r (r h(r))
    let v = r.mul_and(r.mul_loosely(sum), r);

    // 2^(k/256) in three parts, and times v
    let (first, second) = (shifted.lookup(&POWERS_HIGH), shifted.lookup(&POWERS_MIDDLE));
    let third = shifted.lookup(&POWERS_LOW);
    let product = Double { high: first, low: second }.mul_loosely(v);
    [first, product.high, second, lost.fma(first, product.low.add(third))]
}

/// 2^(floor(k/256) + raise): k - 127.5 is never halfway.
#[inline(always)]
pub(super) fn power<L: Lanes<Real = f64>>(k: L, raise: f64) -> L {
    let bias = L::splat(<f64 as Real>::ROUNDER + <f64 as Real>::BIAS + raise);
    k.sub(L::splat(127.5)).fma(L::splat(1.0 / 256.0), bias).exponent_field()
}

/// 2^200 e^x for x <= 500 as four terms, largest first. Everything below e^-760 is 0; nan stays.
///
/// `lowest_part` is what `x` misses: a quotient needs three parts where its exponential does.
#[inline(always)]
pub(crate) fn exp<L: Lanes<Real = f64>>(x: Double<L>, lowest_part: L) -> [L; 4] {
    let zero = L::splat(0.0);
    let lowest = L::splat(LOWEST);
    let high = lowest.above(x.high);
    let low = high.choose_equal(lowest, zero, x.low);

    // r + lost = x - k ln2/256: the first two products are exact
    let (shifted, k, first) = steps(high);
    let (r, error) = two_sum(first, k.mul(L::splat(-STEP[1])));
    let (rest, error) = two_sum(error, low);
    let (rest, lost) = two_sum(rest, k.mul(L::splat(-STEP[2])));
    let lost = lost.add(error).add(lowest_part);
    let (r, r_low) = fast_two_sum(r, rest);
    let reduced = Reduced { shifted, r: Double { high: r, low: r_low }, lost };

    // e^LOWEST itself is nothing
    let scale = high.choose_equal(lowest, zero, power(k, RAISE));
    let [a, b, c, d] = grow(&reduced);
    [a.mul(scale), b.mul(scale), c.mul(scale), d.mul(scale)]
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
