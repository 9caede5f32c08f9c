//! The same sentences for one short row: for calls on so few numbers that finding the rows costs more than
//! folding them. The bits are those of the general functions; None or false asks for one of those instead.

use crate::dispatch::{Minus, Scale, SmallRow};

/// log(sum(exp(x))): finish(fold(x)).
pub fn logsumexp_small(row: &SmallRow<'_>) -> Option<f64> {
    row.reduce(Minus::Nothing)
}

/// log(mean(exp(x))): finish(fold(x), minus = log n).
pub fn logmeanexp_small(row: &SmallRow<'_>) -> Option<f64> {
    row.reduce(Minus::LogCount)
}

/// exp(x) / sum(exp(x)) into `out`: spread(fold(x), x).
///
/// # Safety
/// As many elements as the row has, of its kind, must be writable at `out`, aligned; `out` is where the row
/// is or does not overlap it.
pub unsafe fn softmax_small(row: &SmallRow<'_>, out: *mut u8) -> bool {
    // SAFETY: handed on.
    unsafe { row.spread(out, Scale::Shares) }
}

/// log(softmax(x)) into `out`: -finish(fold(x), minus = x_i).
///
/// # Safety
/// As [`softmax_small`].
pub unsafe fn log_softmax_small(row: &SmallRow<'_>, out: *mut u8) -> bool {
    // SAFETY: handed on.
    unsafe { row.spread(out, Scale::Logarithms) }
}
