//! cross_entropy(x, t) = finish(fold(x), minus = x[t]); gradient: spread, and at t minus the share of the others.

use crate::dispatch::loss;
use crate::dispatch::{CrossEntropy, LossError, Reduction, store};
use crate::intake::{View, ViewMut};

/// The loss of all rows, one number, into `loss`, or one of each row where they are not reduced; the gradient of that
/// into `gradient`, which may be exactly the logits.
///
/// Nothing is written if a target is out of range.
pub fn cross_entropy(
    question: &CrossEntropy<'_>,
    loss: &ViewMut<'_>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<(), LossError> {
    if question.reduction == Reduction::None {
        loss::cross_entropy(question, Some(loss), gradient)?;
    } else {
        store(loss, 0, loss::cross_entropy(question, None, gradient)?);
    }
    Ok(())
}

/// The second derivative of the reduced loss, times a vector of the shape of the logits.
pub fn cross_entropy_hvp(
    question: &CrossEntropy<'_>,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), LossError> {
    loss::cross_entropy_product(question, vector, out)
}
