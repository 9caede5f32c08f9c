//! logistic loss = z finish(merge(one(0), one(-x))) + (1 - z) finish(merge(one(0), one(x))).

use crate::dispatch::{self, OutOfMemory};
use crate::intake::{View, ViewMut};

pub use crate::dispatch::Pairs;

/// The sum or the mean of the losses; the losses themselves, and the gradient of that sum or mean, where
/// wanted. The gradient may be written over the logits.
pub fn logistic(
    pairs: &Pairs<'_>,
    mean: bool,
    losses: Option<&ViewMut<'_>>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<f64, OutOfMemory> {
    dispatch::logistic(pairs, mean, losses, gradient)
}

/// The Hessian of the sum or the mean, which is diagonal, times `vector`.
pub fn logistic_hvp(
    pairs: &Pairs<'_>,
    mean: bool,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), OutOfMemory> {
    dispatch::logistic_hvp(pairs, mean, vector, out)
}
