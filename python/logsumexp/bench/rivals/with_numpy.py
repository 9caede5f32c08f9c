"""The textbook formula, as people write it: right until exp overflows or everything underflows."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals import arrays
from logsumexp.bench.rivals.by_hand import cross_entropy, logistic_loss

__all__ = ["answer", "contestant"]

answer = arrays


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """The function of the cell; it has no `out=` that would save a temporary."""
    if cell.function == "cross_entropy":
        return cross_entropy(cell, given, _logsumexp, _softmax)
    if cell.function == "logistic_loss":
        return logistic_loss(cell, given, _softplus, _sigmoid)
    formula = _FORMULAS.get(cell.function)
    return None if formula is None else partial(formula, given.x, cell.axis)


def _logsumexp(x: NDArray[Any], axis: int) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis))


def _softmax(x: NDArray[Any], axis: int) -> Any:
    shares = np.exp(x)
    return shares / np.sum(shares, axis=axis, keepdims=True)


def _log_softmax(x: NDArray[Any], axis: int) -> Any:
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


def _softplus(x: NDArray[Any]) -> Any:
    return np.log(1 + np.exp(x))


def _sigmoid(x: NDArray[Any]) -> Any:
    return 1 / (1 + np.exp(-x))


_FORMULAS = {"logsumexp": _logsumexp, "softmax": _softmax, "log_softmax": _log_softmax}
