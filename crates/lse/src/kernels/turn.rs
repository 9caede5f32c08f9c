//! turn: rows into the lanes of a tile, and back.
//!
//! Element j of row i lies at `COUNT j + i` in a tile. Square blocks are turned in registers where the
//! instruction set can (`Lanes::turned`), row by row elsewhere.

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
    let zero = L::constant(0.0);
    for start in (0..bundle.length).step_by(L::COUNT) {
        let width = L::COUNT.min(bundle.length - start);
        let mut rows = L::vectors(zero);
        // SAFETY: the caller vouches for the rows and for the tile.
        unsafe {
            for (i, row) in rows.as_mut().iter_mut().enumerate() {
                let width = if i < bundle.rows { width } else { 0 };
                *row = L::load_part(bundle.row(i).wrapping_add(start), width, zero);
            }
            let columns = L::turned(rows);
            for (j, column) in columns.as_ref().iter().enumerate() {
                if j < width {
                    column.store(tile.add((start + j) * L::COUNT));
                }
            }
        }
    }
}

/// # Safety
/// The rows must be writable, and `COUNT length` elements readable at `tile`.
#[inline(always)]
unsafe fn out_of_tile<L: Lanes>(tile: *const L::Real, bundle: &Bundle<L::Real>) {
    let zero = L::constant(0.0);
    for start in (0..bundle.length).step_by(L::COUNT) {
        let width = L::COUNT.min(bundle.length - start);
        let mut columns = L::vectors(zero);
        // SAFETY: the caller vouches for the rows and for the tile.
        unsafe {
            for (j, column) in columns.as_mut().iter_mut().enumerate() {
                if j < width {
                    *column = L::load(tile.add((start + j) * L::COUNT));
                }
            }
            let rows = L::turned(columns);
            for (i, row) in rows.as_ref().iter().enumerate() {
                let width = if i < bundle.rows { width } else { 0 };
                row.store_part(bundle.row(i).wrapping_add(start), width);
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
