//! softmax(x) = spread(fold(x), x);  log_softmax(x)_i = -finish(fold(x), minus = x_i).

use crate::dispatch::{Job, OutOfMemory, Scale, spread};
use crate::intake::ViewMut;

/// exp(x) / sum(exp(x)) along the rows: spread(fold(x), x).
pub fn softmax(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    spread(job, out, Scale::Shares)
}

/// log(softmax(x)), never through the softmax: -finish(fold(x), minus = x_i).
pub fn log_softmax(job: &Job<'_>, out: &ViewMut<'_>) -> Result<(), OutOfMemory> {
    spread(job, out, Scale::Logarithms)
}
