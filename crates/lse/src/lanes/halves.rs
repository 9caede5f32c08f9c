//! Rows and columns change places in pairs of 256-bit registers: `transpose` for AVX2.
//!
//! ```text
//! float32   half h, register i: rows 8 h + i and 8 h + 4 + i      four by four in each 128 bits
//! float64   half h, register i: rows 4 h + i and 4 h + 2 + i      two by two in each 128 bits
//! ```

use super::row;
use core::arch::x86_64::*;

/// Four float32 of sixteen rows as four columns, each in two halves.
///
/// # Safety
/// AVX2 must be there, and four elements of each row.
#[inline(always)]
pub(super) unsafe fn columns_single(
    first: *const f32,
    stride: isize,
    rows: usize,
) -> [[__m256; 2]; 4] {
    // SAFETY: as the function.
    unsafe {
        let zero = _mm256_setzero_ps();
        let mut columns = [[zero; 2]; 4];
        for half in 0..2 {
            let mut fours = [zero; 4];
            for (i, four) in fours.iter_mut().enumerate() {
                let low = _mm_loadu_ps(row(first, stride, rows, 8 * half + i));
                let high = _mm_loadu_ps(row(first, stride, rows, 8 * half + 4 + i));
                *four = _mm256_insertf128_ps::<1>(_mm256_castps128_ps256(low), high);
            }
            for (column, turned) in columns.iter_mut().zip(turned_single(fours)) {
                column[half] = turned;
            }
        }
        columns
    }
}

/// Four columns of sixteen rows back into the rows.
///
/// # Safety
/// As `columns_single`, and the elements must be writable.
#[inline(always)]
pub(super) unsafe fn rows_single(
    columns: [[__m256; 2]; 4],
    first: *mut f32,
    stride: isize,
    rows: usize,
) {
    for half in 0..2 {
        // SAFETY: as the function; rows that are not there are left out.
        unsafe {
            let turned = turned_single(columns.map(|column| column[half]));
            for (i, four) in turned.into_iter().enumerate() {
                let parts = [_mm256_castps256_ps128(four), _mm256_extractf128_ps::<1>(four)];
                for (part, four) in parts.into_iter().enumerate() {
                    let index = 8 * half + 4 * part + i;
                    if index < rows {
                        _mm_storeu_ps(row(first, stride, rows, index).cast_mut(), four);
                    }
                }
            }
        }
    }
}

/// Four by four in each 128 bits: its own inverse.
#[inline(always)]
unsafe fn turned_single(x: [__m256; 4]) -> [__m256; 4] {
    // SAFETY: AVX2 is there.
    unsafe {
        let pairs = [
            _mm256_castps_pd(_mm256_unpacklo_ps(x[0], x[1])),
            _mm256_castps_pd(_mm256_unpacklo_ps(x[2], x[3])),
            _mm256_castps_pd(_mm256_unpackhi_ps(x[0], x[1])),
            _mm256_castps_pd(_mm256_unpackhi_ps(x[2], x[3])),
        ];
        [
            _mm256_castpd_ps(_mm256_unpacklo_pd(pairs[0], pairs[1])),
            _mm256_castpd_ps(_mm256_unpackhi_pd(pairs[0], pairs[1])),
            _mm256_castpd_ps(_mm256_unpacklo_pd(pairs[2], pairs[3])),
            _mm256_castpd_ps(_mm256_unpackhi_pd(pairs[2], pairs[3])),
        ]
    }
}

/// Two float64 of eight rows as two columns, each in two halves.
///
/// # Safety
/// AVX2 must be there, and two elements of each row.
#[inline(always)]
pub(super) unsafe fn columns_double(
    first: *const f64,
    stride: isize,
    rows: usize,
) -> [[__m256d; 2]; 2] {
    // SAFETY: as the function.
    unsafe {
        let mut columns = [[_mm256_setzero_pd(); 2]; 2];
        for half in 0..2 {
            let mut twos = [_mm256_setzero_pd(); 2];
            for (i, two) in twos.iter_mut().enumerate() {
                let low = _mm_loadu_pd(row(first, stride, rows, 4 * half + i));
                let high = _mm_loadu_pd(row(first, stride, rows, 4 * half + 2 + i));
                *two = _mm256_insertf128_pd::<1>(_mm256_castpd128_pd256(low), high);
            }
            let turned =
                [_mm256_unpacklo_pd(twos[0], twos[1]), _mm256_unpackhi_pd(twos[0], twos[1])];
            for (column, turned) in columns.iter_mut().zip(turned) {
                column[half] = turned;
            }
        }
        columns
    }
}

/// Two columns of eight rows back into the rows.
///
/// # Safety
/// As `columns_double`, and the elements must be writable.
#[inline(always)]
pub(super) unsafe fn rows_double(
    columns: [[__m256d; 2]; 2],
    first: *mut f64,
    stride: isize,
    rows: usize,
) {
    for half in 0..2 {
        // SAFETY: as the function; rows that are not there are left out.
        unsafe {
            let [x, y] = columns.map(|column| column[half]);
            let twos = [_mm256_unpacklo_pd(x, y), _mm256_unpackhi_pd(x, y)];
            for (i, two) in twos.into_iter().enumerate() {
                let parts = [_mm256_castpd256_pd128(two), _mm256_extractf128_pd::<1>(two)];
                for (part, two) in parts.into_iter().enumerate() {
                    let index = 4 * half + 2 * part + i;
                    if index < rows {
                        _mm_storeu_pd(row(first, stride, rows, index).cast_mut(), two);
                    }
                }
            }
        }
    }
}
