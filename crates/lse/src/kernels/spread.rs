//! spread: each element's share of a mass, and each element's distance from its logarithm.
//!
//! ```text
//! share = e^(x/t) 2^-N / (high + low) = (m + m rest) 2^(k - N - G),   1/(high + low) = m 2^-G
//! log share = ((x - lse_high) - lse_low) / t
//! ```
//!
//! The exponential itself is not kept: it would be rounded. Where a row fits the first-level cache the fold leaves
//! its remainders there, and a share costs half of what it costs to compute it again. Either way the output is
//! written once and never read, and a share is rounded once even where it is subnormal. Such shares are rare: vectors
//! are looked at in blocks, and a block without them goes a shorter way to the same bits.

use super::cells::{Brain, Half, Slot, Swapped};
use super::each::{Each, Flow, each};
use super::table::Guess;
use crate::elementary::double::Double;
use crate::elementary::exp::{
    Factor, Guide, Parts, Reference, Temperature, exp, exp_within, power, power_within,
};
use crate::lanes::{Isa, Lanes, Narrow, Real};
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

    /// Whether no element has to be centred or divided.
    #[inline(always)]
    pub fn is_plain(&self) -> bool {
        self.guess.is_plain()
    }

    /// m as high (1 + ratio), the first with as many bits as `Parts::scaled` asks for.
    pub fn factors<R: Real>(&self) -> (f64, f64) {
        let rounded = f64::from_bits(self.high.to_bits() & R::KEPT);
        (rounded, ((self.high - rounded) + self.low) / rounded)
    }
}

/// What a share is multiplied with, in every lane.
pub(super) struct Factors<L> {
    /// The guide of shares that may be subnormal: it raises them by `Real::HEADROOM`.
    raised: Guide<L>,
    back: L,
    /// The guide of all others.
    guide: Guide<L>,
    least: L,
    factor: Factor<L>,
}

impl<L: Lanes> Factors<L> {
    #[inline(always)]
    pub fn new(inverse: &Inverse) -> Self {
        let (high, ratio) = inverse.factors::<L::Real>();
        let (reference, temperature) = (inverse.reference(), inverse.guess.temperature);
        let guide = Guide::new(reference, temperature, 0.0);
        Factors {
            raised: Guide::new(reference, temperature, L::Real::HEADROOM),
            back: L::constant(L::Real::BACK),
            guide,
            least: guide.least(temperature),
            factor: Factor::new(L::constant(high), L::constant(ratio)),
        }
    }

    /// Factors of rows that lie one a lane: N + G and the centre, the inverse as `Inverse::factors`.
    #[inline(always)]
    pub fn per_lane(reference: [L; 2], inverse: [L; 2], temperature: Temperature) -> Self {
        let [exponent, center] = reference;
        let raised = exponent.sub(L::constant(L::Real::HEADROOM));
        let guide = Guide::per_lane(exponent, center, temperature);
        Factors {
            raised: Guide::per_lane(raised, center, temperature),
            back: L::constant(L::Real::BACK),
            guide,
            least: guide.least(temperature),
            factor: Factor::new(inverse[0], inverse[1]),
        }
    }

    #[inline(always)]
    pub fn share<const GENERAL: bool>(&self, x: L) -> L {
        exp::<L, GENERAL>(x, &self.raised).scaled(&self.factor).mul(self.back)
    }

    /// Has its sign set for an element that is rare: its share may be subnormal, or it is infinite.
    #[inline(always)]
    pub fn rarity<const GENERAL: bool>(&self, x: L) -> L {
        self.guide.rarity::<GENERAL>(x, self.least)
    }

    /// The share of an element that is not rare: the same bits, a comparison and a multiplication less.
    #[inline(always)]
    pub fn ordinary_share<const GENERAL: bool>(&self, x: L) -> L {
        exp_within::<L, GENERAL>(x, &self.guide).scaled(&self.factor)
    }
}

/// The share of every element; `TINY` where subnormal ones matter.
pub(super) struct Shares<L, const GENERAL: bool, const TINY: bool>(pub Factors<L>);

impl<L: Lanes, const GENERAL: bool, const TINY: bool> Each<L> for Shares<L, GENERAL, TINY> {
    const LOOKS: bool = TINY;
    #[inline(always)]
    fn rarity(&self, x: L) -> L {
        self.0.rarity::<GENERAL>(x)
    }
    #[inline(always)]
    fn of(&self, x: L, _: usize) -> L {
        if TINY {
            return self.0.share::<GENERAL>(x);
        }
        exp::<L, GENERAL>(x, &self.0.guide).scaled(&self.0.factor)
    }
    #[inline(always)]
    fn of_ordinary(&self, x: L, _: usize) -> L {
        self.0.ordinary_share::<GENERAL>(x)
    }
}

/// The share of every element whose remainder a fold has left; `TINY` where subnormal ones matter.
pub(super) struct Kept<L: Lanes, const GENERAL: bool, const TINY: bool> {
    pub factors: Factors<L>,
    pub rests: *const L::Real,
}

impl<L: Lanes, const GENERAL: bool, const TINY: bool> Kept<L, GENERAL, TINY> {
    #[inline(always)]
    fn share(&self, power: L, i: usize) -> L {
        // SAFETY: whole vectors of remainders are readable, as `kept_single` and `kept_double` ask for.
        let rest = unsafe { L::load(self.rests.add(i)) };
        Parts { power, rest }.scaled(&self.factors.factor)
    }
}

impl<L: Lanes, const GENERAL: bool, const TINY: bool> Each<L> for Kept<L, GENERAL, TINY> {
    const LOOKS: bool = TINY;
    #[inline(always)]
    fn rarity(&self, x: L) -> L {
        self.factors.rarity::<GENERAL>(x)
    }
    #[inline(always)]
    fn of(&self, x: L, i: usize) -> L {
        if TINY {
            return self
                .share(power::<L, GENERAL>(x, &self.factors.raised), i)
                .mul(self.factors.back);
        }
        self.share(power::<L, GENERAL>(x, &self.factors.guide), i)
    }
    #[inline(always)]
    fn of_ordinary(&self, x: L, i: usize) -> L {
        self.share(power_within::<L, GENERAL>(x, &self.factors.guide), i)
    }
}

/// Shares of cells.
///
/// # Safety
/// As `each`.
#[inline(always)]
unsafe fn shares<L: Lanes, C: Slot<L>, const TINY: bool>(
    x: *const C,
    out: *mut C,
    count: usize,
    inverse: &Inverse,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe {
        let factors = Factors::new(inverse);
        if inverse.guess.is_plain() {
            each(x, out, count, flow, &Shares::<L, false, TINY>(factors));
        } else {
            each(x, out, count, flow, &Shares::<L, true, TINY>(factors));
        }
    }
}

/// A kernel of one kind of cell.
macro_rules! kernel {
    ($(#[$doc:meta])* $name:ident: $cell:ty, $by:ty, $body:expr) => {
        $(#[$doc])*
        ///
        /// # Safety
        /// As `each`.
        #[inline(always)]
        pub(crate) unsafe fn $name<I: Isa>(
            x: *const $cell,
            out: *mut $cell,
            count: usize,
            by: &$by,
            flow: Flow,
        ) {
            // SAFETY: handed on.
            unsafe { $body(x, out, count, by, flow) }
        }
    };
}

kernel!(
    /// Shares of float32 elements.
    single: f32, Inverse, shares::<I::Single, f32, true>
);
kernel!(
    /// Shares of float64 elements.
    double: f64, Inverse, shares::<I::Double, f64, true>
);
kernel!(
    /// Shares of float16 elements: what is subnormal in float32 is 0 among them.
    half: Half, Inverse, shares::<I::Single, Half, false>
);
kernel!(
    /// Shares of bfloat16 elements.
    brain: Brain, Inverse, shares::<I::Single, Brain, true>
);
kernel!(
    /// Shares of float32 elements of the other byte order.
    swapped: Swapped, Inverse, shares::<I::Single, Swapped, true>
);

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
            each(x, out, count, flow, &Kept::<I::Single, false, true> { factors, rests });
        } else {
            each(x, out, count, flow, &Kept::<I::Single, true, true> { factors, rests });
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
            each(x, out, count, flow, &Kept::<I::Double, false, true> { factors, rests });
        } else {
            each(x, out, count, flow, &Kept::<I::Double, true, true> { factors, rests });
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

/// log shares of cells, computed in float64 and rounded to float32.
///
/// # Safety
/// As `each`.
#[inline(always)]
unsafe fn logs<L: Narrow, C: Slot<L>>(
    x: *const C,
    out: *mut C,
    count: usize,
    level: &Level,
    flow: Flow,
) {
    // SAFETY: handed on.
    unsafe { each::<L, C, _>(x, out, count, flow, &Narrowly(level)) }
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
    unsafe { each::<I::Double, f64, _>(x, out, count, flow, &level) }
}

kernel!(
    /// log shares of float32 elements.
    log_single: f32, Level, logs::<I::Single, f32>
);
kernel!(
    /// log shares of float16 elements.
    log_half: Half, Level, logs::<I::Single, Half>
);
kernel!(
    /// log shares of bfloat16 elements.
    log_brain: Brain, Level, logs::<I::Single, Brain>
);
kernel!(
    /// log shares of float32 elements of the other byte order.
    log_swapped: Swapped, Level, logs::<I::Single, Swapped>
);
