"""Exact answers for a sample of rows.

The standard library's decimal arithmetic, at 40 digits, on the very floats passed in:

    total = sum of w_i e^(x_i/t - m),  m = max x_i/t
    logsumexp = t (m + ln total),  softmax_i = e^(x_i/t - m) / total,  log_softmax_i = x_i/t - m - ln total

One exp takes about 10 us, so only a few rows are sampled: the first, the last, and some between.
"""

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.reference.ulp import DIGITS, Exact

__all__ = ["Row", "Rows"]

SAMPLED_TERMS = 20_000  # exponentials computed for one cell, if one row does not need more
SAMPLED_ELEMENTS = 64  # results compared per row, for functions that answer with a row


class Rows:
    """Some rows of a cell, worked out; every function of the same rows can be asked of them."""

    def __init__(self, cell: Cell, given: Inputs) -> None:
        x = np.moveaxis(given.x, cell.axis, -1)
        count = cell.elements // cell.length
        chosen = np.linspace(0, count - 1, max(1, min(count, SAMPLED_TERMS // cell.length)))
        self.rows = {}
        with localcontext(Context(prec=DIGITS)):
            for number in np.unique(chosen.astype(np.intp)).tolist():
                place = np.unravel_index(number, x.shape[:-1])
                self.rows[number] = Row(x[place], _bent(given, cell, place))

    def answers(self, cell: Cell) -> tuple[Exact, ...]:
        """The sampled answers of a cell's function: its only part."""
        with localcontext(Context(prec=DIGITS)):
            if cell.function == "logsumexp":
                values = [row.logsumexp() for row in self.rows.values()]
                return (Exact(np.array(list(self.rows)), values),)
            answer = Row.softmax if cell.function == "softmax" else Row.log_softmax
            return (Exact(*self.elements(cell, lambda number, row, i: answer(row, i))),)

    def elements(
        self, cell: Cell, answer: Callable[[int, "Row", int], Decimal], also: Any = None
    ) -> tuple[NDArray[np.intp], list[Decimal]]:
        """Positions and answers of some elements of every row, and of element `also[row]`."""
        order = np.moveaxis(np.arange(cell.elements).reshape(cell.shape), cell.axis, -1)
        order = order.reshape(-1, cell.length)
        kept = np.linspace(0, cell.length - 1, min(cell.length, SAMPLED_ELEMENTS))
        positions: list[int] = []
        values: list[Decimal] = []
        for number, row in self.rows.items():
            chosen = set(kept.astype(np.intp).tolist())
            for i in sorted(chosen if also is None else chosen | {int(also[number])}):
                positions.append(int(order[number, i]))
                values.append(answer(number, row, i))
        return np.array(positions), values


def _bent(given: Inputs, cell: Cell, place: Any) -> dict[str, Any]:
    """The keywords of one row."""
    return {
        name: np.moveaxis(value, cell.axis, -1)[place] if isinstance(value, np.ndarray) else value
        for name, value in given.keywords.items()
    }


class Row:
    """One row in exact arithmetic."""

    def __init__(self, x: NDArray[Any], keywords: dict[str, Any]) -> None:
        self.temperature = Decimal(float(keywords.get("temperature", 1)))
        self.x = [Decimal(float(value)) / self.temperature for value in x]
        weights = keywords.get("b", keywords.get("where", np.ones(len(x))))
        self.max = max(value for value, weight in zip(self.x, weights, strict=True) if weight)
        self.shares = [
            Decimal(float(weight)) * (value - self.max).exp() if weight else Decimal(0)
            for value, weight in zip(self.x, weights, strict=True)
        ]
        self.total = sum(self.shares, Decimal(0))

    def logsumexp(self) -> Decimal:
        """The answer of the row."""
        return self.temperature * (self.max + self.total.ln())

    def softmax(self, i: int) -> Decimal:
        """The share of an element."""
        return self.shares[i] / self.total

    def log_softmax(self, i: int) -> Decimal:
        """Its logarithm."""
        return self.x[i] - self.max - self.total.ln()
