//! cross_entropy(x, t) = finish(fold(x), minus = x[t]); gradient: spread, and at t minus the share of the others.

use crate::dispatch::loss;
use crate::dispatch::{CrossEntropy, LossError};
use crate::intake::{View, ViewMut};

/// The loss of all rows as one number, nan where they are not reduced; one loss a row into `losses`; the
/// gradient of the reduced loss into `gradient`, which may be exactly the logits.
///
/// Nothing is written if a target is out of range.
pub fn cross_entropy(
    question: &CrossEntropy<'_>,
    losses: Option<&ViewMut<'_>>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<f64, LossError> {
    loss::cross_entropy(question, losses, gradient)
}

/// The second derivative of the reduced loss, times a vector of the shape of the logits.
pub fn cross_entropy_hvp(
    question: &CrossEntropy<'_>,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), LossError> {
    loss::cross_entropy_product(question, vector, out)
}
