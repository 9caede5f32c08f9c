//! round: contiguous float32 and float64 into numbers of any float kind, stride and byte order; `convert` goes back.

use super::convert::Line;
use crate::intake::Kind;
use crate::lanes::{Isa, Lanes, Narrow, Real};

/// What is rounded.
trait Origin: Real + Default {
    /// Sixteen numbers as float32, so that rounding them again, to 16 bits, is rounding once.
    ///
    /// # Safety
    /// Sixteen elements must be readable at `pointer`.
    unsafe fn take(pointer: *const Self) -> [f32; 16];
}

impl Origin for f32 {
    #[inline(always)]
    unsafe fn take(pointer: *const f32) -> [f32; 16] {
        // SAFETY: handed on.
        unsafe { pointer.cast::<[f32; 16]>().read_unaligned() }
    }
}

impl Origin for f64 {
    #[inline(always)]
    unsafe fn take(pointer: *const f64) -> [f32; 16] {
        // SAFETY: handed on.
        let wide = unsafe { pointer.cast::<[f64; 16]>().read_unaligned() };
        let mut odd = [0.0; 16];
        for (slot, x) in odd.iter_mut().zip(wide) {
            *slot = to_odd(x);
        }
        odd
    }
}

/// x as float32, rounded to odd: a second rounding, to 16 bits, is then as good as one from x itself.
#[inline(always)]
pub(crate) fn to_odd(x: f64) -> f32 {
    let near = x as f32;
    let wide = f64::from(near);
    // Towards zero, then the last bit set: the number is not exact.
    let bits = near.to_bits();
    let odd = bits.wrapping_sub(u32::from(wide.abs() > x.abs())) | 1;
    f32::from_bits(if wide != x && !x.is_nan() { odd } else { bits })
}

/// The upper half of a float32, rounded to nearest, ties to even.
#[inline(always)]
fn brain(x: f32) -> u16 {
    let bits = x.to_bits();
    let rounded = bits.wrapping_add(0x7FFF + (bits >> 16 & 1)) >> 16;
    let nan = bits & 0x7FFF_FFFF > 0x7F80_0000;
    (if nan { 0x7FC0 } else { rounded }) as u16
}

/// Store bits along a line.
macro_rules! put {
    ($line:ident, $x:ident, $bits:ty, $size:literal, $of:expr) => {{
        let target = $line.start.cast_mut();
        macro_rules! each {
            ($stride:expr, $swap:expr) => {
                for (i, x) in $x.iter().enumerate() {
                    let bits: $bits = $of(*x);
                    let bits = if $swap { bits.swap_bytes() } else { bits };
                    // SAFETY: the caller vouches for as many elements as there are values.
                    unsafe {
                        let place = target.offset(i as isize * $stride);
                        place.cast::<$bits>().write_unaligned(bits);
                    }
                }
            };
        }
        match ($line.stride == $size, $line.swapped) {
            (true, false) => each!($size, false),
            (true, true) => each!($size, true),
            (false, false) => each!($line.stride, false),
            (false, true) => each!($line.stride, true),
        }
    }};
}

#[inline(always)]
fn single_bits<T: Real>(x: T) -> u32 {
    f32::from_f64(x.to_f64()).to_bits()
}

#[inline(always)]
fn double_bits<T: Real>(x: T) -> u64 {
    x.to_f64().to_bits()
}

/// Sixteen numbers as the bits of a float16 or bfloat16.
#[inline(always)]
unsafe fn sixteen<I: Isa, T: Origin, const HALF: bool>(x: *const T, bits: *mut u16) {
    // SAFETY: the caller vouches for sixteen numbers, and for room for their bits.
    unsafe {
        let single = T::take(x);
        if HALF {
            I::Single::from_array(&single).store_half(bits);
            return;
        }
        let mut rounded = [0u16; 16];
        for (slot, x) in rounded.iter_mut().zip(single) {
            *slot = brain(x);
        }
        bits.cast::<[u16; 16]>().write_unaligned(rounded);
    }
}

/// Round to sixteen bits each and store along a line.
#[inline(always)]
unsafe fn narrow<I: Isa, T: Origin, const HALF: bool>(x: &[T], line: &Line) {
    let mut line = *line;
    let beside = line.stride == 2 && !line.swapped;
    let mut parts = x.chunks_exact(16);
    for part in &mut parts {
        if beside {
            // SAFETY: the caller vouches for as many elements as there are values.
            unsafe { sixteen::<I, T, HALF>(part.as_ptr(), line.start.cast_mut().cast()) };
        } else {
            let mut bits = [0u16; 16];
            // SAFETY: the array has room for sixteen.
            unsafe { sixteen::<I, T, HALF>(part.as_ptr(), bits.as_mut_ptr()) };
            put!(line, bits, u16, 2, core::convert::identity::<u16>);
        }
        line.start = line.start.wrapping_offset(16 * line.stride);
    }
    let rest = parts.remainder();
    let (mut whole, mut bits) = ([T::default(); 16], [0u16; 16]);
    whole[..rest.len()].copy_from_slice(rest);
    // SAFETY: both arrays hold sixteen.
    unsafe { sixteen::<I, T, HALF>(whole.as_ptr(), bits.as_mut_ptr()) };
    let bits = &bits[..rest.len()];
    put!(line, bits, u16, 2, core::convert::identity::<u16>);
}

#[inline(always)]
unsafe fn write<I: Isa, T: Origin>(x: *const T, line: &Line, count: usize) {
    // SAFETY: the caller vouches for `count` values.
    let x = unsafe { core::slice::from_raw_parts(x, count) };
    match line.kind {
        Kind::Float32 => put!(line, x, u32, 4, single_bits::<T>),
        Kind::Float64 => put!(line, x, u64, 8, double_bits::<T>),
        // SAFETY: handed on.
        Kind::Float16 => unsafe { narrow::<I, T, true>(x, line) },
        // SAFETY: handed on. A result is one of four kinds of float.
        _ => unsafe { narrow::<I, T, false>(x, line) },
    }
}

/// Round float32 to the kind of a line and store them along it.
#[inline(always)]
pub(crate) unsafe fn write_single<I: Isa>(x: *const f32, line: &Line, count: usize) {
    // SAFETY: handed on.
    unsafe { write::<I, f32>(x, line, count) }
}

/// Round float64 to the kind of a line and store them along it.
#[inline(always)]
pub(crate) unsafe fn write_double<I: Isa>(x: *const f64, line: &Line, count: usize) {
    // SAFETY: handed on.
    unsafe { write::<I, f64>(x, line, count) }
}
