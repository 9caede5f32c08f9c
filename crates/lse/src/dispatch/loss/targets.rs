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
                let here = |_| base[TARGETS];
                each_class(view, *ignore, 1, here, |_, class, taken| {
                    if taken {
                        target = Target::Class(class as usize);
                    }
                });
                target
            }
            Targets::Probabilities(_) => Target::Probabilities,
        }
    }

    /// The classes of neighbouring rows, and which of these take part; the others stay as they are.
    #[inline(always)]
    pub(super) fn classes(&self, places: &Places<'_>, classes: &mut [usize; CLASSES]) -> u64 {
        let Targets::Classes { view, ignore } = self else { return 0 };
        let count = places.len().min(CLASSES);
        match places.steps() {
            Some(steps) => {
                let (start, step) = (places.offset(TARGETS, 0), steps[TARGETS]);
                read(view, *ignore, count, |lane| start + lane as isize * step, classes)
            }
            None => read(view, *ignore, count, |lane| places.offset(TARGETS, lane), classes),
        }
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
        for first in (0..rows.count).step_by(run) {
            let start = rows.offsets(first)[TARGETS];
            let offset = |i| start + i as isize * step;
            // The lower half of a negative class is a large number.
            let is_wrong = |class: i128| class as u64 >= rows.length as u64;
            let mut any = false;
            each_class(view, *ignore, run, offset, |_, class, taken| {
                any |= taken & is_wrong(class);
                count += usize::from(taken);
            });
            if any {
                let mut wrong = None;
                each_class(view, *ignore, run, offset, |i, class, taken| {
                    if taken && is_wrong(class) && wrong.is_none() {
                        wrong = Some(LossError::Target { row: first + i, class });
                    }
                });
                return Err(wrong.expect("there is one"));
            }
            if let Some(weight) = weight {
                each_class(view, *ignore, run, offset, |_, class, taken| {
                    if taken {
                        total = plus(total, (weight[class as usize], 0.0));
                    }
                });
            }
        }
        let total = if weight.is_some() { total.0 } else { count as f64 };
        Ok((count as f64, total))
    }
}

/// Read classes; answers, a bit each, which take part.
#[inline(always)]
fn read(
    view: &View<'_>,
    ignore: i128,
    count: usize,
    offset: impl Fn(usize) -> isize,
    classes: &mut [usize; CLASSES],
) -> u64 {
    let mut present = 0;
    each_class(
        view,
        ignore,
        count,
        offset,
        #[inline(always)]
        |lane, class, taken| {
            classes[lane] = if taken { class as usize } else { classes[lane] };
            present |= u64::from(taken) << lane;
        },
    );
    present
}

/// Show classes one by one, and whether they take part; the type and the byte order are looked at once.
#[inline(always)]
fn each_class(
    view: &View<'_>,
    ignore: i128,
    count: usize,
    offset: impl Fn(usize) -> isize,
    mut see: impl FnMut(usize, i128, bool),
) {
    macro_rules! each {
        ($type:ty, $native:expr) => {{
            // What is no number of the type ignores none
            let (some, ignored) =
                <$type>::try_from(ignore).map_or((false, 0), |ignored| (true, ignored));
            for i in 0..count {
                // SAFETY: the offsets address elements of the view; no alignment is asked for.
                let class = unsafe { view.data.offset(offset(i)).cast::<$type>().read_unaligned() };
                let class = $native(class);
                see(i, i128::from(class), !(some & (class == ignored)));
            }
        }};
        ($type:ty) => {
            if view.swapped {
                each!($type, <$type>::swap_bytes)
            } else {
                each!($type, core::convert::identity)
            }
        };
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
