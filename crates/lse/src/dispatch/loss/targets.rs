//! Targets: the class of each row, or a probability for each element.

use super::pair::{Pair, plus};
use super::{LossError, TARGETS};
use crate::dispatch::gather::gather;
use crate::intake::{Kind, Offsets, Rows, View};

/// What rows are compared with.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// The class of each row, of an integer kind; rows of class `ignore` take no part.
    Classes {
        /// One number a row.
        view: View<'a>,
        /// The class of rows that take no part.
        ignore: i128,
    },
    /// One number for each element.
    Probabilities(View<'a>),
}

/// What one row is compared with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Target {
    Ignored,
    Class(usize),
    Probabilities,
}

impl Targets<'_> {
    /// The target of the row at `base`, which has been checked.
    #[inline]
    pub(super) fn at(&self, base: &Offsets) -> Target {
        match self {
            Targets::Classes { view, ignore } => {
                // SAFETY: the offset addresses an element of the view.
                let class = unsafe { class(view, base[TARGETS]) };
                if class == *ignore { Target::Ignored } else { Target::Class(class as usize) }
            }
            Targets::Probabilities(_) => Target::Probabilities,
        }
    }

    /// Probabilities from `start` on.
    pub(super) fn fill(&self, rows: &Rows, base: &Offsets, start: usize, out: &mut [f64]) {
        let Targets::Probabilities(view) = self else { return out.fill(0.0) };
        rows.pieces(start, out.len(), |offsets, first, axis, size| {
            // SAFETY: the offsets address elements of the view.
            unsafe {
                let pointer = view.data.offset(base[TARGETS] + offsets[TARGETS]);
                let part = &mut out[first..first + size];
                gather(view.kind, view.swapped, pointer, axis.strides[TARGETS], part);
            }
        });
    }

    /// Check every class; answers how many rows take part and the sum of their weights.
    pub(super) fn check(
        &self,
        rows: &Rows,
        weight: Option<&[f64]>,
    ) -> Result<(f64, f64), LossError> {
        let Targets::Classes { view, ignore } = self else {
            return Ok((rows.count as f64, rows.count as f64));
        };
        let run = rows.kept.last().map_or(1, |axis| axis.size).max(1);
        let step = rows.kept.last().map_or(0, |axis| axis.strides[TARGETS]);
        let (mut count, mut total): (usize, Pair) = (0, (0.0, 0.0));
        for first in (0..rows.count).step_by(run) {
            let start = rows.offsets(first)[TARGETS];
            for i in 0..run {
                // SAFETY: the offset addresses an element of the view.
                let class = unsafe { class(view, start + i as isize * step) };
                if class == *ignore {
                    continue;
                }
                if class < 0 || class >= rows.length as i128 {
                    return Err(LossError::Target { row: first + i, class });
                }
                count += 1;
                if let Some(weight) = weight {
                    total = plus(total, (weight[class as usize], 0.0));
                }
            }
        }
        let total = if weight.is_some() { total.0 } else { count as f64 };
        Ok((count as f64, total))
    }
}

/// Read one integer.
///
/// # Safety
/// The offset must address an element of the view.
#[inline]
unsafe fn class(view: &View<'_>, offset: isize) -> i128 {
    macro_rules! read {
        ($type:ty) => {{
            // SAFETY: the caller vouches for the element; no alignment is asked for.
            let class = unsafe { view.data.offset(offset).cast::<$type>().read_unaligned() };
            i128::from(if view.swapped { class.swap_bytes() } else { class })
        }};
    }
    match view.kind {
        Kind::Int8 => read!(i8),
        Kind::Int16 => read!(i16),
        Kind::Int32 => read!(i32),
        Kind::Int64 => read!(i64),
        Kind::Uint8 => read!(u8),
        Kind::Uint16 => read!(u16),
        Kind::Uint32 => read!(u32),
        Kind::Uint64 => read!(u64),
        _ => unreachable!("classes are integers"),
    }
}
