"""Losses as they are written by hand around the functions of an array library that has none.

cross-entropy   logsumexp(x) - x_t      its gradient: softmax(x), less 1 at t
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
    x, targets = given.x, given.wanted
    rows = np.arange(len(x))

    def losses() -> Any:
        found = logsumexp(x, axis=-1) - x[rows, targets]
        return np.mean(found) if cell.reduction == "mean" else found

    def both() -> tuple[Any, Any]:
        gradient = softmax(x, axis=-1)
        gradient[rows, targets] -= 1
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
