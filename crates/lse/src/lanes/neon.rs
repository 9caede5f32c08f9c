//! NEON lanes: four 128-bit registers each, so that the sums keep the shape of AVX-512. NEON and its fused
//! multiply-add belong to every aarch64.

mod narrow;
mod order;

use super::{Isa, Lanes, Real};
use core::arch::aarch64::*;

/// NEON.
pub(crate) struct Neon;

impl Isa for Neon {
    type Single = Single;
    type Double = Double;
}

#[derive(Clone, Copy)]
pub(crate) struct Single([float32x4_t; 4]);
#[derive(Clone, Copy)]
pub(crate) struct Double([float64x2_t; 4]);

/// An operation on each of the four registers of its arguments.
macro_rules! quarters {
    ($operation:path, $($x:expr),+) => {
        // SAFETY: the operation touches registers alone, and NEON belongs to every aarch64.
        unsafe {
            [$operation($($x[0]),+), $operation($($x[1]),+), $operation($($x[2]),+), $operation($($x[3]),+)]
        }
    };
}

macro_rules! quad_lanes {
    ($lanes:ident, $real:ty, $count:literal, $quarter:literal, $load:ident, $store:ident, $splat:ident,
     $add:ident, $sub:ident, $mul:ident, $div:ident, $fma:ident, $neg:ident, $abs:ident,
     $greater:ident, $less:ident, $equal:ident, $select:ident, $bits:ident, $from_bits:ident, $bytes:ident, $from_bytes:ident,
     $add_bits:ident, $or:ident, $shift:ident, $mantissa:literal, $step:literal,
     $lowest:ident, $exceeds:ident, $has_sign:ident) => {
        impl Lanes for $lanes {
            type Real = $real;
            type Array = [$real; $count];
            type Few = [Self; 16 / size_of::<$real>()];
            const COUNT: usize = $count;
            const FEW: usize = 16 / size_of::<$real>();

            #[inline(always)]
            unsafe fn load(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for COUNT readable elements.
                unsafe {
                    $lanes([
                        $load(pointer),
                        $load(pointer.add($quarter)),
                        $load(pointer.add(2 * $quarter)),
                        $load(pointer.add(3 * $quarter)),
                    ])
                }
            }
            #[inline(always)]
            unsafe fn load_seconds(pointer: *const $real) -> Self {
                // SAFETY: handed on.
                unsafe { Self::seconds(pointer) }
            }
            #[inline(always)]
            unsafe fn store(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements.
                unsafe {
                    $store(pointer, self.0[0]);
                    $store(pointer.add($quarter), self.0[1]);
                    $store(pointer.add(2 * $quarter), self.0[2]);
                    $store(pointer.add(3 * $quarter), self.0[3]);
                }
            }
            #[inline(always)]
            unsafe fn stream(self, pointer: *mut $real) {
                // SAFETY: handed on.
                unsafe { self.store(pointer) }
            }
            #[inline(always)]
            fn splat(x: $real) -> Self {
                // SAFETY: NEON belongs to every aarch64.
                $lanes([unsafe { $splat(x) }; 4])
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                $lanes(quarters!($add, self.0, other.0))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                $lanes(quarters!($sub, self.0, other.0))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                $lanes(quarters!($mul, self.0, other.0))
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                $lanes(quarters!($div, self.0, other.0))
            }
            #[inline(always)]
            fn fma(self, factor: Self, term: Self) -> Self {
                $lanes(quarters!($fma, term.0, self.0, factor.0))
            }
            #[inline(always)]
            fn neg(self) -> Self {
                $lanes(quarters!($neg, self.0))
            }
            #[inline(always)]
            fn above(self, other: Self) -> Self {
                // Not the instruction for a maximum: that one answers nan to nan.
                let above = quarters!($greater, self.0, other.0);
                $lanes(quarters!($select, above, self.0, other.0))
            }
            #[inline(always)]
            fn below(self, other: Self) -> Self {
                let below = quarters!($less, self.0, other.0);
                $lanes(quarters!($select, below, self.0, other.0))
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                $lanes(quarters!($abs, self.0))
            }
            #[inline(always)]
            fn exponent_field(self) -> Self {
                let bits = quarters!($bits, self.0);
                let moved = quarters!($shift::<$mantissa>, bits);
                $lanes(quarters!($from_bits, moved))
            }
            #[inline(always)]
            fn pick(self, table: &<$real as Real>::Table) -> Self {
                let mut picked = self.0;
                // SAFETY: a table is 64 bytes, sixteen in a register; so is the list of bytes.
                unsafe {
                    let bytes: *const u8 = table.as_ptr().cast();
                    let table = uint8x16x4_t(
                        vld1q_u8(bytes),
                        vld1q_u8(bytes.add(16)),
                        vld1q_u8(bytes.add(32)),
                        vld1q_u8(bytes.add(48)),
                    );
                    let lowest = vld1q_u8($lowest.as_ptr());
                    let size = size_of::<$real>() as u8;
                    let within = vandq_u8(vld1q_u8(PLACES.as_ptr()), vdupq_n_u8(size - 1));
                    for part in &mut picked {
                        // byte k of lane i: entry * size + k
                        let index = vqtbl1q_u8($bytes(*part), lowest);
                        let entry = vandq_u8(index, vdupq_n_u8(64 / size - 1));
                        let first = vmulq_u8(entry, vdupq_n_u8(size));
                        *part = $from_bytes(vqtbl4q_u8(table, vorrq_u8(first, within)));
                    }
                }
                $lanes(picked)
            }
            #[inline(always)]
            fn power(self, table: &<$real as Real>::Table) -> Self {
                let (bits, entries) = (quarters!($bits, self.0), self.pick(table).0);
                let entries = quarters!($bits, entries);
                let moved = quarters!($shift::<$step>, bits);
                let sums = quarters!($add_bits, moved, entries);
                $lanes(quarters!($from_bits, sums))
            }
            #[inline(always)]
            fn lookup(self, table: &[$real; 256]) -> Self {
                let mut lanes = self.to_array();
                for lane in &mut lanes {
                    *lane = table[(lane.to_bits() & 255) as usize];
                }
                Self::from_array(&lanes)
            }
            #[inline(always)]
            fn exceeds(self, other: Self) -> u32 {
                let above = quarters!($greater, self.0, other.0);
                $exceeds(above)
            }
            #[inline(always)]
            fn either(self, other: Self) -> Self {
                let (bits, others) = (quarters!($bits, self.0), quarters!($bits, other.0));
                let both = quarters!($or, bits, others);
                $lanes(quarters!($from_bits, both))
            }
            #[inline(always)]
            fn has_sign(self) -> bool {
                let bits = quarters!($bits, self.0);
                $has_sign(bits)
            }
            #[inline(always)]
            unsafe fn columns(first: *const $real, stride: isize, rows: usize) -> Self::Few {
                // SAFETY: handed on.
                unsafe { Self::turn_rows(first, stride, rows) }
            }
            #[inline(always)]
            unsafe fn few(pointer: *const $real) -> Self::Few {
                // SAFETY: handed on.
                unsafe { super::load_few(pointer) }
            }
            #[inline(always)]
            unsafe fn rows(columns: Self::Few, first: *mut $real, stride: isize, rows: usize) {
                // SAFETY: handed on.
                unsafe { Self::turn_columns(columns, first, stride, rows) }
            }
            #[inline(always)]
            fn choose_equal(self, other: Self, yes: Self, no: Self) -> Self {
                let equal = quarters!($equal, self.0, other.0);
                $lanes(quarters!($select, equal, yes.0, no.0))
            }
            #[inline(always)]
            fn zeros() -> [$real; $count] {
                [0.0; $count]
            }
        }
    };
}

/// The bytes of a register, counted.
const PLACES: [u8; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/// The lowest byte of each lane, once for every byte of the lane.
const LOWEST_OF_SINGLE: [u8; 16] = [0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12];
const LOWEST_OF_DOUBLE: [u8; 16] = [0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8];

quad_lanes!(
    Single,
    f32,
    16,
    4,
    vld1q_f32,
    vst1q_f32,
    vdupq_n_f32,
    vaddq_f32,
    vsubq_f32,
    vmulq_f32,
    vdivq_f32,
    vfmaq_f32,
    vnegq_f32,
    vabsq_f32,
    vcgtq_f32,
    vcltq_f32,
    vceqq_f32,
    vbslq_f32,
    vreinterpretq_u32_f32,
    vreinterpretq_f32_u32,
    vreinterpretq_u8_f32,
    vreinterpretq_f32_u8,
    vaddq_u32,
    vorrq_u32,
    vshlq_n_u32,
    23,
    19,
    LOWEST_OF_SINGLE,
    set_single,
    sign_single
);
quad_lanes!(
    Double,
    f64,
    8,
    2,
    vld1q_f64,
    vst1q_f64,
    vdupq_n_f64,
    vaddq_f64,
    vsubq_f64,
    vmulq_f64,
    vdivq_f64,
    vfmaq_f64,
    vnegq_f64,
    vabsq_f64,
    vcgtq_f64,
    vcltq_f64,
    vceqq_f64,
    vbslq_f64,
    vreinterpretq_u64_f64,
    vreinterpretq_f64_u64,
    vreinterpretq_u8_f64,
    vreinterpretq_f64_u8,
    vaddq_u64,
    vorrq_u64,
    vshlq_n_u64,
    52,
    49,
    LOWEST_OF_DOUBLE,
    set_double,
    sign_double
);

/// Bit i where lane i of sixteen is all ones.
#[inline(always)]
fn set_single(masks: [uint32x4_t; 4]) -> u32 {
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        let weights = vcombine_u32(vcreate_u32(1 | 2 << 32), vcreate_u32(4 | 8 << 32));
        let bits = [
            vandq_u32(masks[0], weights),
            vandq_u32(masks[1], weights),
            vandq_u32(masks[2], weights),
            vandq_u32(masks[3], weights),
        ];
        let low = vorrq_u32(bits[0], vshlq_n_u32::<4>(bits[1]));
        let high = vorrq_u32(vshlq_n_u32::<8>(bits[2]), vshlq_n_u32::<12>(bits[3]));
        vaddvq_u32(vorrq_u32(low, high))
    }
}

/// Bit i where lane i of eight is all ones.
#[inline(always)]
fn set_double(masks: [uint64x2_t; 4]) -> u32 {
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        let weights = vcombine_u64(vcreate_u64(1), vcreate_u64(2));
        let bits = [
            vandq_u64(masks[0], weights),
            vandq_u64(masks[1], weights),
            vandq_u64(masks[2], weights),
            vandq_u64(masks[3], weights),
        ];
        let low = vorrq_u64(bits[0], vshlq_n_u64::<2>(bits[1]));
        let high = vorrq_u64(vshlq_n_u64::<4>(bits[2]), vshlq_n_u64::<6>(bits[3]));
        vaddvq_u64(vorrq_u64(low, high)) as u32
    }
}

/// Whether one of sixteen lanes has its highest bit set.
#[inline(always)]
fn sign_single(bits: [uint32x4_t; 4]) -> bool {
    // SAFETY: NEON belongs to every aarch64.
    let all =
        unsafe { vmaxvq_u32(vorrq_u32(vorrq_u32(bits[0], bits[1]), vorrq_u32(bits[2], bits[3]))) };
    all >> 31 != 0
}

/// Whether one of eight lanes has its highest bit set.
#[inline(always)]
fn sign_double(bits: [uint64x2_t; 4]) -> bool {
    // SAFETY: NEON belongs to every aarch64.
    let all = unsafe {
        let both = vorrq_u64(vorrq_u64(bits[0], bits[1]), vorrq_u64(bits[2], bits[3]));
        vgetq_lane_u64::<0>(both) | vgetq_lane_u64::<1>(both)
    };
    all >> 63 != 0
}
