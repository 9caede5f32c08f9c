//! exp as a power of two and a remainder: e^x = 2^k (1 + rest), with |rest| < 0.42.
//!
//! The two are never added here. A sum of many exponentials adds the powers of two and the
//! remainders apart, so that no term is ever rounded to the precision of its result:
//!
//! ```text
//! k      = round(x log2 e)
//! first  = x - k ln2_high                      exact, |first| <= 0.347
//! r      = first - k ln2_low
//! second = r^2 q(r) - k ln2_low                q(r) ~ (e^r - 1 - r) / r^2
//! e^x    = 2^k (1 + first + second)
//! ```
//!
//! Float32 keeps first and second apart (`Parts`): the error of the exact sum is that of second, 0.2521 * 2^-24
//! at x = -0x1.dfa826p+5, the worst of every float32. Float64 has a wider budget and adds them: 0.756 * 2^-53
//! at -0x1.1f65a408c8b18p+2, the worst of 10^8, the roundings of r and of the sum over 1 + rest >= 0.707.
//! The tests enforce 0.30 and 0.78 (records in tables/records). The polynomials add 2^-34.2 and 2^-57.9.
//!
//! The coefficients stand in `lanes/real.rs`, with the other constants of the scalar.

use crate::lanes::{Lanes, Real};

/// What exponentials are measured in: e^((x - center) / t) * 2^-exponent.
///
/// `center` is 0 unless the row lies so far out that x - max is exact where it matters.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Reference {
    /// N, an integer.
    pub exponent: f64,
    /// Subtracted from every element first.
    pub center: f64,
}

impl Reference {
    pub const ZERO: Reference = Reference { exponent: 0.0, center: 0.0 };

    /// The reference that belongs to a maximum: a function of the maximum alone, so that the same
    /// numbers get the same reference on every path.
    #[inline(always)]
    pub fn of<R: Real>(max: f64, temperature: Temperature) -> Reference {
        let power = max * temperature.inverse_high * core::f64::consts::LOG2_E;
        if power.abs() <= R::QUANTUM / 2.0 {
            return Reference::ZERO;
        }
        if !max.is_finite() {
            return Reference::ZERO;
        }
        if power.abs() > R::REACH {
            return Reference { exponent: 0.0, center: max };
        }
        Reference { exponent: R::QUANTUM * (power / R::QUANTUM).round(), center: 0.0 }
    }
}

/// The temperature t with its inverse in two parts.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Temperature {
    pub value: f64,
    pub inverse_high: f64,
    pub inverse_low: f64,
}

impl Temperature {
    pub const ONE: Temperature = Temperature { value: 1.0, inverse_high: 1.0, inverse_low: 0.0 };

    pub fn new(value: f64) -> Temperature {
        if value == 1.0 {
            return Temperature::ONE;
        }
        let inverse_high = 1.0 / value;
        let inverse_low = (-value).mul_add(inverse_high, 1.0) / value;
        Temperature { value, inverse_high, inverse_low }
    }

    /// 1 / t in two parts, the first rounded to `R`.
    fn inverse<R: Real>(self) -> (f64, f64) {
        let high = R::from_f64(self.inverse_high).to_f64();
        (high, (self.inverse_high - high) + self.inverse_low)
    }
}

/// A reference spread over lanes, with the constants that depend on it.
#[derive(Clone, Copy)]
pub(crate) struct Guide<L> {
    shift: L,
    lower: L,
    center: L,
    inverse_high: L,
    inverse_low: L,
}

impl<L: Lanes> Guide<L> {
    /// `bias` is added to the exponent of every scale: 0 for a fold.
    #[inline(always)]
    pub fn new(reference: Reference, temperature: Temperature, bias: f64) -> Guide<L> {
        let exponent = reference.exponent - bias;
        // Below `lower` the exponent field is 0: the scale, and with it the term, is 0.
        let lower = (exponent - L::Real::BIAS + 0.1) * core::f64::consts::LN_2;
        let (inverse_high, inverse_low) = temperature.inverse::<L::Real>();
        Guide {
            shift: L::constant(L::Real::SHIFT - exponent),
            lower: L::constant(lower * temperature.value),
            center: L::constant(reference.center),
            inverse_high: L::constant(inverse_high),
            inverse_low: L::constant(inverse_low),
        }
    }

    /// One guide a lane, for lanes that hold different rows. Float64 only.
    #[inline(always)]
    pub fn per_lane(exponents: L, centers: L, temperature: Temperature) -> Guide<L> {
        let base = exponents.sub(L::constant(L::Real::BIAS - 0.1));
        let (inverse_high, inverse_low) = temperature.inverse::<L::Real>();
        Guide {
            shift: L::constant(L::Real::SHIFT).sub(exponents),
            lower: base.mul(L::constant(core::f64::consts::LN_2 * temperature.value)),
            center: centers,
            inverse_high: L::constant(inverse_high),
            inverse_low: L::constant(inverse_low),
        }
    }
}

/// e^((x - center) / t) 2^-N = power (1 + first + second).
#[derive(Clone, Copy)]
pub(crate) struct Parts<L> {
    pub power: L,
    pub first: L,
    /// 0 for float64, where `first` holds both.
    pub second: L,
}

impl<L: Lanes> Parts<L> {
    /// (1 + first + second) (high + low).
    ///
    /// Float32 rounds once: 1 + first = a + b is exact, and a high goes into the last fused operation.
    #[inline(always)]
    pub fn times(&self, high: L, low: L) -> L {
        if !L::Real::APART {
            return self.first.fma(high, low).add(high);
        }
        let one = L::constant(1.0);
        let a = one.add(self.first);
        let b = self.first.sub(a.sub(one)).add(self.second);
        a.fma(high, b.fma(high, a.mul(low)))
    }
}

/// e^((x - center) / t) 2^-N.
///
/// `GENERAL` is false where center is 0 and t is 1. A nan stays in `first`; +inf answers nan.
#[inline(always)]
pub(crate) fn exp<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> Parts<L> {
    let x = if GENERAL { x.sub(guide.center) } else { x };
    // The limit is on the left of `above`, so that a nan passes through.
    let x = guide.lower.above(x);

    // q = x / t
    let q = if GENERAL { x.mul(guide.inverse_high) } else { x };

    // k = round(q log2 e), left in the low bits of `shifted`
    let shifted = q.fma(L::splat(L::Real::LOG2E), guide.shift);
    let k = shifted.sub(guide.shift);
    let minus_high = L::constant(-L::Real::LN2_HIGH.to_f64());
    let minus_low = L::constant(-L::Real::LN2_LOW.to_f64());

    // first = q - k ln2_high, r = first + low
    let first = k.fma(minus_high, q);
    let low = if GENERAL {
        // what the quotient misses
        let minus_q = q.neg();
        k.fma(minus_low, x.fma(guide.inverse_low, x.fma(guide.inverse_high, minus_q)))
    } else {
        k.mul(minus_low)
    };
    let r = if GENERAL || L::Real::APART { first.add(low) } else { k.fma(minus_low, first) };

    let tail = L::Real::EXP_TAIL;
    let mut sum = L::splat(tail[tail.len() - 1]);
    let mut i = tail.len() - 1;
    while i > 0 {
        i -= 1;
        sum = sum.fma(r, L::splat(tail[i]));
    }
    let power = shifted.exponent_field();
    let square = r.mul(r);
    if L::Real::APART {
        Parts { power, first, second: sum.fma(square, low) }
    } else {
        let zero = L::constant(0.0);
        Parts { power, first: sum.fma(square, r), second: zero }
    }
}
