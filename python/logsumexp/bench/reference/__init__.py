"""Exact answers for a sample of what a cell computes, and errors in ulp.

:func:`known` works out once what cells on the same input share; :func:`answers` asks it for the parts of
a cell's result: one array, or a loss with its gradient, or a loss with the losses of single rows.
"""

from typing import Any

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.reference import lifted, losses, rows
from logsumexp.bench.reference.ulp import Exact, far_off, ulps

__all__ = ["Exact", "answers", "far_off", "known", "ulps"]

# What is not here is a function of rows.
_OTHERS: dict[str, Any] = {
    "cross_entropy": losses.CrossEntropy,
    "logistic_loss": losses.Logistic,
    "lifted_structured_loss": lifted.Lifted,
}


def known(cell: Cell, given: Inputs) -> Any:
    """What :func:`answers` needs to know of an input, whichever of its cells asks."""
    return _OTHERS.get(cell.function, rows.Rows)(cell, given)


def answers(cell: Cell, about: Any) -> tuple[Exact, ...]:
    """The sampled answers of a cell, one for each part of its result."""
    found: tuple[Exact, ...] = about.answers(cell)
    return found
