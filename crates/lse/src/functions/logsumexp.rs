//! logsumexp(x) = finish(fold(x)), its mean, and its weighted form.

use crate::dispatch::{Job, Minus, OutOfMemory, reduce, weigh};
use crate::intake::{View, ViewMut};

/// log(sum(exp(x))) of every row: finish(fold(x)).
pub fn logsumexp(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    reduce(job, out, Minus::Nothing)
}

/// log(mean(exp(x))) of every row: finish(fold(x), minus = log n). Masked elements are not counted.
pub fn logmeanexp(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    reduce(job, out, Minus::LogCount)
}

/// log|sum(b exp(x))| of every row and, where asked for, its sign; without, a negative sum is nan.
pub fn logsumexp_weighted(
    job: &Job<'_>,
    weights: &View<'_>,
    out: &ViewMut<'_>,
    sign: Option<&ViewMut<'_>>,
) -> Result<(), OutOfMemory> {
    weigh(job, weights, out, sign)
}
