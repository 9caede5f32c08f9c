//! Targets: the class of each row, or a probability for each element.

use super::pair::{Pair, plus};
use super::{LossError, TARGETS};
use crate::dispatch::Compute;
use crate::dispatch::gather::gather;
use crate::intake::{Kind, Offsets, Places, Rows, View};
use crate::kernels::BATCH;

/// Classes that are read at once: those of tiles side by side.
pub(super) const CLASSES: usize = BATCH;

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
                let mut target = Target::Ignored;
                each_class(
                    view,
                    1,
                    |_| base[TARGETS],
                    |_, class| {
                        if class != *ignore {
                            target = Target::Class(class as usize);
                        }
                        true
                    },
                );
                target
            }
            Targets::Probabilities(_) => Target::Probabilities,
        }
    }

    /// The classes of neighbouring rows, and which of these take part; the others stay as they are.
    #[inline(always)]
    pub(super) fn classes(&self, places: &Places<'_>, classes: &mut [usize; CLASSES]) -> u64 {
        let Targets::Classes { view, ignore } = self else { return 0 };
        let mut present = 0;
        each_class(
            view,
            places.len(),
            #[inline(always)]
            |lane| places.offset(TARGETS, lane),
            #[inline(always)]
            |lane, class| {
                if class != *ignore {
                    classes[lane] = class as usize;
                    present |= 1 << lane;
                }
                true
            },
        );
        present
    }

    /// Probabilities from `start` on.
    pub(super) fn fill<T: Compute>(
        &self,
        rows: &Rows,
        base: &Offsets,
        start: usize,
        out: &mut [T],
    ) {
        let Targets::Probabilities(view) = self else { return out.fill(T::default()) };
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
        let mut wrong = None;
        for first in (0..rows.count).step_by(run) {
            let start = rows.offsets(first)[TARGETS];
            let all = each_class(
                view,
                run,
                |i| start + i as isize * step,
                |i, class| {
                    if class == *ignore {
                        return true;
                    }
                    if class < 0 || class >= rows.length as i128 {
                        wrong = Some(LossError::Target { row: first + i, class });
                        return false;
                    }
                    count += 1;
                    if let Some(weight) = weight {
                        total = plus(total, (weight[class as usize], 0.0));
                    }
                    true
                },
            );
            if !all {
                break;
            }
        }
        if let Some(wrong) = wrong {
            return Err(wrong);
        }
        let total = if weight.is_some() { total.0 } else { count as f64 };
        Ok((count as f64, total))
    }
}

/// Show classes one by one until one is refused; the type is looked at once.
#[inline(always)]
fn each_class(
    view: &View<'_>,
    count: usize,
    offset: impl Fn(usize) -> isize,
    mut see: impl FnMut(usize, i128) -> bool,
) -> bool {
    macro_rules! each {
        ($type:ty) => {{
            for i in 0..count {
                // SAFETY: the offsets address elements of the view; no alignment is asked for.
                let class = unsafe { view.data.offset(offset(i)).cast::<$type>().read_unaligned() };
                let class = if view.swapped { class.swap_bytes() } else { class };
                if !see(i, i128::from(class)) {
                    return false;
                }
            }
            true
        }};
    }
    match view.kind {
        Kind::Int8 => each!(i8),
        Kind::Int16 => each!(i16),
        Kind::Int32 => each!(i32),
        Kind::Int64 => each!(i64),
        Kind::Uint8 => each!(u8),
        Kind::Uint16 => each!(u16),
        Kind::Uint32 => each!(u32),
        Kind::Uint64 => each!(u64),
        _ => unreachable!("classes are integers"),
    }
}
