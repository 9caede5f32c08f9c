"""scipy.special, whose signature ours is."""

from collections.abc import Callable
from functools import partial
from typing import Any

from scipy import special

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals import arrays
from logsumexp.bench.rivals.by_hand import cross_entropy, logistic_loss

__all__ = ["answer", "contestant"]

answer = arrays


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """The function of the same name, or a loss made of its functions; it has no `out=`."""
    if cell.function == "cross_entropy":
        return cross_entropy(cell, given, special.logsumexp, special.softmax)
    if cell.function == "logistic_loss":
        return logistic_loss(cell, given, lambda x: -special.log_expit(-x), special.expit)
    function = getattr(special, cell.function, None)
    return None if function is None else partial(function, given.x, axis=cell.axis)
