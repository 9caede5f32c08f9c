//! spread: each element's share of a mass, and each element's distance from its logarithm.
//!
//! ```text
//! share = e^(x/t) 2^-N / (high + low) = (m + m rest) 2^(k - N - G),   1/(high + low) = m 2^-G
//! log share = ((x - lse_high) - lse_low) / t
//! ```
//!
//! The exponential itself is not kept: it would be rounded. Where a row fits the first-level cache the fold leaves
//! its remainders there, and a share costs half of what it costs to compute it again. Either way the output is written once and never read, and a share is rounded once even where it is
//! subnormal.

use super::table::Guess;
use crate::elementary::double::Double;
use crate::elementary::exp::{Factor, Guide, Parts, Reference, Temperature, exp, power};
use crate::lanes::{Isa, Lanes, Narrow, Real, prefetch_far};
use crate::state::Mass;

/// 1 / mass, ready to multiply exponentials with: (high + low) 2^-power, high in [1, 2).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inverse {
    high: f64,
    low: f64,
    guess: Guess,
    power: f64,
}

impl Inverse {
    pub fn of(mass: &Mass, temperature: Temperature) -> Inverse {
        let guess = 1.0 / mass.high;
        let residual = (-guess).mul_add(mass.high, 1.0) - guess * mass.low;
        let low = residual * guess;
        let power = ((guess.to_bits() >> 52) & 0x7FF) as i64 - 1023;
        let scale = f64::from_bits(((1023 - power) as u64) << 52);
        Inverse {
            high: guess * scale,
            low: low * scale,
            guess: Guess { reference: mass.reference, temperature },
            power: -(power as f64),
        }
    }
}

impl Inverse {
    /// N + G and the centre.
    pub fn reference(&self) -> Reference {
        let reference = self.guess.reference;
        Reference { exponent: reference.exponent + self.power, ..reference }
    }

    /// m as high (1 + ratio), the first with as many bits as `Parts::scaled` asks for.
    pub fn factors<R: Real>(&self) -> (f64, f64) {
        let rounded = f64::from_bits(self.high.to_bits() & R::KEPT);
        (rounded, ((self.high - rounded) + self.low) / rounded)
    }
}

/// What a share is multiplied with, in every lane.
pub(super) struct Factors<L> {
    guide: Guide<L>,
    factor: Factor<L>,
    back: L,
}

impl<L: Lanes> Factors<L> {
    #[inline(always)]
    fn new(inverse: &Inverse) -> Self {
        let (high, ratio) = inverse.factors::<L::Real>();
        let (reference, temperature) = (inverse.reference(), inverse.guess.temperature);
        Factors {
            guide: Guide::new(reference, temperature, L::Real::HEADROOM),
            factor: Factor::new(L::constant(high), L::constant(ratio)),
            back: L::constant(L::Real::BACK),
        }
    }

    /// Factors of rows that lie one a lane: N + G and the centre, the inverse as `Inverse::factors`.
    #[inline(always)]
    pub fn per_lane(reference: [L; 2], inverse: [L; 2], temperature: Temperature) -> Self {
        let [exponent, center] = reference;
        let exponent = exponent.sub(L::constant(L::Real::HEADROOM));
        Factors {
            guide: Guide::per_lane(exponent, center, temperature),
            factor: Factor::new(inverse[0], inverse[1]),
            back: L::constant(L::Real::BACK),
        }
    }

    #[inline(always)]
    pub fn share<const GENERAL: bool>(&self, x: L) -> L {
        exp::<L, GENERAL>(x, &self.guide).scaled(&self.factor).mul(self.back)
    }

    /// The same of an element whose remainder is known.
    #[inline(always)]
    fn share_of<const GENERAL: bool>(&self, x: L, rest: L) -> L {
        let power = power::<L, GENERAL>(x, &self.guide);
        Parts { power, rest }.scaled(&self.factor).mul(self.back)
    }
}

/// Where results go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Flow {
    /// Into the caches.
    Kept,
    /// Past them, for results larger than they are; the elements behind these are asked for meanwhile.
    Streamed,
}

/// What a vector becomes, the first of its elements being number `i`.
trait Each<L> {
    fn of(&self, x: L, i: usize) -> L;
}

/// The share of every element.
struct Shares<L, const GENERAL: bool>(Factors<L>);

impl<L: Lanes, const GENERAL: bool> Each<L> for Shares<L, GENERAL> {
    #[inline(always)]
    fn of(&self, x: L, _: usize) -> L {
        self.0.share::<GENERAL>(x)
    }
}

/// The share of every element whose remainder a fold has left.
struct Kept<L: Lanes, const GENERAL: bool> {
    factors: Factors<L>,
    rests: *const L::Real,
}

impl<L: Lanes, const GENERAL: bool> Each<L> for Kept<L, GENERAL> {
    #[inline(always)]
    fn of(&self, x: L, i: usize) -> L {
        // SAFETY: whole vectors of remainders are readable, as `kept_single` and `kept_double` ask for.
        let rest = unsafe { L::load(self.rests.add(i)) };
        self.factors.share_of::<GENERAL>(x, rest)
    }
}

/// # Safety
/// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
#[inline(always)]
unsafe fn each<L: Lanes, E: Each<L>>(
    x: *const L::Real,
    out: *mut L::Real,
    count: usize,
    flow: Flow,
    result: &E,
) {
    let zero = L::constant(0.0);
    let mut i = 0;
    // SAFETY: no more than `count` elements on either side; streams begin at multiples of 64 bytes.
    unsafe {
        if flow == Flow::Streamed {
            i = out.align_offset(64).min(count);
            if i > 0 {
                result.of(L::load_part(x, i, zero), 0).store_part(out, i);
            }
            while i + L::COUNT <= count {
                prefetch_far(x.wrapping_add(i + count));
                result.of(L::load(x.add(i)), i).stream(out.add(i));
                i += L::COUNT;
            }
        }
        while i + L::COUNT <= count {
            result.of(L::load(x.add(i)), i).store(out.add(i));
            i += L::COUNT;
        }
        if i < count {
            result.of(L::load_part(x.add(i), count - i, zero), i).store_part(out.add(i), count - i);
        }
    }
}

/// Shares of float32 elements.
///
/// # Safety
/// As `each`.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(
    x: *const f32,
    out: *mut f32,
    count: usize,
    inverse: &Inverse,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe {
        let factors = Factors::new(inverse);
        if inverse.guess.is_plain() {
            each(x, out, count, flow, &Shares::<I::Single, false>(factors));
        } else {
            each(x, out, count, flow, &Shares::<I::Single, true>(factors));
        }
    }
}

/// Shares of float64 elements.
///
/// # Safety
/// As `each`.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(
    x: *const f64,
    out: *mut f64,
    count: usize,
    inverse: &Inverse,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe {
        let factors = Factors::new(inverse);
        if inverse.guess.is_plain() {
            each(x, out, count, flow, &Shares::<I::Double, false>(factors));
        } else {
            each(x, out, count, flow, &Shares::<I::Double, true>(factors));
        }
    }
}

/// Shares of float32 elements, with the remainders of their fold.
///
/// # Safety
/// As `each`; whole vectors that hold the `count` remainders must be readable at `rests`.
#[inline(always)]
pub(crate) unsafe fn kept_single<I: Isa>(
    x: *const f32,
    rests: *const f32,
    out: *mut f32,
    count: usize,
    inverse: &Inverse,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe {
        let factors = Factors::new(inverse);
        if inverse.guess.is_plain() {
            each(x, out, count, flow, &Kept::<I::Single, false> { factors, rests });
        } else {
            each(x, out, count, flow, &Kept::<I::Single, true> { factors, rests });
        }
    }
}

/// Shares of float64 elements, with the remainders of their fold.
///
/// # Safety
/// As `kept_single`.
#[inline(always)]
pub(crate) unsafe fn kept_double<I: Isa>(
    x: *const f64,
    rests: *const f64,
    out: *mut f64,
    count: usize,
    inverse: &Inverse,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe {
        let factors = Factors::new(inverse);
        if inverse.guess.is_plain() {
            each(x, out, count, flow, &Kept::<I::Double, false> { factors, rests });
        } else {
            each(x, out, count, flow, &Kept::<I::Double, true> { factors, rests });
        }
    }
}

/// log mass as two parts, and the temperature that the distance is divided by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Level {
    pub high: f64,
    pub low: f64,
    pub temperature: f64,
}

/// ((x - high) - low) / t
#[inline(always)]
pub(super) fn distance<L: Lanes<Real = f64>>(x: L, level: Double<L>, temperature: f64) -> L {
    let gap = x.sub(level.high).sub(level.low);
    if temperature == 1.0 { gap } else { gap.div(L::splat(temperature)) }
}

impl Level {
    #[inline(always)]
    fn distance<L: Lanes<Real = f64>>(&self, x: L) -> L {
        let level = Double { high: L::splat(self.high), low: L::splat(self.low) };
        distance(x, level, self.temperature)
    }
}

/// The distance of float32, computed in float64 and rounded once.
struct Narrowly<'a>(&'a Level);

impl<L: Narrow> Each<L> for Narrowly<'_> {
    #[inline(always)]
    fn of(&self, x: L, _: usize) -> L {
        let [low, high] = x.widen();
        L::narrow([self.0.distance(low), self.0.distance(high)])
    }
}

impl<L: Lanes<Real = f64>> Each<L> for &Level {
    #[inline(always)]
    fn of(&self, x: L, _: usize) -> L {
        self.distance(x)
    }
}

/// log shares of float32 elements.
///
/// # Safety
/// As `each`.
#[inline(always)]
pub(crate) unsafe fn log_single<I: Isa>(
    x: *const f32,
    out: *mut f32,
    count: usize,
    level: &Level,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe { each::<I::Single, _>(x, out, count, flow, &Narrowly(level)) }
}

/// log shares of float64 elements.
///
/// # Safety
/// As `each`.
#[inline(always)]
pub(crate) unsafe fn log_double<I: Isa>(
    x: *const f64,
    out: *mut f64,
    count: usize,
    level: &Level,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe { each::<I::Double, _>(x, out, count, flow, &level) }
}
