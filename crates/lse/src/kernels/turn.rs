//! turn: rows into the lanes of a tile, and back.
//!
//! Element j of row i lies at `COUNT j + i` in a tile. As many columns as fit into 128 bits are turned at once,
//! in registers where the instruction set can (`Lanes::columns`). Lanes without a row hold the last row again.

use crate::lanes::{Isa, Lanes};

/// Rows in memory: the first, how many bytes further the next one begins, how many there are, how long they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bundle<R> {
    pub first: *mut R,
    pub stride: isize,
    pub rows: usize,
    pub length: usize,
}

impl<R> Bundle<R> {
    #[inline(always)]
    fn row(&self, i: usize) -> *mut R {
        self.first.wrapping_byte_offset(i as isize * self.stride)
    }
}

/// # Safety
/// The rows must be readable, and `COUNT length` elements writable at `tile`.
#[inline(always)]
unsafe fn into_tile<L: Lanes>(bundle: &Bundle<L::Real>, tile: *mut L::Real) {
    if bundle.length < L::FEW {
        for j in 0..bundle.length {
            for i in 0..L::COUNT {
                // SAFETY: the caller vouches for the rows and for the tile.
                unsafe { *tile.add(j * L::COUNT + i) = *bundle.row(i.min(bundle.rows - 1)).add(j) };
            }
        }
        return;
    }
    for start in (0..bundle.length).step_by(L::FEW) {
        // The last columns are turned again where fewer are left.
        let start = start.min(bundle.length - L::FEW);
        // SAFETY: the caller vouches for the rows and for the tile.
        unsafe {
            let first = bundle.first.wrapping_add(start);
            // A number that the compiler knows keeps all rows at fixed distances.
            let columns = if bundle.rows == L::COUNT {
                L::columns(first, bundle.stride, L::COUNT)
            } else {
                L::columns(first, bundle.stride, bundle.rows)
            };
            for (j, column) in columns.as_ref().iter().enumerate() {
                column.store(tile.add((start + j) * L::COUNT));
            }
        }
    }
}

/// # Safety
/// The rows must be writable, and `COUNT length` elements readable at `tile`.
#[inline(always)]
unsafe fn out_of_tile<L: Lanes>(tile: *const L::Real, bundle: &Bundle<L::Real>) {
    if bundle.length < L::FEW {
        for i in 0..bundle.rows.min(L::COUNT) {
            for j in 0..bundle.length {
                // SAFETY: the caller vouches for the rows and for the tile.
                unsafe { *bundle.row(i).add(j) = *tile.add(j * L::COUNT + i) };
            }
        }
        return;
    }
    for start in (0..bundle.length).step_by(L::FEW) {
        let start = start.min(bundle.length - L::FEW);
        // SAFETY: the caller vouches for the rows and for the tile.
        unsafe {
            let columns = L::few(tile.add(start * L::COUNT));
            let first = bundle.first.wrapping_add(start);
            if bundle.rows == L::COUNT {
                L::rows(columns, first, bundle.stride, L::COUNT);
            } else {
                L::rows(columns, first, bundle.stride, bundle.rows);
            }
        }
    }
}

/// Float32 rows, sixteen or fewer, into a tile.
///
/// # Safety
/// As `into_tile`.
#[inline(always)]
pub(crate) unsafe fn single<I: Isa>(bundle: &Bundle<f32>, tile: *mut f32) {
    // SAFETY: handed on.
    unsafe { into_tile::<I::Single>(bundle, tile) }
}

/// Float64 rows, eight or fewer, into a tile.
///
/// # Safety
/// As `into_tile`.
#[inline(always)]
pub(crate) unsafe fn double<I: Isa>(bundle: &Bundle<f64>, tile: *mut f64) {
    // SAFETY: handed on.
    unsafe { into_tile::<I::Double>(bundle, tile) }
}

/// A tile into float32 rows.
///
/// # Safety
/// As `out_of_tile`.
#[inline(always)]
pub(crate) unsafe fn back_single<I: Isa>(tile: *const f32, bundle: &Bundle<f32>) {
    // SAFETY: handed on.
    unsafe { out_of_tile::<I::Single>(tile, bundle) }
}

/// A tile into float64 rows.
///
/// # Safety
/// As `out_of_tile`.
#[inline(always)]
pub(crate) unsafe fn back_double<I: Isa>(tile: *const f64, bundle: &Bundle<f64>) {
    // SAFETY: handed on.
    unsafe { out_of_tile::<I::Double>(tile, bundle) }
}
