//! Elements that change places: every second one, and rows that become columns, four by four or two by two.

use super::{Double, Single};
use crate::lanes::{Lanes, row};
use core::arch::aarch64::*;

impl Single {
    /// Every second of thirty-one elements.
    ///
    /// # Safety
    /// They must be readable.
    #[inline(always)]
    pub(super) unsafe fn seconds(pointer: *const f32) -> Self {
        // SAFETY: as the function; the last four of them begin at 27, for there is no element 31.
        unsafe {
            let last = vuzp1q_f32(vld1q_f32(pointer.add(24)), vld1q_f32(pointer.add(24)));
            let end = vld1q_f32(pointer.add(27));
            Single([
                vuzp1q_f32(vld1q_f32(pointer), vld1q_f32(pointer.add(4))),
                vuzp1q_f32(vld1q_f32(pointer.add(8)), vld1q_f32(pointer.add(12))),
                vuzp1q_f32(vld1q_f32(pointer.add(16)), vld1q_f32(pointer.add(20))),
                vcombine_f32(vget_low_f32(last), vget_low_f32(vuzp2q_f32(end, end))),
            ])
        }
    }

    /// Four elements of sixteen rows as four columns.
    ///
    /// # Safety
    /// As `Lanes::columns`.
    #[inline(always)]
    pub(super) unsafe fn turn_rows(first: *const f32, stride: isize, rows: usize) -> [Self; 4] {
        let mut columns = [Single::splat(0.0); 4];
        for quarter in 0..4 {
            let mut fours = columns[0].0;
            for (i, four) in fours.iter_mut().enumerate() {
                // SAFETY: the caller vouches for four elements of the row.
                *four = unsafe { vld1q_f32(row(first, stride, rows, 4 * quarter + i)) };
            }
            let turned = turned(fours);
            for (column, turned) in columns.iter_mut().zip(turned) {
                column.0[quarter] = turned;
            }
        }
        columns
    }

    /// Four columns of sixteen rows back into the rows.
    ///
    /// # Safety
    /// As `Lanes::rows`.
    #[inline(always)]
    pub(super) unsafe fn turn_columns(
        columns: [Self; 4],
        first: *mut f32,
        stride: isize,
        rows: usize,
    ) {
        for quarter in 0..4 {
            let [a, b, c, d] = &columns;
            let fours = turned([a.0[quarter], b.0[quarter], c.0[quarter], d.0[quarter]]);
            for (i, four) in fours.into_iter().enumerate() {
                let index = 4 * quarter + i;
                if index < rows {
                    // SAFETY: the caller vouches for four elements of a row that is there.
                    unsafe { vst1q_f32(row(first, stride, rows, index).cast_mut(), four) };
                }
            }
        }
    }
}

/// Four by four: element j of row i becomes element i of row j.
#[inline(always)]
fn turned(rows: [float32x4_t; 4]) -> [float32x4_t; 4] {
    let [a, b, c, d] = rows;
    // Pairs of rows first, element by element, then pairs of pairs.
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        let (even, odd) = (vtrn1q_f32(a, b), vtrn2q_f32(a, b));
        let (even_below, odd_below) = (vtrn1q_f32(c, d), vtrn2q_f32(c, d));
        [
            first_halves(even, even_below),
            first_halves(odd, odd_below),
            second_halves(even, even_below),
            second_halves(odd, odd_below),
        ]
    }
}

#[inline(always)]
fn first_halves(x: float32x4_t, y: float32x4_t) -> float32x4_t {
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        let pairs = vtrn1q_f64(vreinterpretq_f64_f32(x), vreinterpretq_f64_f32(y));
        vreinterpretq_f32_f64(pairs)
    }
}

#[inline(always)]
fn second_halves(x: float32x4_t, y: float32x4_t) -> float32x4_t {
    // SAFETY: NEON belongs to every aarch64.
    unsafe {
        let pairs = vtrn2q_f64(vreinterpretq_f64_f32(x), vreinterpretq_f64_f32(y));
        vreinterpretq_f32_f64(pairs)
    }
}

impl Double {
    /// Every second of fifteen elements.
    ///
    /// # Safety
    /// They must be readable.
    #[inline(always)]
    pub(super) unsafe fn seconds(pointer: *const f64) -> Self {
        // SAFETY: as the function; the last two of them begin at 13, for there is no element 15.
        unsafe {
            let (last, end) = (vld1q_f64(pointer.add(12)), vld1q_f64(pointer.add(13)));
            Double([
                vuzp1q_f64(vld1q_f64(pointer), vld1q_f64(pointer.add(2))),
                vuzp1q_f64(vld1q_f64(pointer.add(4)), vld1q_f64(pointer.add(6))),
                vuzp1q_f64(vld1q_f64(pointer.add(8)), vld1q_f64(pointer.add(10))),
                vcombine_f64(vget_low_f64(last), vget_high_f64(end)),
            ])
        }
    }

    /// Two elements of eight rows as two columns.
    ///
    /// # Safety
    /// As `Lanes::columns`.
    #[inline(always)]
    pub(super) unsafe fn turn_rows(first: *const f64, stride: isize, rows: usize) -> [Self; 2] {
        let mut columns = [Double::splat(0.0); 2];
        for quarter in 0..4 {
            // SAFETY: the caller vouches for two elements of each row.
            unsafe {
                let a = vld1q_f64(row(first, stride, rows, 2 * quarter));
                let b = vld1q_f64(row(first, stride, rows, 2 * quarter + 1));
                columns[0].0[quarter] = vtrn1q_f64(a, b);
                columns[1].0[quarter] = vtrn2q_f64(a, b);
            }
        }
        columns
    }

    /// Two columns of eight rows back into the rows.
    ///
    /// # Safety
    /// As `Lanes::rows`.
    #[inline(always)]
    pub(super) unsafe fn turn_columns(
        columns: [Self; 2],
        first: *mut f64,
        stride: isize,
        rows: usize,
    ) {
        for quarter in 0..4 {
            let (a, b) = (columns[0].0[quarter], columns[1].0[quarter]);
            // SAFETY: NEON belongs to every aarch64.
            let twos = unsafe { [vtrn1q_f64(a, b), vtrn2q_f64(a, b)] };
            for (i, two) in twos.into_iter().enumerate() {
                let index = 2 * quarter + i;
                if index < rows {
                    // SAFETY: the caller vouches for two elements of a row that is there.
                    unsafe { vst1q_f64(row(first, stride, rows, index).cast_mut(), two) };
                }
            }
        }
    }
}
