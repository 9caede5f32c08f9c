"""numpy.logaddexp.reduce: stable, one exp and one log per element, one after the other."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["answer", "contestant"]

MOST_ELEMENTS = 10_000_000  # about 10 ns each: beyond this it would only hold the others up

answer = np.asarray


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """Only logsumexp is a reduction."""
    if cell.function != "logsumexp" or cell.elements > MOST_ELEMENTS:
        return None
    return partial(np.logaddexp.reduce, given.x, axis=cell.axis)
