//! cells: numbers as they lie in memory that a kernel reads straight into its lanes.

use crate::lanes::{Lanes, Narrow};

/// A number in memory; any address will do.
pub(crate) trait Cell<L>: Copy {
    /// # Safety
    /// A vector of cells must be readable at `pointer`.
    unsafe fn load(pointer: *const Self) -> L;
    /// `count` cells, fewer than a vector; -inf in the other lanes.
    ///
    /// # Safety
    /// As many cells must be readable at `pointer`.
    unsafe fn load_part(pointer: *const Self, count: usize) -> L;
}

macro_rules! plain {
    ($real:ty) => {
        impl<L: Lanes<Real = $real>> Cell<L> for $real {
            #[inline(always)]
            unsafe fn load(pointer: *const Self) -> L {
                // SAFETY: handed on.
                unsafe { L::load(pointer) }
            }
            #[inline(always)]
            unsafe fn load_part(pointer: *const Self, count: usize) -> L {
                // SAFETY: handed on.
                unsafe { L::load_part(pointer, count, L::constant(f64::NEG_INFINITY)) }
            }
        }
    };
}
plain!(f32);
plain!(f64);

/// A float16 in the order of the machine.
#[derive(Clone, Copy)]
pub(crate) struct Half(#[allow(dead_code)] [u8; 2]);

/// A bfloat16 in the order of the machine: the upper half of a float32.
#[derive(Clone, Copy)]
pub(crate) struct Brain([u8; 2]);

/// A float32 in the other byte order.
#[derive(Clone, Copy)]
pub(crate) struct Swapped([u8; 4]);

const HALF_LOWEST: Half = Half(0xFC00u16.to_ne_bytes());
const BRAIN_LOWEST: Brain = Brain(0xFF80u16.to_ne_bytes());
const SWAPPED_LOWEST: Swapped = Swapped(f32::NEG_INFINITY.to_bits().swap_bytes().to_ne_bytes());

macro_rules! converted {
    ($cell:ident, $lowest:ident, $pointer:ident => $load:expr) => {
        impl<L: Narrow + Lanes<Array = [f32; 16]>> Cell<L> for $cell {
            #[inline(always)]
            unsafe fn load($pointer: *const Self) -> L {
                // SAFETY: the caller vouches for sixteen cells.
                unsafe { $load }
            }
            #[inline(always)]
            unsafe fn load_part(pointer: *const Self, count: usize) -> L {
                let mut cells = [$lowest; 16];
                // SAFETY: the caller vouches for `count` cells, fewer than sixteen.
                unsafe {
                    core::ptr::copy_nonoverlapping(pointer, cells.as_mut_ptr(), count);
                    <Self as Cell<L>>::load(cells.as_ptr())
                }
            }
        }
    };
}
converted!(Half, HALF_LOWEST, pointer => L::load_half(pointer.cast()));
converted!(Brain, BRAIN_LOWEST, pointer => {
    let cells = &*pointer.cast::<[Brain; 16]>();
    let mut lanes = [0f32; 16];
    for i in 0..16 {
        lanes[i] = f32::from_bits(u32::from(u16::from_ne_bytes(cells[i].0)) << 16);
    }
    L::from_array(&lanes)
});
converted!(Swapped, SWAPPED_LOWEST, pointer => {
    let cells = &*pointer.cast::<[Swapped; 16]>();
    let mut lanes = [0f32; 16];
    for i in 0..16 {
        lanes[i] = f32::from_bits(u32::from_ne_bytes(cells[i].0).swap_bytes());
    }
    L::from_array(&lanes)
});
