//! shares: a single short row into the shares of its mass.

use super::{Kept, fold, put};
use crate::elementary::double::Double;
use crate::elementary::exp::Temperature;
use crate::kernels::shares::{inverse_double, inverse_single};
use crate::kernels::totals::Compensated;
use crate::lanes::portable::{One, OneSingle};
use crate::lanes::{Isa, Lanes, Real};
use core::mem::MaybeUninit;

/// Write the shares of kept exponentials: power (1 + rest) / mass.
///
/// # Safety
/// `count` elements must be writable at `out`, and kept.
#[inline(always)]
unsafe fn shares<L: Lanes>(kept: &Kept<L>, out: *mut L::Real, count: usize, inverse: [L::Real; 2]) {
    let (high, low) = (L::splat(inverse[0]), L::splat(inverse[1]));
    for (vector, start) in (0..count).step_by(L::COUNT).enumerate() {
        // SAFETY: `count` were kept.
        let parts = unsafe { kept[vector].assume_init_ref() };
        // SAFETY: start < count.
        unsafe { put(parts.times(high, low), out.add(start), count - start) };
    }
}

/// Write the shares of a float32 row, where its mass, which is answered, is ordinary.
///
/// # Safety
/// `count` elements must be readable at `x` and writable at `out`; the two are the same or disjoint.
#[inline(always)]
pub(in crate::kernels) unsafe fn shares_single<I: Isa>(
    x: *const f32,
    out: *mut f32,
    count: usize,
    temperature: Temperature,
) -> bool {
    let mut kept = [const { MaybeUninit::uninit() }; 8];
    // SAFETY: handed on.
    unsafe {
        let (_, _, totals) = fold::<I::Single, OneSingle, One, true>(
            x,
            count,
            temperature,
            f32::HEADROOM,
            &mut kept,
        );
        let mass = totals.to_array()[0];
        let ordinary = mass > 0.0 && mass < f64::INFINITY;
        if ordinary {
            shares::<I::Single>(&kept, out, count, inverse_single(1.0 / mass));
        }
        ordinary
    }
}

/// Write the shares of a float64 row, where its mass is ordinary; answers whether it is.
///
/// # Safety
/// As `shares_single`.
#[inline(always)]
pub(in crate::kernels) unsafe fn shares_double<I: Isa>(
    x: *const f64,
    out: *mut f64,
    count: usize,
    temperature: Temperature,
) -> bool {
    let mut kept = [const { MaybeUninit::uninit() }; 8];
    // SAFETY: handed on.
    unsafe {
        let (_, _, totals) = fold::<I::Double, One, Compensated<One>, true>(
            x,
            count,
            temperature,
            f64::HEADROOM,
            &mut kept,
        );
        let (high, low) = totals.lanes();
        let mass = high.to_array()[0];
        let ordinary = mass > 0.0 && mass < f64::INFINITY;
        if ordinary {
            let inverse = inverse_double(Double { high, low }).map(|part| part.to_array()[0]);
            shares::<I::Double>(&kept, out, count, inverse);
        }
        ordinary
    }
}
