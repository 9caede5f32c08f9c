"""Losses as they are written by hand around the functions of an array library that has none.

cross-entropy   logsumexp(x) - x_t      its gradient: softmax(x), less 1 at t
                logsumexp(x) - sum q x  its gradient: softmax(x) - q
logistic loss   softplus(x) - z x       its gradient: sigmoid(x) - z
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["cross_entropy", "logistic_loss"]


def cross_entropy(
    cell: Cell, given: Inputs, logsumexp: Callable[..., Any], softmax: Callable[..., Any]
) -> Callable[[], Any] | None:
    """Rows along the last axis of a matrix."""
    if len(cell.shape) != 2 or cell.axis != -1:
        return None
    x, targets, smoothing = given.x, given.wanted, given.smoothing
    rows = np.arange(len(x))

    def wanted() -> Any:
        if targets.ndim == x.ndim:
            return np.einsum("ij,ij->i", x, targets)
        found = x[rows, targets]
        return (1 - smoothing) * found + smoothing * np.mean(x, axis=-1) if smoothing else found

    def losses() -> Any:
        found = logsumexp(x, axis=-1) - wanted()
        return np.mean(found) if cell.reduction == "mean" else found

    def both() -> tuple[Any, Any]:
        gradient = softmax(x, axis=-1)
        if targets.ndim == x.ndim:
            gradient -= targets
        else:
            gradient[rows, targets] -= 1 - smoothing
            if smoothing:
                gradient -= smoothing / x.shape[-1]
        gradient /= len(x)
        return losses(), gradient

    return both if cell.grad else losses


def logistic_loss(
    cell: Cell, given: Inputs, softplus: Callable[..., Any], sigmoid: Callable[..., Any]
) -> Callable[[], Any]:
    """Any shape."""
    x, targets = given.x, given.wanted

    def losses() -> Any:
        found = softplus(x) - x * targets
        return np.mean(found) if cell.reduction == "mean" else found

    def both() -> tuple[Any, Any]:
        gradient = sigmoid(x)
        gradient -= targets
        gradient /= x.size
        return losses(), gradient

    return both if cell.grad else losses
