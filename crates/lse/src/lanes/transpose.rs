//! Square blocks turned in AVX-512 registers: pairs, fours, then quarters of a register change places.

use core::arch::x86_64::*;

/// The columns of sixteen rows.
///
/// # Safety
/// AVX-512 F must be there.
#[inline(always)]
pub(super) unsafe fn single(rows: [__m512; 16]) -> [__m512; 16] {
    // SAFETY: as the function.
    unsafe {
        let (mut pairs, mut fours) = (rows, rows);
        for k in 0..8 {
            pairs[2 * k] = _mm512_unpacklo_ps(rows[2 * k], rows[2 * k + 1]);
            pairs[2 * k + 1] = _mm512_unpackhi_ps(rows[2 * k], rows[2 * k + 1]);
        }
        // fours[4 k + c] holds column 4 q + c of rows 4 k .. 4 k + 4 in its quarter q
        for k in 0..4 {
            let pair = |i: usize| _mm512_castps_pd(pairs[4 * k + i]);
            fours[4 * k] = _mm512_castpd_ps(_mm512_unpacklo_pd(pair(0), pair(2)));
            fours[4 * k + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(pair(0), pair(2)));
            fours[4 * k + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(pair(1), pair(3)));
            fours[4 * k + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(pair(1), pair(3)));
        }
        let mut columns = rows;
        for c in 0..4 {
            let [a, b, d, e] = [fours[c], fours[4 + c], fours[8 + c], fours[12 + c]];
            let (even, even_low) =
                (_mm512_shuffle_f32x4::<0x88>(a, b), _mm512_shuffle_f32x4::<0x88>(d, e));
            let (odd, odd_low) =
                (_mm512_shuffle_f32x4::<0xDD>(a, b), _mm512_shuffle_f32x4::<0xDD>(d, e));
            columns[c] = _mm512_shuffle_f32x4::<0x88>(even, even_low);
            columns[4 + c] = _mm512_shuffle_f32x4::<0x88>(odd, odd_low);
            columns[8 + c] = _mm512_shuffle_f32x4::<0xDD>(even, even_low);
            columns[12 + c] = _mm512_shuffle_f32x4::<0xDD>(odd, odd_low);
        }
        columns
    }
}

/// The columns of eight rows.
///
/// # Safety
/// AVX-512 F must be there.
#[inline(always)]
pub(super) unsafe fn double(rows: [__m512d; 8]) -> [__m512d; 8] {
    // SAFETY: as the function.
    unsafe {
        let mut pairs = rows;
        // pairs[2 k + c] holds column 2 q + c of rows 2 k and 2 k + 1 in its quarter q
        for k in 0..4 {
            pairs[2 * k] = _mm512_unpacklo_pd(rows[2 * k], rows[2 * k + 1]);
            pairs[2 * k + 1] = _mm512_unpackhi_pd(rows[2 * k], rows[2 * k + 1]);
        }
        let mut columns = rows;
        for c in 0..2 {
            let [a, b, d, e] = [pairs[c], pairs[2 + c], pairs[4 + c], pairs[6 + c]];
            let (even, even_low) =
                (_mm512_shuffle_f64x2::<0x88>(a, b), _mm512_shuffle_f64x2::<0x88>(d, e));
            let (odd, odd_low) =
                (_mm512_shuffle_f64x2::<0xDD>(a, b), _mm512_shuffle_f64x2::<0xDD>(d, e));
            columns[c] = _mm512_shuffle_f64x2::<0x88>(even, even_low);
            columns[2 + c] = _mm512_shuffle_f64x2::<0x88>(odd, odd_low);
            columns[4 + c] = _mm512_shuffle_f64x2::<0xDD>(even, even_low);
            columns[6 + c] = _mm512_shuffle_f64x2::<0xDD>(odd, odd_low);
        }
        columns
    }
}
