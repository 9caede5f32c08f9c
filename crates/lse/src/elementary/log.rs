//! log of a double-double, in double-double: one form for log and for log1p.
//!
//! ```text
//! high + low = 2^e z,  z in [sqrt 1/2, sqrt 2)
//! f = z - 1                                  exact, and it keeps `low` when z is 1
//! s = f / (2 + f)                            in two parts
//! log z = 2 atanh s = 2 s + s u p(u),  u = s^2
//! log   = e ln2 + log z
//! ```
//!
//! |relative error| of the sum of both parts < 4.3 * 2^-58 for high below 2^1022: 4.12 * 2^-58 at high =
//! 0x1.6a09f0f9e0be1p+0, low = 0x1p-54, the worst of 10^8 (tables/records). Next to z = sqrt 2 the rest of s
//! is missing in s u p(u), and the two terms of log nearly halve each other.

use super::double::{Double, fast_two_sum, two_sum};
use crate::lanes::Lanes;

/// (2 atanh(s) / s - 2) / u in u = s^2, lowest power first.
const ATANH_TAIL: [f64; 9] = [
    0.666_666_666_666_666_7,
    0.399_999_999_999_999_36,
    0.285_714_285_714_589_8,
    0.222_222_222_152_656_5,
    0.181_818_190_812_615_04,
    0.153_845_452_537_315_04,
    0.133_366_931_433_273_3,
    0.116_682_250_896_345_12,
    0.120_374_650_043_466_28,
];

/// ln 2 to 32 bits: a product with an integer below 2^21 is exact.
pub(crate) const LN2_HEAD: f64 = f64::from_bits(0x3FE6_2E42_FEE0_0000);
/// ln 2 - LN2_HEAD.
pub(crate) const LN2_TAIL: f64 = 1.908_214_929_270_587_7e-10;
/// Below this |f| its square is nothing.
const TINY: f64 = 1e-150;
/// The bits of sqrt 1/2, where the exponent of z turns over.
const SQRT_HALF: i64 = 0x3FE6_A09E_667F_3BCD;

/// z and e with x = 2^e z, z in [sqrt 1/2, sqrt 2): 2^-e and e, for positive normal x.
#[inline(always)]
fn exponent<L: Lanes<Real = f64>>(x: L) -> (L, L) {
    let mut scale = x.to_array();
    let mut exponent = L::zeros();
    for (scale, exponent) in scale.as_mut().iter_mut().zip(exponent.as_mut()) {
        let e = (scale.to_bits() as i64 - SQRT_HALF) >> 52;
        *scale = f64::from_bits(((1023 - e) << 52) as u64);
        // An i32 on the way: AVX2 has that conversion and no other.
        *exponent = f64::from(e as i32);
    }
    (L::from_array(&scale), L::from_array(&exponent))
}

/// log((high + low) 2^shift) for positive normal `high` and integers `shift`.
#[inline(always)]
pub(crate) fn log<L: Lanes<Real = f64>>(x: Double<L>, shift: L) -> Double<L> {
    let (scale, e) = exponent(x.high);
    let one = L::splat(1.0);

    // f = z - 1
    let (f, f_low) = two_sum(x.high.mul(scale).sub(one), x.low.mul(scale));

    // s = f / (2 + f)
    let two = L::splat(2.0);
    let (d, d_low) = fast_two_sum(two, f);
    let inverse = one.div(d);
    let s = f.mul(inverse);
    let minus_s = s.neg();
    let residual = minus_s.fma(d, f).add(minus_s.fma(d_low.add(f_low), f_low));
    let s_low = residual.mul(inverse);

    // log z = 2 s + s u p(u)
    let u = s.mul(s);
    let mut sum = L::splat(ATANH_TAIL[8]);
    let mut i = 8;
    while i > 0 {
        i -= 1;
        sum = sum.fma(u, L::splat(ATANH_TAIL[i]));
    }
    let low = sum.fma(s.mul(u), s_low.add(s_low));

    // + (e + shift) ln2
    let e = e.add(shift);
    // log(1 + f) = f far below the last bit of 1; halving a subnormal f would round it
    let size = f.above(f.neg());
    let tiny = L::splat(TINY);
    let twice = tiny.above(size).choose_equal(tiny, f, s.add(s));
    let low = tiny.above(size).choose_equal(tiny, f_low, low);
    let (high, error) = two_sum(e.mul(L::splat(LN2_HEAD)), twice);
    let (high, low) = fast_two_sum(high, e.fma(L::splat(LN2_TAIL), error.add(low)));
    Double { high, low }
}

/// log(x 2^shift) for positive normal x and integers `shift`, to 2^-39 of itself: for results of float32.
///
/// One form for all x: where the result is small, shift + e is 0 and f is exact.
#[inline(always)]
pub(crate) fn log_coarsely<L: Lanes<Real = f64>>(x: L, shift: L) -> L {
    let (scale, e) = exponent(x);
    let f = x.fma(scale, L::splat(-1.0));
    let s = f.div(f.add(L::splat(2.0)));

    // log z = 2 s + s u p(u); what the last two terms would add is below 2^-39
    let u = s.mul(s);
    let mut sum = L::splat(ATANH_TAIL[6]);
    let mut i = 6;
    while i > 0 {
        i -= 1;
        sum = sum.fma(u, L::splat(ATANH_TAIL[i]));
    }
    let log = sum.fma(s.mul(u), s.add(s));
    e.add(shift).fma(L::splat(core::f64::consts::LN_2), log)
}

/// log(high + low) of one number, in two parts.
pub(crate) fn log_one(high: f64, low: f64) -> (f64, f64) {
    log_scaled(high, low, 0.0)
}

/// log((high + low) 2^shift) of one number, in two parts.
pub(crate) fn log_scaled(high: f64, low: f64, shift: f64) -> (f64, f64) {
    use crate::lanes::portable::One;
    let x = Double { high: One::splat(high), low: One::splat(low) };
    let answer = log(x, One::splat(shift));
    (answer.high.to_array()[0], answer.low.to_array()[0])
}
