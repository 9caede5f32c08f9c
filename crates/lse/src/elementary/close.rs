//! exp to 70 bits, for sums that cancel to a thousandth of their terms: half the price of 113 bits.
//!
//! ```text
//! x = k ln2/256 + r + low               |r| <= ln2/512
//! e^x = 2^(k/256) (1 + r + rest)        rest = low + r^2 (1/2! + r/3! + r^2/4! + r^3/5! + r^4/6!), in float64
//! ```
//!
//! |error| <= 2^-70 e^x: 2^-70.1 at x = 0x1.332a3f822b08cp+9, the worst of 3 * 10^4 against 448 bits.

use super::precise::{power, steps};
use super::table::{POWERS_HIGH, POWERS_MIDDLE, STEP};
use crate::lanes::Lanes;

/// 1/2!, 1/3! ... 1/6!
const TAIL: [f64; 5] = [
    0.5,
    1.666_666_666_666_666_6e-1,
    4.166_666_666_666_666_4e-2,
    8.333_333_333_333_333e-3,
    1.388_888_888_888_889e-3,
];

/// 2^-exponent e^x as three terms, the second below 2^-9 of the first, the third below 2^-18; x / ln 2 is
/// within 1000 of `exponent`, an integer.
#[inline(always)]
pub(crate) fn exp_close<L: Lanes<Real = f64>>(x: L, exponent: f64) -> [L; 3] {
    let (shifted, k, first) = steps(x);
    // r = first - k step, rounded, and what the rounding leaves
    let minus_k = k.neg();
    let step = L::splat(STEP[1]);
    let r = minus_k.fma(step, first);
    let low = minus_k.fma(L::splat(STEP[2]), minus_k.fma(step, first.sub(r)));

    let mut tail = L::splat(TAIL[4]);
    let mut i = 4;
    while i > 0 {
        i -= 1;
        tail = tail.fma(r, L::splat(TAIL[i]));
    }
    let rest = r.mul(r).fma(tail, low);

    let (first, second) = (shifted.lookup(&POWERS_HIGH), shifted.lookup(&POWERS_MIDDLE));
    let product = first.mul(r);
    let error = first.fma(r, product.neg());
    let third = first.fma(rest, second.add(second.fma(r, error)));
    let scale = power(k, -exponent);
    [first.mul(scale), product.mul(scale), third.mul(scale)]
}
