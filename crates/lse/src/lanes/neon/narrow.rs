//! NEON lanes of other widths: float32 to float64 and back, float16 to float32 and back.

use super::{Double, Single};
use crate::lanes::Narrow;
use core::arch::{aarch64::*, asm};

impl Narrow for Single {
    type Wide = Double;

    #[inline(always)]
    fn widen(self) -> [Double; 2] {
        let [a, b, c, d] = self.0;
        [widened(a, b), widened(c, d)]
    }
    #[inline(always)]
    fn narrow(wide: [Double; 2]) -> Single {
        let ([a, b], [c, d]) = (narrowed(wide[0]), narrowed(wide[1]));
        Single([a, b, c, d])
    }
    #[inline(always)]
    unsafe fn load_wide(pointer: *const f32) -> Double {
        // SAFETY: the caller vouches for eight readable elements.
        unsafe { widened(vld1q_f32(pointer), vld1q_f32(pointer.add(4))) }
    }
    #[inline(always)]
    unsafe fn store_narrow(wide: Double, pointer: *mut f32) {
        let [low, high] = narrowed(wide);
        // SAFETY: the caller vouches for eight writable elements.
        unsafe {
            vst1q_f32(pointer, low);
            vst1q_f32(pointer.add(4), high);
        }
    }
    #[inline(always)]
    unsafe fn load_half(pointer: *const u16) -> Single {
        // SAFETY: the caller vouches for sixteen readable elements.
        unsafe {
            Single([
                from_half(vld1_u16(pointer)),
                from_half(vld1_u16(pointer.add(4))),
                from_half(vld1_u16(pointer.add(8))),
                from_half(vld1_u16(pointer.add(12))),
            ])
        }
    }
    #[inline(always)]
    unsafe fn store_half(self, pointer: *mut u16) {
        for (i, part) in self.0.into_iter().enumerate() {
            // SAFETY: the caller vouches for sixteen writable elements.
            unsafe { vst1_u16(pointer.add(4 * i), to_half(part)) };
        }
    }
}

#[inline(always)]
fn widened(low: float32x4_t, high: float32x4_t) -> Double {
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        Double([
            vcvt_f64_f32(vget_low_f32(low)),
            vcvt_high_f64_f32(low),
            vcvt_f64_f32(vget_low_f32(high)),
            vcvt_high_f64_f32(high),
        ])
    }
}

#[inline(always)]
fn narrowed(wide: Double) -> [float32x4_t; 2] {
    let [a, b, c, d] = wide.0;
    // SAFETY: NEON belongs to every aarch64.
    unsafe { [vcvt_high_f32_f64(vcvt_f32_f64(a), b), vcvt_high_f32_f64(vcvt_f32_f64(c), d)] }
}

/// Four float16 as float32. The instruction belongs to every aarch64; its intrinsic wants a type f16 that Rust does
/// not have yet.
#[inline(always)]
fn from_half(half: uint16x4_t) -> float32x4_t {
    let answer: float32x4_t;
    // SAFETY: the instruction touches two registers and nothing else.
    unsafe {
        asm!("fcvtl {0:v}.4s, {1:v}.4h", out(vreg) answer, in(vreg) half,
            options(pure, nomem, nostack, preserves_flags));
    }
    answer
}

/// Four float32 rounded to float16, ties to even.
#[inline(always)]
fn to_half(x: float32x4_t) -> uint16x4_t {
    let answer: uint16x4_t;
    // SAFETY: as `from_half`.
    unsafe {
        asm!("fcvtn {0:v}.4h, {1:v}.4s", out(vreg) answer, in(vreg) x,
            options(pure, nomem, nostack, preserves_flags));
    }
    answer
}
