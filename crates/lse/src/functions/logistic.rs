//! logistic loss = z finish(merge(one(0), one(-x))) + (1 - z) finish(merge(one(0), one(x))).

use crate::dispatch::{self, OutOfMemory, Reduction, store};
use crate::intake::{View, ViewMut};

pub use crate::dispatch::Pairs;

/// The loss of all elements, one number, into `loss`, or one of each element where they are not reduced; the gradient
/// of that where wanted, which may be written over the logits.
pub fn logistic(
    pairs: &Pairs<'_>,
    reduction: Reduction,
    loss: &ViewMut<'_>,
    gradient: Option<&ViewMut<'_>>,
) -> Result<(), OutOfMemory> {
    if reduction == Reduction::None {
        dispatch::logistic(pairs, false, Some(loss), gradient)?;
    } else {
        let total = dispatch::logistic(pairs, reduction.is_mean(), None, gradient)?;
        store(loss, 0, total);
    }
    Ok(())
}

/// The Hessian of the sum or the mean, which is diagonal, times `vector`.
pub fn logistic_hvp(
    pairs: &Pairs<'_>,
    reduction: Reduction,
    vector: &View<'_>,
    out: &ViewMut<'_>,
) -> Result<(), OutOfMemory> {
    dispatch::logistic_hvp(pairs, reduction.is_mean(), vector, out)
}
