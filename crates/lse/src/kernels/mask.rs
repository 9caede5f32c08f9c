//! mask: elements that `where=` leaves out become -inf, in place or on the way to scratch.

use crate::lanes::{Isa, Real};

/// Replace the elements whose mask is 0.
#[inline(always)]
unsafe fn replace<T: Real>(x: &mut [T], mask: *const u8, stride: isize) {
    let lowest = T::from_f64(f64::NEG_INFINITY);
    if stride == 1 {
        // SAFETY: the caller vouches for as many bytes as elements.
        let mask = unsafe { core::slice::from_raw_parts(mask, x.len()) };
        for (x, taken) in x.iter_mut().zip(mask) {
            *x = if *taken == 0 { lowest } else { *x };
        }
        return;
    }
    for (i, x) in x.iter_mut().enumerate() {
        // SAFETY: as above.
        let taken = unsafe { *mask.offset(i as isize * stride) };
        *x = if taken == 0 { lowest } else { *x };
    }
}

/// Copy elements, those whose mask is 0 as -inf; x needs no alignment.
#[inline(always)]
unsafe fn select<T: Real>(x: *const T, mask: *const u8, out: &mut [T]) {
    let lowest = T::from_f64(f64::NEG_INFINITY);
    for (i, slot) in out.iter_mut().enumerate() {
        // SAFETY: the caller vouches for as many elements and bytes.
        let (x, taken) = unsafe { (x.add(i).read_unaligned(), *mask.add(i)) };
        *slot = if taken == 0 { lowest } else { x };
    }
}

/// Replace the float32 elements whose mask is 0.
#[inline(always)]
pub(crate) unsafe fn replace_single<I: Isa>(x: &mut [f32], mask: *const u8, stride: isize) {
    // SAFETY: handed on.
    unsafe { replace(x, mask, stride) }
}

/// Replace the float64 elements whose mask is 0.
#[inline(always)]
pub(crate) unsafe fn replace_double<I: Isa>(x: &mut [f64], mask: *const u8, stride: isize) {
    // SAFETY: handed on.
    unsafe { replace(x, mask, stride) }
}

/// Copy float32 elements, those whose mask is 0 as -inf.
#[inline(always)]
pub(crate) unsafe fn select_single<I: Isa>(x: *const f32, mask: *const u8, out: &mut [f32]) {
    // SAFETY: handed on.
    unsafe { select(x, mask, out) }
}

/// Copy float64 elements, those whose mask is 0 as -inf.
#[inline(always)]
pub(crate) unsafe fn select_double<I: Isa>(x: *const f64, mask: *const u8, out: &mut [f64]) {
    // SAFETY: handed on.
    unsafe { select(x, mask, out) }
}
