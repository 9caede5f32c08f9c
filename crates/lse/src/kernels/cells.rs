//! cells: numbers as they lie in memory that a kernel reads straight into its lanes, and writes from them.

use crate::lanes::{Lanes, Narrow, Real};
use core::marker::PhantomData;

/// A number in memory; any address will do.
pub(crate) trait Cell<L>: Copy {
    /// # Safety
    /// A vector of cells must be readable at `pointer`.
    unsafe fn load(pointer: *const Self) -> L;
    /// `count` cells, at most a vector; -inf in the other lanes.
    ///
    /// # Safety
    /// As many cells must be readable at `pointer`.
    unsafe fn load_part(pointer: *const Self, count: usize) -> L;
}

/// A number in memory that a kernel writes as well.
pub(crate) trait Slot<L>: Cell<L> {
    /// # Safety
    /// A vector of cells must be writable at `pointer`.
    unsafe fn store(lanes: L, pointer: *mut Self);
    /// The first `count` lanes, at most all of them.
    ///
    /// # Safety
    /// As many cells must be writable at `pointer`.
    unsafe fn store_part(lanes: L, pointer: *mut Self, count: usize);
    /// As `store`, past the caches where that is possible.
    ///
    /// # Safety
    /// As `Lanes::stream`.
    unsafe fn stream(lanes: L, pointer: *mut Self);
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
        impl<L: Lanes<Real = $real>> Slot<L> for $real {
            #[inline(always)]
            unsafe fn store(lanes: L, pointer: *mut Self) {
                // SAFETY: handed on.
                unsafe { lanes.store(pointer) }
            }
            #[inline(always)]
            unsafe fn store_part(lanes: L, pointer: *mut Self, count: usize) {
                // SAFETY: handed on.
                unsafe { lanes.store_part(pointer, count) }
            }
            #[inline(always)]
            unsafe fn stream(lanes: L, pointer: *mut Self) {
                // SAFETY: handed on.
                unsafe { lanes.stream(pointer) }
            }
        }
    };
}
plain!(f32);
plain!(f64);

/// A float32 that is worked on as float64.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Wide<N>(#[allow(dead_code)] f32, PhantomData<N>);

impl<N: Narrow> Cell<N::Wide> for Wide<N> {
    #[inline(always)]
    unsafe fn load(pointer: *const Self) -> N::Wide {
        // SAFETY: handed on.
        unsafe { N::load_wide(pointer.cast()) }
    }
    #[inline(always)]
    unsafe fn load_part(pointer: *const Self, count: usize) -> N::Wide {
        let mut cells = [f32::NEG_INFINITY; 8];
        // SAFETY: the caller vouches for the cells, at most eight.
        unsafe {
            core::ptr::copy_nonoverlapping(pointer.cast(), cells.as_mut_ptr(), count);
            N::load_wide(cells.as_ptr())
        }
    }
}

impl<N: Narrow> Slot<N::Wide> for Wide<N> {
    #[inline(always)]
    unsafe fn store(lanes: N::Wide, pointer: *mut Self) {
        // SAFETY: handed on.
        unsafe { N::store_narrow(lanes, pointer.cast()) }
    }
    #[inline(always)]
    unsafe fn store_part(lanes: N::Wide, pointer: *mut Self, count: usize) {
        let mut cells = [0f32; 8];
        // SAFETY: the caller vouches for the room, of at most eight.
        unsafe {
            N::store_narrow(lanes, cells.as_mut_ptr());
            core::ptr::copy_nonoverlapping(cells.as_ptr(), pointer.cast(), count);
        }
    }
    #[inline(always)]
    unsafe fn stream(lanes: N::Wide, pointer: *mut Self) {
        // SAFETY: handed on. Eight float32 are half a cache line, which is not worth its way to memory.
        unsafe { <Self as Slot<N::Wide>>::store(lanes, pointer) }
    }
}

/// A float16 in the order of the machine.
#[derive(Clone, Copy)]
pub(crate) struct Half(#[allow(dead_code)] [u8; 2]);

/// A bfloat16 in the order of the machine: the upper half of a float32.
#[derive(Clone, Copy)]
pub(crate) struct Brain(#[allow(dead_code)] [u8; 2]);

/// A float32 in the other byte order.
#[derive(Clone, Copy)]
pub(crate) struct Swapped(#[allow(dead_code)] [u8; 4]);

/// Cells of sixteen bits, by the lanes of their words and the words of lanes.
macro_rules! words {
    ($cell:ident, $lowest:literal, $words:ident => $lanes:expr, $results:ident => $rounded:expr) => {
        impl<L: Narrow + Lanes<Array = [f32; 16]>> Cell<L> for $cell {
            #[inline(always)]
            unsafe fn load(pointer: *const Self) -> L {
                // SAFETY: the caller vouches for sixteen cells.
                let $words = unsafe { pointer.cast::<[u16; 16]>().read_unaligned() };
                $lanes
            }
            #[inline(always)]
            unsafe fn load_part(pointer: *const Self, count: usize) -> L {
                // SAFETY: handed on.
                let $words = unsafe { L::load_words(pointer.cast(), count, $lowest) };
                $lanes
            }
        }
        impl<L: Narrow + Lanes<Array = [f32; 16]>> Slot<L> for $cell {
            #[inline(always)]
            unsafe fn store($results: L, pointer: *mut Self) {
                let words = $rounded;
                // SAFETY: the caller vouches for room for sixteen cells.
                unsafe { pointer.cast::<[u16; 16]>().write_unaligned(words) }
            }
            #[inline(always)]
            unsafe fn store_part($results: L, pointer: *mut Self, count: usize) {
                let words = $rounded;
                // SAFETY: handed on.
                unsafe { L::store_words(words, pointer.cast(), count) }
            }
            #[inline(always)]
            unsafe fn stream(lanes: L, pointer: *mut Self) {
                // SAFETY: handed on. Sixteen words are half a cache line, which is not worth its way to memory.
                unsafe { <Self as Slot<L>>::store(lanes, pointer) }
            }
        }
    };
}

words!(
    Half,
    0xFC00,
    // SAFETY: the words are sixteen.
    words => unsafe { L::load_half(words.as_ptr()) },
    lanes => {
        let mut words = [0; 16];
        // SAFETY: there is room for sixteen words.
        unsafe { lanes.store_half(words.as_mut_ptr()) };
        words
    }
);
words!(
    Brain,
    0xFF80,
    words => L::from_upper(words),
    lanes => {
        // To the nearest, ties to even. What is spread is no nan: rows that hold one go by their limits.
        let lanes = lanes.to_array();
        let mut rounded = [0f32; 16];
        for i in 0..16 {
            let bits = lanes[i].to_bits();
            rounded[i] = f32::from_bits(bits.wrapping_add(0x7FFF + (bits >> 16 & 1)));
        }
        L::from_array(&rounded).upper()
    }
);

/// Every lane with its bytes turned round.
#[inline(always)]
fn swap<L: Lanes<Real = f32, Array = [f32; 16]>>(lanes: L) -> L {
    let lanes = lanes.to_array();
    let mut swapped = [0f32; 16];
    for i in 0..16 {
        swapped[i] = f32::from_bits(lanes[i].to_bits().swap_bytes());
    }
    L::from_array(&swapped)
}

impl<L: Lanes<Real = f32, Array = [f32; 16]>> Cell<L> for Swapped {
    #[inline(always)]
    unsafe fn load(pointer: *const Self) -> L {
        // SAFETY: handed on.
        swap(unsafe { L::load(pointer.cast()) })
    }
    #[inline(always)]
    unsafe fn load_part(pointer: *const Self, count: usize) -> L {
        let lowest = swap(L::splat(f32::NEG_INFINITY));
        // SAFETY: handed on.
        swap(unsafe { L::load_part(pointer.cast(), count, lowest) })
    }
}

impl<L: Lanes<Real = f32, Array = [f32; 16]>> Slot<L> for Swapped {
    #[inline(always)]
    unsafe fn store(lanes: L, pointer: *mut Self) {
        // SAFETY: handed on.
        unsafe { swap(lanes).store(pointer.cast()) }
    }
    #[inline(always)]
    unsafe fn store_part(lanes: L, pointer: *mut Self, count: usize) {
        // SAFETY: handed on.
        unsafe { swap(lanes).store_part(pointer.cast(), count) }
    }
    #[inline(always)]
    unsafe fn stream(lanes: L, pointer: *mut Self) {
        // SAFETY: handed on.
        unsafe { swap(lanes).stream(pointer.cast()) }
    }
}

/// A number and the place behind it, which holds something else or, behind the last number, nothing.
#[derive(Clone, Copy)]
#[repr(C, packed)]
pub(crate) struct Second<R>(#[allow(dead_code)] [R; 2]);

impl<L: Lanes<Real = R>, R: Real> Cell<L> for Second<R> {
    #[inline(always)]
    unsafe fn load(pointer: *const Self) -> L {
        // SAFETY: handed on.
        unsafe { L::load_seconds(pointer.cast()) }
    }
    #[inline(always)]
    unsafe fn load_part(pointer: *const Self, count: usize) -> L {
        let mut lanes = L::constant(f64::NEG_INFINITY).to_array();
        for (i, lane) in lanes.as_mut()[..count].iter_mut().enumerate() {
            // SAFETY: the caller vouches for the numbers.
            *lane = unsafe { pointer.add(i).cast::<R>().read_unaligned() };
        }
        L::from_array(&lanes)
    }
}
