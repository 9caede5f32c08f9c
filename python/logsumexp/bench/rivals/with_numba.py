"""Numba: the stable loop that one would write by hand, compiled, rows shared out among threads."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["answer", "contestant"]

answer = np.asarray


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """Rows along the last axis of a matrix only."""
    if len(cell.shape) != 2 or cell.axis != -1 or given.targets is not None:
        return None
    numba.set_num_threads(threads)
    if cell.function == "logsumexp":
        return partial(_logsumexp, given.x)
    kernel = _softmax if cell.function == "softmax" else _log_softmax
    if given.out is None:
        return lambda: kernel(given.x, np.empty_like(given.x))
    return partial(kernel, given.x, given.out)


@numba.njit(parallel=True)
def _logsumexp(x: NDArray[Any]) -> NDArray[Any]:
    result = np.empty(x.shape[0], x.dtype)
    for i in numba.prange(x.shape[0]):
        top = x[i].max()
        total = 0.0
        for j in range(x.shape[1]):
            total += np.exp(x[i, j] - top)
        result[i] = top + np.log(total)
    return result


@numba.njit(parallel=True)
def _softmax(x: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    for i in numba.prange(x.shape[0]):
        top = x[i].max()
        total = 0.0
        for j in range(x.shape[1]):
            out[i, j] = np.exp(x[i, j] - top)
            total += out[i, j]
        for j in range(x.shape[1]):
            out[i, j] /= total
    return out


@numba.njit(parallel=True)
def _log_softmax(x: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    for i in numba.prange(x.shape[0]):
        top = x[i].max()
        total = 0.0
        for j in range(x.shape[1]):
            total += np.exp(x[i, j] - top)
        log_total = np.log(total)
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] - top - log_total
    return out
