"""Our own function on the input of a cell: a contestant as any other."""

from collections.abc import Callable
from functools import partial
from typing import Any

import logsumexp as lse
from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals import arrays

__all__ = ["answer", "contestant"]

answer = arrays


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any]:
    """The function of the cell's name, with the keywords of its form."""
    function: Any = getattr(lse, cell.function)
    keywords = dict(given.keywords)
    if given.out is not None:
        keywords["out"] = given.out
    if given.targets is None:
        return partial(function, given.x, axis=cell.axis, **keywords)
    if cell.grad:
        keywords["return_grad"] = True
    if cell.function == "cross_entropy":
        keywords["axis"] = cell.axis
    if cell.reduction != "mean":
        keywords["reduction"] = cell.reduction
    return partial(function, given.x, given.targets, **keywords)
