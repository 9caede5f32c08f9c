//! spread: each element's share of a mass, and each element's distance from its logarithm.
//!
//! ```text
//! share = e^(x/t) 2^-N / (high + low) = (m + m rest) 2^(k - N - G),   1/(high + low) = m 2^-G
//! log share = ((x - lse_high) - lse_low) / t
//! ```
//!
//! The exponential is computed again rather than kept: it then needs no rounding of its own, the
//! output is written once and never read, and a share is rounded once even where it is subnormal.

use super::table::Guess;
use crate::elementary::exp::{Guide, Reference, Temperature, exp};
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

    /// m in two parts, the first with as many bits as `Parts::times` asks for.
    pub fn factors<R: Real>(&self) -> (f64, f64) {
        let rounded = f64::from_bits(self.high.to_bits() & R::KEPT);
        (rounded, (self.high - rounded) + self.low)
    }
}

/// Extra exponent given to the scale and taken back in the last multiplication, which is then the
/// only one that can round a subnormal share.
pub(crate) trait Headroom: Real {
    const POWER: f64;
    const BACK: f64;
}
impl Headroom for f32 {
    const POWER: f64 = 64.0;
    const BACK: f64 = 5.421_010_862_427_522e-20;
}
impl Headroom for f64 {
    const POWER: f64 = 512.0;
    const BACK: f64 = 7.458_340_731_200_207e-155;
}

/// What a share is multiplied with, in every lane.
pub(super) struct Factors<L> {
    guide: Guide<L>,
    high: L,
    low: L,
    back: L,
}

impl<L: Lanes<Real: Headroom>> Factors<L> {
    #[inline(always)]
    fn new(inverse: &Inverse) -> Self {
        let (high, low) = inverse.factors::<L::Real>();
        Factors {
            guide: Guide::new(inverse.reference(), inverse.guess.temperature, L::Real::POWER),
            high: L::constant(high),
            low: L::constant(low),
            back: L::constant(L::Real::BACK),
        }
    }

    /// Factors of rows that lie one a lane: N + G and the centre, the inverse in two parts.
    #[inline(always)]
    pub fn per_lane(reference: [L; 2], inverse: [L; 2], temperature: Temperature) -> Self {
        let [exponent, center] = reference;
        let exponent = exponent.sub(L::constant(L::Real::POWER));
        Factors {
            guide: Guide::per_lane(exponent, center, temperature),
            high: inverse[0],
            low: inverse[1],
            back: L::constant(L::Real::BACK),
        }
    }

    #[inline(always)]
    pub fn share<const GENERAL: bool>(&self, x: L) -> L {
        let parts = exp::<L, GENERAL>(x, &self.guide);
        parts.times(self.high, self.low).mul(self.back)
    }
}

/// # Safety
/// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
#[inline(always)]
unsafe fn shares<L, const GENERAL: bool>(
    x: *const L::Real,
    out: *mut L::Real,
    count: usize,
    inverse: &Inverse,
) where
    L: Lanes<Real: Headroom>,
{
    let factors = Factors::<L>::new(inverse);
    let whole = count / L::COUNT * L::COUNT;
    let mut i = 0;
    while i < whole {
        // SAFETY: i + COUNT <= count.
        unsafe { factors.share::<GENERAL>(L::load(x.add(i))).store(out.add(i)) };
        i += L::COUNT;
    }
    if whole < count {
        let mut padded = L::zeros();
        // SAFETY: count - whole elements are left on either side.
        unsafe {
            core::ptr::copy_nonoverlapping(
                x.add(whole),
                padded.as_mut().as_mut_ptr(),
                count - whole,
            );
            let shares = factors.share::<GENERAL>(L::from_array(&padded)).to_array();
            core::ptr::copy_nonoverlapping(shares.as_ref().as_ptr(), out.add(whole), count - whole);
        }
    }
}

/// Shares of float32 elements.
///
/// # Safety
/// As `shares`.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(x: *const f32, out: *mut f32, count: usize, inverse: &Inverse) {
    // SAFETY: handed on.
    unsafe {
        if inverse.guess.is_plain() {
            shares::<I::Single, false>(x, out, count, inverse);
        } else {
            shares::<I::Single, true>(x, out, count, inverse);
        }
    }
}

/// Shares of float64 elements.
///
/// # Safety
/// As `shares`.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(x: *const f64, out: *mut f64, count: usize, inverse: &Inverse) {
    // SAFETY: handed on.
    unsafe {
        if inverse.guess.is_plain() {
            shares::<I::Double, false>(x, out, count, inverse);
        } else {
            shares::<I::Double, true>(x, out, count, inverse);
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

#[inline(always)]
fn distance<L: Lanes<Real = f64>>(x: L, level: &Level) -> L {
    let gap = x.sub(L::splat(level.high)).sub(L::splat(level.low));
    if level.temperature == 1.0 { gap } else { gap.div(L::splat(level.temperature)) }
}

/// log shares of float32 elements, computed in float64 and rounded once.
///
/// # Safety
/// As `shares`.
#[inline(always)]
pub(crate) unsafe fn log_single<I: Isa>(x: *const f32, out: *mut f32, count: usize, level: &Level) {
    let whole = count / 8 * 8;
    for i in (0..whole).step_by(8) {
        // SAFETY: i + 8 <= count.
        unsafe {
            let answer = distance::<I::Double>(I::Single::load_wide(x.add(i)), level);
            I::Single::store_narrow(answer, out.add(i));
        }
    }
    for i in whole..count {
        // SAFETY: i < count.
        unsafe {
            let gap = (f64::from(*x.add(i)) - level.high) - level.low;
            let gap = if level.temperature == 1.0 { gap } else { gap / level.temperature };
            *out.add(i) = gap as f32;
        }
    }
}

/// log shares of float64 elements.
///
/// # Safety
/// As `shares`.
#[inline(always)]
pub(crate) unsafe fn log_double<I: Isa>(x: *const f64, out: *mut f64, count: usize, level: &Level) {
    let whole = count / 8 * 8;
    for i in (0..whole).step_by(8) {
        // SAFETY: i + 8 <= count.
        unsafe { distance(I::Double::load(x.add(i)), level).store(out.add(i)) };
    }
    for i in whole..count {
        // SAFETY: i < count.
        unsafe {
            let gap = (*x.add(i) - level.high) - level.low;
            let gap = if level.temperature == 1.0 { gap } else { gap / level.temperature };
            *out.add(i) = gap;
        }
    }
}
