//! exp as a power and a remainder: e^x = 2^(k/n) (1 + rest), with |rest| < 0.05, n = 16 (float32) or 8 (float64).
//!
//! The two are never added here. A sum of many exponentials adds the powers and the remainders apart, so
//! that no term is ever rounded to the precision of its result:
//!
//! ```text
//! k      = round(n x log2 e)
//! power  = 2^(k/n) in few bits                 8 or 20: sums of many are exact
//! gap    = x - (k/n) ln2_high + missed         the first difference is exact; missed = log(2^(k/n) / power)
//! r      = gap - (k/n) ln2_low                 |r| <= 0.0434 (float64), 0.025 (float32)
//! rest   = r + r^2 q(r)                        q(r) ~ (e^r - 1 - r) / r^2
//! e^x    = power (1 + rest)
//! ```
//!
//! A long float64 sum takes powers to the nearest instead, which saves the look-up of `missed` and an addition
//! (a tenth of the time): each is then wrong by up to 0.62 * 2^-53, whichever way.
//!
//! Worst errors (tables/records): float32 0.0914 * 2^-24 at x = 0x1.d8ccdp+8, the worst of every float32; float64
//! 0.1124 * 2^-53 at 0x1.82e18c8c3fd00p+3, and 0.7057 * 2^-53 to the nearest at 0x1.d5caf3347d5acp+6, the worst of
//! 10^8. The tests enforce 0.10, 0.13 and 0.72. The polynomials add 2^-28.5 and 2^-58.3.
//!
//! The coefficients and tables stand in `lanes/real.rs`, with the other constants of the scalar.

use crate::lanes::{Lanes, Real};

/// What exponentials are measured in: e^((x - center) / t) * 2^-exponent.
///
/// `center` is 0 unless the row lies so far out that x - max is exact where it matters.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
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

/// What puts round(n x log2 e) + n bias into the low bits when it is added.
const fn shift<R: Real>() -> f64 {
    R::ROUNDER + R::STEPS * R::BIAS
}

/// The exponent field from which on nothing that is done to a power makes it subnormal.
const LEAST: f64 = 4.0;

/// A reference spread over lanes, with the constants that depend on it.
#[derive(Clone, Copy)]
pub(crate) struct Guide<L> {
    shift: L,
    /// Where the exponent field is 0, and with it the power, and the term.
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
        let lower = (exponent - L::Real::BIAS) * core::f64::consts::LN_2;
        let (inverse_high, inverse_low) = temperature.inverse::<L::Real>();
        Guide {
            shift: L::constant(shift::<L::Real>() - L::Real::STEPS * exponent),
            lower: L::constant(lower * temperature.value),
            center: L::constant(reference.center),
            inverse_high: L::constant(inverse_high),
            inverse_low: L::constant(inverse_low),
        }
    }

    /// Elements above this, from the center, have powers of at least 2^3 times the least normal number.
    #[inline(always)]
    pub fn least(&self, temperature: Temperature) -> L {
        self.lower.add(L::constant(LEAST * core::f64::consts::LN_2 * temperature.value))
    }

    /// Has its sign set for an element that is not above `least`.
    #[inline(always)]
    pub fn rarity<const GENERAL: bool>(&self, x: L, least: L) -> L {
        if GENERAL { x.sub(self.center).sub(least) } else { x.sub(least) }
    }

    /// One guide a lane, for lanes that hold different rows. Float64 only.
    #[inline(always)]
    pub fn per_lane(exponents: L, centers: L, temperature: Temperature) -> Guide<L> {
        let base = exponents.sub(L::constant(L::Real::BIAS));
        let (inverse_high, inverse_low) = temperature.inverse::<L::Real>();
        Guide {
            shift: L::constant(shift::<L::Real>()).sub(exponents.mul(L::constant(L::Real::STEPS))),
            lower: base.mul(L::constant(core::f64::consts::LN_2 * temperature.value)),
            center: centers,
            inverse_high: L::constant(inverse_high),
            inverse_low: L::constant(inverse_low),
        }
    }
}

/// e^((x - center) / t) 2^-N = power (1 + rest).
#[derive(Clone, Copy)]
pub(crate) struct Parts<L> {
    pub power: L,
    pub rest: L,
}

impl<L: Lanes> Parts<L> {
    /// The numbers of all lanes.
    #[inline(always)]
    pub fn lanes(&self) -> [L::Array; 2] {
        [self.power.to_array(), self.rest.to_array()]
    }

    /// One lane of others by itself.
    #[inline(always)]
    pub fn of_lane<M: Lanes<Real = L::Real>>(lanes: &[M::Array; 2], i: usize) -> Self {
        let [power, rest] = lanes;
        Parts { power: L::splat(power.as_ref()[i]), rest: L::splat(rest.as_ref()[i]) }
    }

    /// power (1 + rest), rounded.
    #[inline(always)]
    pub fn joined(&self) -> L {
        self.rest.fma(self.power, self.power)
    }

    /// power (1 + rest) (high + low), where `high` has no more bits than `Real::KEPT`.
    ///
    /// It is rounded once: power high is exact.
    #[inline(always)]
    pub fn times(&self, high: L, low: L) -> L {
        let rest = self.rest.fma(high, self.rest.fma(low, low));
        self.power.fma(rest, self.power.mul(high))
    }

    /// The same with high (1 + ratio) for the factor: one operation less.
    ///
    /// power high (1 + rest) (1 + ratio) = product + product (rest (1 + ratio) + ratio)
    #[inline(always)]
    pub fn scaled(&self, factor: &Factor<L>) -> L {
        let product = self.power.mul(factor.high);
        product.fma(self.rest.fma(factor.above, factor.ratio), product)
    }
}

/// high (1 + ratio), where `high` has no more bits than `Real::KEPT`, and 1 + ratio rounded.
#[derive(Clone, Copy)]
pub(crate) struct Factor<L> {
    high: L,
    ratio: L,
    above: L,
}

impl<L: Lanes> Factor<L> {
    #[inline(always)]
    pub fn new(high: L, ratio: L) -> Factor<L> {
        Factor { high, ratio, above: ratio.add(L::constant(1.0)) }
    }
}

/// e^((x - center) / t) 2^-N, with coarse powers.
///
/// `GENERAL` is false where center is 0 and t is 1. A nan stays in `rest`; +inf answers nan.
#[inline(always)]
pub(crate) fn exp<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> Parts<L> {
    parts::<L, GENERAL, false>(x, guide)
}

/// The same with powers to the nearest where `NEAREST`: for long sums of float64.
#[inline(always)]
pub(crate) fn parts<L: Lanes, const GENERAL: bool, const NEAREST: bool>(
    x: L,
    guide: &Guide<L>,
) -> Parts<L> {
    of_steps::<L, GENERAL, NEAREST>(&steps::<L, GENERAL, true>(x, guide), guide)
}

/// The same as `exp` of elements that are not rare (`Guide::rarity`), which need not be looked at one by one.
#[inline(always)]
pub(crate) fn exp_within<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> Parts<L> {
    of_steps::<L, GENERAL, false>(&steps::<L, GENERAL, false>(x, guide), guide)
}

#[inline(always)]
fn of_steps<L: Lanes, const GENERAL: bool, const NEAREST: bool>(
    &Steps { x, q, shifted }: &Steps<L>,
    guide: &Guide<L>,
) -> Parts<L> {
    let k = shifted.sub(guide.shift);

    // gap = q - (k/n) ln2_high + missed, and what the quotient misses
    let mut gap = k.fma(of::<L>(L::Real::LN2_HIGH, -1.0 / L::Real::STEPS), q);
    let nearest = NEAREST && L::Real::WIDE;
    if !nearest {
        gap = gap.add(shifted.pick(&L::Real::MISSED));
    }
    if GENERAL {
        let minus_q = q.neg();
        gap = gap.add(x.fma(guide.inverse_low, x.fma(guide.inverse_high, minus_q)));
    }
    let r = k.fma(of::<L>(L::Real::LN2_LOW, -1.0 / L::Real::STEPS), gap);

    let tail = L::Real::EXP_TAIL;
    let mut sum = L::splat(tail[tail.len() - 1]);
    let mut i = tail.len() - 1;
    while i > 0 {
        i -= 1;
        sum = sum.fma(r, L::splat(tail[i]));
    }
    let table = if nearest { L::Real::NEAREST } else { L::Real::COARSE };
    let power = shifted.power(&table);
    Parts { power, rest: sum.fma(r.mul(r), r) }
}

/// The power of `exp` alone.
#[inline(always)]
pub(crate) fn power<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> L {
    steps::<L, GENERAL, true>(x, guide).shifted.power(&L::Real::COARSE)
}

/// The power of `exp_within` alone.
#[inline(always)]
pub(crate) fn power_within<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> L {
    steps::<L, GENERAL, false>(x, guide).shifted.power(&L::Real::COARSE)
}

/// The same for float32 sums whose results have 16 bits: [power, factor], whose product is within 2^-18.9 of e^x, and
/// within |x| 2^-28 more.
///
/// e^r ~ 1 + r (1 + r/2); k ln2_low is left out.
#[inline(always)]
pub(crate) fn brief<L: Lanes, const GENERAL: bool>(x: L, guide: &Guide<L>) -> [L; 2] {
    let Steps { x, q, shifted } = steps::<L, GENERAL, true>(x, guide);
    let k = shifted.sub(guide.shift);
    let mut r = k.fma(of::<L>(L::Real::LN2_HIGH, -1.0 / L::Real::STEPS), q);
    if GENERAL {
        r = r.add(x.fma(guide.inverse_low, x.fma(guide.inverse_high, q.neg())));
    }
    let one = L::constant(1.0);
    [shifted.power(&L::Real::NEAREST), r.fma(r.fma(L::constant(0.5), one), one)]
}

/// An element, its quotient, and the steps nearest to that.
struct Steps<L> {
    x: L,
    q: L,
    shifted: L,
}

/// `LIMITED` elements have a power of 0 from where its exponent field would be.
#[inline(always)]
fn steps<L: Lanes, const GENERAL: bool, const LIMITED: bool>(x: L, guide: &Guide<L>) -> Steps<L> {
    let x = if GENERAL { x.sub(guide.center) } else { x };
    // The limit is on the left of `above`, so that a nan passes through.
    let x = if LIMITED { guide.lower.above(x) } else { x };

    // q = x / t
    let q = if GENERAL { x.mul(guide.inverse_high) } else { x };

    // k = round(n q log2 e), left in the low bits of `shifted`
    let shifted = q.fma(of::<L>(L::Real::LOG2E, L::Real::STEPS), guide.shift);
    Steps { x, q, shifted }
}

/// A constant times a power of two, in every lane.
#[inline(always)]
fn of<L: Lanes>(constant: L::Real, power: f64) -> L {
    L::constant(constant.to_f64() * power)
}
