//! alone: a single short row, its elements across the lanes.
//!
//! A tile with one row in it computes seven or fifteen rows of zeros beside it. Here the lanes hold the elements
//! of the row, and only the sums go one by one, in the order in which `short` adds the elements of a lane:
//! the bits are the same.

mod logs;
mod shares;

pub(super) use logs::{logs_double, logs_single};
pub(super) use shares::{shares_double, shares_single};

use super::finish::{coarse_logarithm, divide, logarithm};
use super::fold::largest;
use super::grid::{Grid, terms};
use super::tile::{SHORT, references};
use super::totals::{Compensated, Totals};
use crate::elementary::double::Double;
use crate::elementary::exp::{Guide, Parts, Temperature, exp};
use crate::lanes::portable::{One, OneSingle};
use crate::lanes::{Isa, Lanes, Real};
use core::mem::MaybeUninit;

/// Exponentials kept for the shares: 64 float64 are eight vectors.
type Kept<L> = [MaybeUninit<Parts<L>>; 8];

/// The vector at `x`; -inf where it reaches beyond `count` elements.
///
/// # Safety
/// `count` elements must be readable at `x`.
#[inline(always)]
unsafe fn piece<L: Lanes>(x: *const L::Real, count: usize) -> L {
    // SAFETY: the caller vouches for the elements.
    unsafe {
        if count >= L::COUNT {
            L::load(x)
        } else {
            L::load_part(x, count, L::constant(f64::NEG_INFINITY))
        }
    }
}

/// Store a vector at `out`, or as many of its lanes as are `left`.
///
/// # Safety
/// That many elements must be writable at `out`.
#[inline(always)]
unsafe fn put<L: Lanes>(vector: L, out: *mut L::Real, left: usize) {
    // SAFETY: the caller vouches for the place.
    unsafe {
        if left >= L::COUNT {
            vector.store(out);
        } else {
            vector.store_part(out, left);
        }
    }
}

/// The largest element.
///
/// # Safety
/// `count` elements must be readable at `x`.
#[inline(always)]
unsafe fn peak<L: Lanes>(x: *const L::Real, count: usize) -> L::Real {
    let mut max = L::constant(f64::NEG_INFINITY);
    for start in (0..count).step_by(L::COUNT) {
        // SAFETY: start < count.
        max = unsafe { piece::<L>(x.add(start), count - start) }.above(max);
    }
    L::Real::from_f64(largest(max))
}

/// Fold a row into 2^(N - lift) totals, answered behind N and the centre; with `SHARES`, keep the exponentials.
///
/// # Safety
/// `count` elements must be readable at `x`.
#[inline(always)]
unsafe fn fold<L, S, T, const SHARES: bool>(
    x: *const L::Real,
    count: usize,
    temperature: Temperature,
    lift: f64,
    kept: &mut Kept<L>,
) -> (S, S, T)
where
    L: Lanes,
    S: Lanes<Real = L::Real>,
    T: Totals<S>,
{
    assert!(count <= SHORT, "a short row");
    // SAFETY: handed on.
    let max = unsafe { peak::<L>(x, count) };
    let (exponent, center) = references(S::splat(max), temperature);
    let (n, c) = (exponent.to_array().as_ref()[0], center.to_array().as_ref()[0]);
    let guide = Guide::per_lane(L::splat(n).sub(L::constant(lift)), L::splat(c), temperature);
    // SAFETY: handed on.
    let totals = unsafe {
        if c.to_f64() != 0.0 || temperature != Temperature::ONE {
            sum::<L, S, T, true, SHARES>(x, count, &guide, lift, kept)
        } else {
            sum::<L, S, T, false, SHARES>(x, count, &guide, lift, kept)
        }
    };
    (exponent, center, totals)
}

/// # Safety
/// As `fold`.
#[inline(always)]
unsafe fn sum<L, S, T, const GENERAL: bool, const SHARES: bool>(
    x: *const L::Real,
    count: usize,
    guide: &Guide<L>,
    lift: f64,
    kept: &mut Kept<L>,
) -> T
where
    L: Lanes,
    S: Lanes<Real = L::Real>,
    T: Totals<S>,
{
    let mut totals = T::zero();
    let mut grid = Grid::<S>::new(lift);
    for (vector, start) in (0..count).step_by(L::COUNT).enumerate() {
        // SAFETY: start < count.
        let element = unsafe { piece::<L>(x.add(start), count - start) };
        let parts = exp::<L, GENERAL>(element, guide);
        let lanes = parts.lanes();
        if SHARES {
            kept[vector].write(parts);
        }
        for i in 0..L::COUNT.min(count - start) {
            if start + i > 0 && (start + i) % terms::<L::Real>() == 0 {
                totals.add(grid.chain());
                grid = Grid::new(lift);
            }
            grid.add(&Parts::of_lane::<L>(&lanes, i));
        }
    }
    totals.add(grid.chain());
    totals
}

/// mass / n, or nan where the mass is not ordinary.
#[inline(always)]
fn mean(mass: (f64, f64), n: f64) -> (f64, f64) {
    if !(mass.0 > 0.0 && mass.0 < f64::INFINITY) {
        return (f64::NAN, f64::NAN);
    }
    if n == 1.0 { mass } else { divide(mass, n) }
}

/// t log(mass / n) of a float32 row, nan where the mass is not ordinary.
///
/// # Safety
/// As `fold`.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(
    x: *const f32,
    count: usize,
    temperature: Temperature,
    n: f64,
) -> f64 {
    let mut kept = [const { MaybeUninit::uninit() }; 8];
    // SAFETY: handed on.
    let (exponent, center, totals) =
        unsafe { fold::<I::Single, OneSingle, One, false>(x, count, temperature, 0.0, &mut kept) };
    let [exponent, center] = [exponent, center].map(|one| One::splat(f64::from(one.to_array()[0])));
    let (mass, _) = mean((totals.to_array()[0], 0.0), n);
    coarse_logarithm(One::splat(mass), exponent, center, temperature)[0].to_array()[0]
}

/// t log(mass / n) of a float64 row, nan where the mass is not ordinary.
///
/// # Safety
/// As `fold`.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(
    x: *const f64,
    count: usize,
    temperature: Temperature,
    n: f64,
) -> f64 {
    let mut kept = [const { MaybeUninit::uninit() }; 8];
    // SAFETY: handed on.
    let (exponent, center, totals) = unsafe {
        fold::<I::Double, One, Compensated<One>, false>(x, count, temperature, 0.0, &mut kept)
    };
    let (high, low) = totals.lanes();
    let (high, low) = mean((high.to_array()[0], low.to_array()[0]), n);
    let mass = Double::<One>::splat(high, low);
    logarithm(mass, exponent, center, temperature).high.to_array()[0]
}
