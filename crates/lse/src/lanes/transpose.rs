//! Rows and columns change places in registers, 128 bits of each row at a time.
//!
//! Quarter q of a 512-bit register takes the row whose lane stands at the beginning of the quarter, or one of the
//! few behind it, so that the rest happens within quarters:
//!
//! ```text
//! float32   register i holds rows i, 4 + i, 8 + i, 12 + i       four by four in each quarter
//! float64   register i holds rows i, 2 + i, 4 + i, 6 + i        two by two in each quarter
//! ```

use super::row;
use core::arch::x86_64::*;

/// Four float32 of sixteen rows as four columns.
///
/// # Safety
/// AVX-512 F and DQ must be there, and four elements of each row.
#[inline(always)]
pub(super) unsafe fn columns_single(first: *const f32, stride: isize, rows: usize) -> [__m512; 4] {
    // SAFETY: as the function.
    unsafe {
        let mut fours = [_mm512_setzero_ps(); 4];
        for (i, four) in fours.iter_mut().enumerate() {
            let low = _mm512_castps128_ps512(_mm_loadu_ps(row(first, stride, rows, i)));
            let low = _mm512_insertf32x4::<1>(low, _mm_loadu_ps(row(first, stride, rows, 4 + i)));
            let low = _mm512_insertf32x4::<2>(low, _mm_loadu_ps(row(first, stride, rows, 8 + i)));
            *four = _mm512_insertf32x4::<3>(low, _mm_loadu_ps(row(first, stride, rows, 12 + i)));
        }
        turned_single(fours)
    }
}

/// Four columns of sixteen rows back into the rows.
///
/// # Safety
/// As `columns_single`, and the elements must be writable.
#[inline(always)]
pub(super) unsafe fn rows_single(
    columns: [__m512; 4],
    first: *mut f32,
    stride: isize,
    rows: usize,
) {
    // SAFETY: as the function.
    unsafe {
        for (i, four) in turned_single(columns).into_iter().enumerate() {
            let halves = [_mm512_castps512_ps256(four), _mm512_extractf32x8_ps::<1>(four)];
            for (half, eight) in halves.into_iter().enumerate() {
                let place = row(first, stride, 16, 8 * half + i).cast_mut();
                if 8 * half + i < rows {
                    _mm_storeu_ps(place, _mm256_castps256_ps128(eight));
                }
                let place = row(first, stride, 16, 8 * half + 4 + i).cast_mut();
                if 8 * half + 4 + i < rows {
                    _mm_storeu_ps(place, _mm256_extractf128_ps::<1>(eight));
                }
            }
        }
    }
}

/// Four by four in each quarter: its own inverse.
#[inline(always)]
unsafe fn turned_single(x: [__m512; 4]) -> [__m512; 4] {
    // SAFETY: AVX-512 F is there.
    unsafe {
        let pairs = [
            _mm512_castps_pd(_mm512_unpacklo_ps(x[0], x[1])),
            _mm512_castps_pd(_mm512_unpacklo_ps(x[2], x[3])),
            _mm512_castps_pd(_mm512_unpackhi_ps(x[0], x[1])),
            _mm512_castps_pd(_mm512_unpackhi_ps(x[2], x[3])),
        ];
        [
            _mm512_castpd_ps(_mm512_unpacklo_pd(pairs[0], pairs[1])),
            _mm512_castpd_ps(_mm512_unpackhi_pd(pairs[0], pairs[1])),
            _mm512_castpd_ps(_mm512_unpacklo_pd(pairs[2], pairs[3])),
            _mm512_castpd_ps(_mm512_unpackhi_pd(pairs[2], pairs[3])),
        ]
    }
}

/// Two float64 of eight rows as two columns.
///
/// # Safety
/// AVX-512 F and DQ must be there, and two elements of each row.
#[inline(always)]
pub(super) unsafe fn columns_double(first: *const f64, stride: isize, rows: usize) -> [__m512d; 2] {
    // SAFETY: as the function.
    unsafe {
        let mut twos = [_mm512_setzero_pd(); 2];
        for (i, two) in twos.iter_mut().enumerate() {
            let low = _mm512_castpd128_pd512(_mm_loadu_pd(row(first, stride, rows, i)));
            let low = _mm512_insertf64x2::<1>(low, _mm_loadu_pd(row(first, stride, rows, 2 + i)));
            let low = _mm512_insertf64x2::<2>(low, _mm_loadu_pd(row(first, stride, rows, 4 + i)));
            *two = _mm512_insertf64x2::<3>(low, _mm_loadu_pd(row(first, stride, rows, 6 + i)));
        }
        [_mm512_unpacklo_pd(twos[0], twos[1]), _mm512_unpackhi_pd(twos[0], twos[1])]
    }
}

/// Two columns of eight rows back into the rows.
///
/// # Safety
/// As `columns_double`, and the elements must be writable.
#[inline(always)]
pub(super) unsafe fn rows_double(
    columns: [__m512d; 2],
    first: *mut f64,
    stride: isize,
    rows: usize,
) {
    // SAFETY: as the function.
    unsafe {
        let [x, y] = columns;
        let twos = [_mm512_unpacklo_pd(x, y), _mm512_unpackhi_pd(x, y)];
        for (i, two) in twos.into_iter().enumerate() {
            let halves = [_mm512_castpd512_pd256(two), _mm512_extractf64x4_pd::<1>(two)];
            for (half, four) in halves.into_iter().enumerate() {
                let place = row(first, stride, 8, 4 * half + i).cast_mut();
                if 4 * half + i < rows {
                    _mm_storeu_pd(place, _mm256_castpd256_pd128(four));
                }
                let place = row(first, stride, 8, 4 * half + 2 + i).cast_mut();
                if 4 * half + 2 + i < rows {
                    _mm_storeu_pd(place, _mm256_extractf128_pd::<1>(four));
                }
            }
        }
    }
}
