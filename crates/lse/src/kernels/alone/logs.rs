//! logs: a single short row into the logarithms of its shares.
//!
//! The steps of `apart` and `split`; what counts for the whole row is computed once, in a single lane.

use super::{peak, piece, put};
use crate::elementary::double::{Double, two_sum};
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::kernels::apart::{Apart, group};
use crate::kernels::split::{coarse_level, level};
use crate::kernels::spread::distance;
use crate::kernels::tile::{SHORT, is_plain, references};
use crate::kernels::totals::{Chain, Compensated, Totals};
use crate::lanes::portable::{One, OneSingle};
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// A running sum of powers and remainders, in the order of a lane of a tile.
struct Sum<S> {
    chain: Chain<S>,
    left_out: S,
}

impl<S: Lanes> Sum<S> {
    #[inline(always)]
    fn zero() -> Self {
        Sum { chain: Chain::zero(), left_out: S::constant(0.0) }
    }

    #[inline(always)]
    fn add(&mut self, parts: &Parts<S>) {
        let (sum, error) = two_sum(self.chain.powers, parts.power);
        self.chain.powers = sum;
        self.left_out = self.left_out.add(error);
        self.chain.add_rest(parts);
    }

    #[inline(always)]
    fn chain(self) -> Chain<S> {
        Chain { rests: self.chain.rests.add(self.left_out), ..self.chain }
    }
}

/// The row with the mass at its top kept apart.
///
/// # Safety
/// `count` elements must be readable at `x`.
#[inline(always)]
unsafe fn take_apart<L, S, T>(
    x: *const L::Real,
    count: usize,
    temperature: Temperature,
) -> Apart<S, T>
where
    L: Lanes,
    S: Lanes<Real = L::Real>,
    T: Totals<S>,
{
    assert!(count <= SHORT, "a short row");
    // SAFETY: handed on.
    let max = unsafe { peak::<L>(x, count) };
    let (exponent, center) = references(S::splat(max), temperature);
    let exponent = exponent.sub(S::constant(L::Real::HEADROOM));
    let (n, c) = (exponent.to_array().as_ref()[0], center.to_array().as_ref()[0]);
    let own = Guide::per_lane(exponent, center, temperature);
    let guide = Guide::per_lane(L::splat(n), L::splat(c), temperature);
    // SAFETY: handed on.
    unsafe {
        if is_plain(center, temperature) {
            sum::<L, S, T, false>(x, count, max, &own, &guide)
        } else {
            sum::<L, S, T, true>(x, count, max, &own, &guide)
        }
    }
}

/// # Safety
/// As `take_apart`.
#[inline(always)]
unsafe fn sum<L, S, T, const GENERAL: bool>(
    x: *const L::Real,
    count: usize,
    max: L::Real,
    own: &Guide<S>,
    guide: &Guide<L>,
) -> Apart<S, T>
where
    L: Lanes,
    S: Lanes<Real = L::Real>,
    T: Totals<S>,
{
    let target = exp::<S, GENERAL>(S::splat(max), own);
    let (peak, lowest) = (L::splat(max), L::constant(f64::NEG_INFINITY));
    let (mut others, mut part, mut top) = (T::zero(), Sum::<S>::zero(), 0);
    for start in (0..count).step_by(L::COUNT) {
        // SAFETY: start < count.
        let element = unsafe { piece::<L>(x.add(start), count - start) };
        let parts = exp::<L, GENERAL>(element.choose_equal(peak, lowest, element), guide);
        let lanes = parts.lanes();
        let here = L::COUNT.min(count - start);
        // What is not below the largest element is there, but for a nan, which leaves no answer.
        top += (!peak.exceeds(element) & (u32::MAX >> (32 - here))).count_ones();
        for i in 0..here {
            if start + i > 0 && (start + i) % group::<L::Real>() == 0 {
                others.add(part.chain());
                part = Sum::zero();
            }
            part.add(&Parts::of_lane::<L>(&lanes, i));
        }
    }
    others.add(part.chain());
    Apart { max: S::splat(max), top: S::constant(f64::from(top)), target, others }
}

/// Write the logarithms of the shares of a float32 row; false, and nothing written, where that is not ordinary.
///
/// # Safety
/// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
#[inline(always)]
pub(in crate::kernels) unsafe fn logs_single<I: Isa>(
    x: *const f32,
    out: *mut f32,
    count: usize,
    temperature: Temperature,
) -> bool {
    // SAFETY: handed on.
    let apart = unsafe { take_apart::<I::Single, OneSingle, One>(x, count, temperature) };
    let Apart { max, top, target: Parts { power, rest }, others } = apart;
    let [max, top, power, rest] =
        [max, top, power, rest].map(|one| One::splat(f64::from(one.to_array()[0])));
    let level = coarse_level(max, top, power, rest, others, temperature);
    let [high, low] = [level.high, level.low].map(|one| one.to_array()[0]);
    let ordinary = (high + low).is_finite();
    if ordinary {
        let level = Double { high: I::Double::splat(high), low: I::Double::splat(low) };
        for start in (0..count).step_by(16) {
            // SAFETY: start < count.
            unsafe {
                let element = piece::<I::Single>(x.add(start), count - start);
                let [low, high] = element.widen();
                let low = distance(low, level, temperature.value);
                let high = distance(high, level, temperature.value);
                put(I::Single::narrow([low, high]), out.add(start), count - start);
            }
        }
    }
    ordinary
}

/// Write the logarithms of the shares of a float64 row, as `logs_single`.
///
/// # Safety
/// As `logs_single`.
#[inline(always)]
pub(in crate::kernels) unsafe fn logs_double<I: Isa>(
    x: *const f64,
    out: *mut f64,
    count: usize,
    temperature: Temperature,
) -> bool {
    // SAFETY: handed on.
    let apart = unsafe { take_apart::<I::Double, One, Compensated<One>>(x, count, temperature) };
    let level = level(&apart, temperature);
    let [high, low] = [level.high, level.low].map(|one| one.to_array()[0]);
    let ordinary = high.is_finite();
    if ordinary {
        let level = Double { high: I::Double::splat(high), low: I::Double::splat(low) };
        for start in (0..count).step_by(8) {
            // SAFETY: start < count.
            unsafe {
                let element = piece::<I::Double>(x.add(start), count - start);
                put(distance(element, level, temperature.value), out.add(start), count - start);
            }
        }
    }
    ordinary
}
