//! Portable lanes: plain arrays. Right bits everywhere, fast where the compiler vectorises them;
//! without fused multiply-add hardware `mul_add` is computed in software, slowly and exactly.

use super::{Isa, Lanes, Narrow, Real};
use half::f16;

/// The portable instruction set.
pub(crate) struct Portable;

impl Isa for Portable {
    type Single = Array<f32, 16>;
    type Double = Array<f64, 8>;
}

#[derive(Clone, Copy)]
pub(crate) struct Array<R, const N: usize>([R; N]);

macro_rules! array_lanes {
    ($real:ty, $bits:ty, $count:literal, $mantissa:literal, $step:literal, $entries:literal) => {
        impl Lanes for Array<$real, $count> {
            type Real = $real;
            type Array = [$real; $count];
            type Few = [Self; 16 / size_of::<$real>()];
            const COUNT: usize = $count;
            const FEW: usize = 16 / size_of::<$real>();

            #[inline(always)]
            unsafe fn load(pointer: *const $real) -> Self {
                // SAFETY: the caller vouches for COUNT readable elements.
                Array(unsafe { pointer.cast::<[$real; $count]>().read_unaligned() })
            }
            #[inline(always)]
            unsafe fn store(self, pointer: *mut $real) {
                // SAFETY: the caller vouches for COUNT writable elements.
                unsafe { pointer.cast::<[$real; $count]>().write_unaligned(self.0) }
            }
            #[inline(always)]
            unsafe fn stream(self, pointer: *mut $real) {
                // SAFETY: handed on.
                unsafe { self.store(pointer) }
            }
            #[inline(always)]
            fn splat(x: $real) -> Self {
                Array([x; $count])
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Array(core::array::from_fn(|i| self.0[i] + other.0[i]))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Array(core::array::from_fn(|i| self.0[i] - other.0[i]))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Array(core::array::from_fn(|i| self.0[i] * other.0[i]))
            }
            #[inline(always)]
            fn div(self, other: Self) -> Self {
                Array(core::array::from_fn(|i| self.0[i] / other.0[i]))
            }
            #[inline(always)]
            fn fma(self, factor: Self, term: Self) -> Self {
                Array(core::array::from_fn(|i| self.0[i].mul_add(factor.0[i], term.0[i])))
            }
            #[inline(always)]
            fn neg(self) -> Self {
                Array(core::array::from_fn(|i| -self.0[i]))
            }
            #[inline(always)]
            fn lookup(self, table: &[$real; 256]) -> Self {
                Array(core::array::from_fn(|i| table[(self.0[i].to_bits() & 255) as usize]))
            }
            #[inline(always)]
            fn above(self, other: Self) -> Self {
                let pick = |i: usize| if self.0[i] > other.0[i] { self.0[i] } else { other.0[i] };
                Array(core::array::from_fn(pick))
            }
            #[inline(always)]
            fn below(self, other: Self) -> Self {
                let pick = |i: usize| if self.0[i] < other.0[i] { self.0[i] } else { other.0[i] };
                Array(core::array::from_fn(pick))
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                Array(core::array::from_fn(|i| self.0[i].abs()))
            }
            #[inline(always)]
            fn exponent_field(self) -> Self {
                Array(core::array::from_fn(|i| {
                    <$real>::from_bits(self.0[i].to_bits() << $mantissa)
                }))
            }
            #[inline(always)]
            fn pick(self, table: &<$real as Real>::Table) -> Self {
                Array(core::array::from_fn(|i| {
                    table[self.0[i].to_bits() as usize & ($entries - 1)]
                }))
            }
            #[inline(always)]
            fn power(self, table: &<$real as Real>::Table) -> Self {
                let entries = self.pick(table);
                Array(core::array::from_fn(|i| {
                    let moved = self.0[i].to_bits() << $step;
                    <$real>::from_bits(moved.wrapping_add(entries.0[i].to_bits()))
                }))
            }
            #[inline(always)]
            fn exceeds(self, other: Self) -> u32 {
                let mut bits = 0;
                for i in 0..$count {
                    bits |= u32::from(self.0[i] > other.0[i]) << i;
                }
                bits
            }
            #[inline(always)]
            fn either(self, other: Self) -> Self {
                let bits = |i: usize| self.0[i].to_bits() | other.0[i].to_bits();
                Array(core::array::from_fn(|i| <$real>::from_bits(bits(i))))
            }
            #[inline(always)]
            fn has_sign(self) -> bool {
                self.0.iter().any(|x| x.is_sign_negative())
            }
            #[inline(always)]
            unsafe fn columns(first: *const $real, stride: isize, rows: usize) -> Self::Few {
                // SAFETY: handed on.
                unsafe { super::columns_by_lanes(first, stride, rows) }
            }
            #[inline(always)]
            unsafe fn few(pointer: *const $real) -> Self::Few {
                // SAFETY: handed on.
                unsafe { super::load_few(pointer) }
            }
            #[inline(always)]
            unsafe fn rows(columns: Self::Few, first: *mut $real, stride: isize, rows: usize) {
                // SAFETY: handed on.
                unsafe { super::rows_by_lanes(columns, first, stride, rows) }
            }
            #[inline(always)]
            fn choose_equal(self, other: Self, yes: Self, no: Self) -> Self {
                let pick = |i: usize| if self.0[i] == other.0[i] { yes.0[i] } else { no.0[i] };
                Array(core::array::from_fn(pick))
            }
            #[inline(always)]
            fn zeros() -> [$real; $count] {
                [0.0; $count]
            }
        }
    };
}

/// A single float64, for states one at a time.
pub(crate) type One = Array<f64, 1>;
/// A single float32.
pub(crate) type OneSingle = Array<f32, 1>;

array_lanes!(f32, u32, 16, 23, 19, 16);
array_lanes!(f64, u64, 8, 52, 49, 8);
array_lanes!(f64, u64, 1, 52, 49, 8);
array_lanes!(f32, u32, 1, 23, 19, 16);

impl Narrow for Array<f32, 16> {
    type Wide = Array<f64, 8>;

    #[inline(always)]
    fn widen(self) -> [Self::Wide; 2] {
        [
            Array(core::array::from_fn(|i| f64::from(self.0[i]))),
            Array(core::array::from_fn(|i| f64::from(self.0[i + 8]))),
        ]
    }
    #[inline(always)]
    fn narrow(wide: [Self::Wide; 2]) -> Self {
        Array(core::array::from_fn(|i| wide[i / 8].0[i % 8] as f32))
    }
    #[inline(always)]
    unsafe fn load_wide(pointer: *const f32) -> Self::Wide {
        // SAFETY: the caller vouches for eight readable elements.
        let narrow = unsafe { pointer.cast::<[f32; 8]>().read_unaligned() };
        Array(core::array::from_fn(|i| f64::from(narrow[i])))
    }
    #[inline(always)]
    unsafe fn store_narrow(wide: Self::Wide, pointer: *mut f32) {
        let narrow: [f32; 8] = core::array::from_fn(|i| wide.0[i] as f32);
        // SAFETY: the caller vouches for eight writable elements.
        unsafe { pointer.cast::<[f32; 8]>().write_unaligned(narrow) }
    }
    #[inline(always)]
    unsafe fn load_half(pointer: *const u16) -> Self {
        // SAFETY: the caller vouches for sixteen readable elements.
        let bits = unsafe { pointer.cast::<[u16; 16]>().read_unaligned() };
        Array(core::array::from_fn(|i| f16::from_bits(bits[i]).to_f32_const()))
    }
    #[inline(always)]
    unsafe fn store_half(self, pointer: *mut u16) {
        let bits: [u16; 16] = core::array::from_fn(|i| f16::from_f32_const(self.0[i]).to_bits());
        // SAFETY: the caller vouches for sixteen writable elements.
        unsafe { pointer.cast::<[u16; 16]>().write_unaligned(bits) }
    }
}
