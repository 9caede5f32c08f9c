"""The textbook formula, as people write it: right until exp overflows or everything underflows."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["answer", "contestant"]

answer = np.asarray


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any]:
    """The function of the cell; it has no `out=` that would save a temporary."""
    return partial(_FORMULAS[cell.function], given.x, cell.axis)


def _logsumexp(x: NDArray[Any], axis: int) -> Any:
    return np.log(np.sum(np.exp(x), axis=axis))


def _softmax(x: NDArray[Any], axis: int) -> Any:
    shares = np.exp(x)
    return shares / np.sum(shares, axis=axis, keepdims=True)


def _log_softmax(x: NDArray[Any], axis: int) -> Any:
    return x - np.log(np.sum(np.exp(x), axis=axis, keepdims=True))


_FORMULAS = {"logsumexp": _logsumexp, "softmax": _softmax, "log_softmax": _log_softmax}
