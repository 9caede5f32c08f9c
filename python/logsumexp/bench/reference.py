"""Exact answers for a sample of rows, and errors in ulp.

The standard library's decimal arithmetic, at 40 digits, on the very floats passed in:

    total = sum of w_i e^(x_i/t - m),  m = max x_i/t
    logsumexp = t (m + ln total),  softmax_i = e^(x_i/t - m) / total,  log_softmax_i = x_i/t - m - ln total

One exp takes about 10 us, so only a few rows are sampled: the first, the last, and some between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["Exact", "Sample", "exact", "sample", "ulps"]

DIGITS = 40
SAMPLED_TERMS = 20_000  # exponentials computed for one cell, if one row does not need more
SAMPLED_ELEMENTS = 64  # results compared per row, for functions that answer with a row

# Fraction bits and least exponent of a normal number.
_FORMATS = {
    "float16": (10, -14),
    "bfloat16": (7, -126),
    "float32": (23, -126),
    "float64": (52, -1022),
}


@dataclass(frozen=True)
class Exact:
    """The right answers at some positions of the result, flattened in C order."""

    positions: NDArray[np.intp]
    values: Sequence[Decimal]


def sample(cell: Cell, given: Inputs) -> "Sample":
    """Work out some rows of a cell; every function of the same rows can be asked of them."""
    x = np.moveaxis(given.x, cell.axis, -1)
    count = cell.elements // cell.length
    chosen = np.linspace(0, count - 1, max(1, min(count, SAMPLED_TERMS // cell.length)))
    rows = {}
    with localcontext(Context(prec=DIGITS)):
        for number in np.unique(chosen.astype(np.intp)).tolist():
            place = np.unravel_index(number, x.shape[:-1])
            rows[number] = _Row(x[place], _bent(given, cell, place))
    return rows


def exact(cell: Cell, rows: "Sample") -> Exact:
    """The sampled answers of a cell's function."""
    positions: list[int] = []
    values: list[Decimal] = []
    with localcontext(Context(prec=DIGITS)):
        if cell.function == "logsumexp":
            return Exact(np.array(list(rows)), [row.logsumexp() for row in rows.values()])
        order = np.moveaxis(np.arange(cell.elements).reshape(cell.shape), cell.axis, -1)
        order = order.reshape(-1, cell.length)
        kept = np.linspace(0, cell.length - 1, min(cell.length, SAMPLED_ELEMENTS))
        for number, row in rows.items():
            for i in kept.astype(np.intp).tolist():
                positions.append(int(order[number, i]))
                values.append(row.softmax(i) if cell.function == "softmax" else row.log_softmax(i))
    return Exact(np.array(positions), values)


def _bent(given: Inputs, cell: Cell, place: Any) -> dict[str, Any]:
    """The keywords of one row."""
    return {
        name: np.moveaxis(value, cell.axis, -1)[place] if isinstance(value, np.ndarray) else value
        for name, value in given.keywords.items()
    }


class _Row:
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
        return self.temperature * (self.max + self.total.ln())

    def softmax(self, i: int) -> Decimal:
        return self.shares[i] / self.total

    def log_softmax(self, i: int) -> Decimal:
        return self.x[i] - self.max - self.total.ln()


def ulps(result: NDArray[Any], answers: Exact, dtype: str) -> float:
    """The worst error of the sampled results in units in the last place of `dtype`; inf if not finite."""
    fraction, least = _FORMATS[dtype]
    worst = 0.0
    flat = result.reshape(-1)[answers.positions].astype(np.float64).tolist()
    with localcontext(Context(prec=DIGITS)):
        for got, wanted in zip(flat, answers.values, strict=True):
            if not np.isfinite(got):
                return float("inf")
            exponent = max(int(np.frexp(float(wanted))[1]) - 1, least)
            unit = Decimal(2) ** (exponent - fraction)
            worst = max(worst, float(abs(Decimal(got) - wanted) / unit))
    return worst


Sample = dict[int, _Row]
