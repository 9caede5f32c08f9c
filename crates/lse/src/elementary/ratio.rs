//! log of a ratio near or above 1: log((top target + others) / target), small where the others are.
//!
//! ```text
//! ratio = 2^e z,  z in [0.66, 1.51]
//! f = (z - 1) target = others 2^-e + (top 2^-e - 1) target      exact in two parts; it is `others` where e is 0
//! q = f / (target + f/2)                                        in two parts
//! log z = 2 atanh(q/2) = q + q w p(w),  w = q^2
//! log   = e ln2 + log z
//! ```
//!
//! One division, and nothing of small `others` is lost. |relative error| of the sum of both parts < 4.3 * 2^-58,
//! of [`log_ratio_coarsely`] below 2^-39.

use super::double::{Double, fast_two_sum, two_product, two_sum};
use super::exp::Parts;
use super::log::{LN2_HEAD, LN2_TAIL};
use crate::lanes::Lanes;

/// (2 atanh(q/2) / q - 1) / w in w = q^2, lowest power first.
const TAIL: [f64; 8] = [
    0.083_333_333_333_333_24,
    0.012_500_000_000_018_006,
    0.002_232_142_855_907_091_7,
    0.000_434_027_818_755_949_1,
    8.877_765_860_462_516e-5,
    1.878_803_293_576_503_7e-5,
    4.020_038_069_258_623e-6,
    1.056_516_556_837_712_6e-6,
];
/// The same to 2^-42.
const TAIL_COARSE: [f64; 5] = [
    0.083_333_333_389_044_09,
    0.012_499_995_115_816_787,
    0.002_232_281_674_423_927_8,
    0.000_432_312_879_614_432_9,
    9.829_282_051_898_652e-5,
];

/// 2^-e and e, where 2^e is near `a` / `b`: the difference of their bits is that of their logarithms, within 0.09.
#[inline(always)]
fn exponent<L: Lanes<Real = f64>>(a: L, b: L) -> (L, L) {
    let (mut scale, b) = (a.to_array(), b.to_array());
    let mut exponent = L::zeros();
    for ((scale, exponent), b) in scale.as_mut().iter_mut().zip(exponent.as_mut()).zip(b.as_ref()) {
        let difference = scale.to_bits().wrapping_sub(b.to_bits()).cast_signed();
        let e = difference.wrapping_add(1 << 51) >> 52;
        *scale = f64::from_bits(((1023 - e) << 52).cast_unsigned());
        // An i32 on the way: AVX2 has that conversion and no other.
        *exponent = f64::from(e as i32);
    }
    (L::from_array(&scale), L::from_array(&exponent))
}

#[inline(always)]
fn tail<L: Lanes<Real = f64>>(coefficients: &[f64], w: L) -> L {
    let mut i = coefficients.len() - 1;
    let mut sum = L::splat(coefficients[i]);
    while i > 0 {
        i -= 1;
        sum = sum.fma(w, L::splat(coefficients[i]));
    }
    sum
}

/// power (1 + rest) in two parts: what the first rounding leaves is one more fused operation.
#[inline(always)]
pub(crate) fn both<L: Lanes<Real = f64>>(parts: &Parts<L>) -> Double<L> {
    let high = parts.joined();
    Double { high, low: parts.rest.fma(parts.power, parts.power.sub(high)) }
}

/// log((top target + others) / target) for normal `target` > 0, `others` >= 0 and whole numbers `top` from 1 to 2^20.
#[inline(always)]
pub(crate) fn log_ratio<L: Lanes<Real = f64>>(
    others: Double<L>,
    target: Double<L>,
    top: L,
) -> Double<L> {
    let (one, half) = (L::splat(1.0), L::splat(0.5));
    let (scale, e) = exponent(top.fma(target.high, others.high), target.high);

    // f = others 2^-e + (top 2^-e - 1) target
    let part = top.fma(scale, L::splat(-1.0));
    let (product, error) = two_product(part, target.high);
    let (f, rounding) = two_sum(others.high.mul(scale), product);
    let f_low = rounding.add(part.fma(target.low, others.low.fma(scale, error)));

    // q = f / (target + f/2)
    let d = f.fma(half, target.high);
    let d_low = f.fma(half, target.high.sub(d)).add(f_low.fma(half, target.low));
    let inverse = one.div(d);
    let q = f.mul(inverse);
    let minus_q = q.neg();
    let residual = minus_q.fma(d, f).add(minus_q.fma(d_low, f_low));

    // log z = q + q w p(w)
    let w = q.mul(q);
    let low = tail(&TAIL, w).fma(q.mul(w), residual.mul(inverse));

    // + e ln2
    let (high, error) = two_sum(e.mul(L::splat(LN2_HEAD)), q);
    let (high, low) = fast_two_sum(high, e.fma(L::splat(LN2_TAIL), error.add(low)));
    Double { high, low }
}

/// The same to 2^-39 of itself: for results of float32.
#[inline(always)]
pub(crate) fn log_ratio_coarsely<L: Lanes<Real = f64>>(others: L, target: L, top: L) -> L {
    let (scale, e) = exponent(top.fma(target, others), target);
    let part = top.fma(scale, L::splat(-1.0));
    let f = others.fma(scale, part.mul(target));
    let q = f.div(f.fma(L::splat(0.5), target));
    let w = q.mul(q);
    let log = tail(&TAIL_COARSE, w).fma(q.mul(w), q);
    e.fma(L::splat(core::f64::consts::LN_2), log)
}
