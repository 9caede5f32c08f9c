"""Exact losses and gradients, for a sample of rows, and the mean over all of them.

    cross-entropy   l = -sum of q_k log_softmax_k
                    dl/dx_i = (softmax_i (Q - q_i) - q_i (1 - softmax_i)) / temperature,  Q = sum of q
    logistic        l = ln(1 + e^x) - z x     dl/dx = 1 / (1 + e^-x) - z

The mean needs every row: it is computed in NumPy, in the next wider type, a block at a time. Of float32
that leaves 1e-8 of an ulp, of float64 a few hundredths where long double is wider, and half an ulp elsewhere.
"""

from collections.abc import Callable
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.reference.rows import Rows
from logsumexp.bench.reference.ulp import DIGITS, Exact

__all__ = ["CrossEntropy", "Logistic"]

BLOCK = 1 << 18  # elements at a time: they stay in the cache
SAMPLED = 1000  # elements of the logistic loss


class CrossEntropy(Rows):
    """Some rows, their targets, and the mean loss of all."""

    def __init__(self, cell: Cell, given: Inputs) -> None:
        super().__init__(cell, given)
        self.count, self.length = cell.elements // cell.length, cell.length
        x = np.moveaxis(given.x, cell.axis, -1).reshape(-1, cell.length)
        self.targets, self.smoothing = given.wanted, given.smoothing
        if self.targets.size == cell.elements:
            self.targets = np.moveaxis(self.targets, cell.axis, -1).reshape(x.shape)
        else:
            self.targets = self.targets.reshape(-1)
        temperature = given.keywords.get("temperature", 1.0)

        def losses(part: slice) -> NDArray[Any]:
            block = x[part].astype(_wide(cell)) / temperature
            block -= np.max(block, axis=-1, keepdims=True)
            logs = np.log(np.sum(np.exp(block), axis=-1))
            targets = self.targets[part]
            if targets.ndim == 2:
                found: NDArray[Any] = np.sum(targets * (logs[:, None] - block), axis=-1)
                return found
            found = logs - np.take_along_axis(block, targets[:, None], axis=-1)[:, 0]
            if self.smoothing:
                others = logs - np.mean(block, axis=-1)
                kept = _wide(cell)(1) - self.smoothing
                found = kept * found + self.smoothing * others
            return found

        self.mean = _mean(losses, self.count, max(1, BLOCK // cell.length))

    def answers(self, cell: Cell) -> tuple[Exact, ...]:
        """The mean, and the gradient or the losses of the sampled rows."""
        mean = Exact.number(self.mean)
        with localcontext(Context(prec=DIGITS)):
            if cell.grad:
                # The element that a loss is about loses most digits: it is among the sample.
                also = self.targets if self.targets.ndim == 1 else None
                return mean, Exact.gradient(*self.elements(cell, self._slope, also))
            losses = [self._loss(number, row) for number, row in self.rows.items()]
            return mean, Exact(np.array(list(self.rows)), losses)

    def _counts(self, number: int) -> list[Decimal]:
        """What each class of a row counts."""
        target, smoothing = self.targets[number], Decimal(self.smoothing)
        if self.targets.ndim == 2:
            return [Decimal(float(q)) for q in target]
        counts = [smoothing / self.length] * self.length
        counts[target] += 1 - smoothing
        return counts

    def _loss(self, number: int, row: Any) -> Decimal:
        counts = enumerate(self._counts(number))
        terms = (-count * row.log_softmax(k) for k, count in counts if count)
        return sum(terms, Decimal(0))

    def _slope(self, number: int, row: Any, i: int) -> Decimal:
        counts = self._counts(number)
        slope = row.softmax(i) * (sum(counts, Decimal(0)) - counts[i])
        if counts[i]:
            others = (share for k, share in enumerate(row.shares) if k != i)
            slope -= counts[i] * sum(others, Decimal(0)) / row.total
        return slope / row.temperature / self.count  # type: ignore[no-any-return]


class Logistic:
    """Some elements, and the mean loss of all."""

    def __init__(self, cell: Cell, given: Inputs) -> None:
        x, z = given.x.reshape(-1), given.wanted.reshape(-1)
        self.count = cell.elements
        chosen = np.linspace(0, self.count - 1, min(self.count, SAMPLED)).astype(np.intp)
        self.positions = np.unique(chosen)
        self.pairs = [(Decimal(float(x[i])), Decimal(float(z[i]))) for i in self.positions]

        def losses(part: slice) -> NDArray[Any]:
            block, wanted = x[part].astype(_wide(cell)), z[part]
            small = np.log1p(np.exp(-np.abs(block)))
            found: NDArray[Any] = np.maximum(block, 0) - block * wanted + small
            return found

        self.mean = _mean(losses, self.count, BLOCK)

    def answers(self, cell: Cell) -> tuple[Exact, ...]:
        """The mean, and the gradient or the losses of the sampled elements."""
        mean = Exact.number(self.mean)
        with localcontext(Context(prec=DIGITS)):
            if cell.grad:
                slopes = [(1 / (1 + (-x).exp()) - z) / self.count for x, z in self.pairs]
                return mean, Exact.gradient(self.positions.tolist(), slopes)
            return mean, Exact(self.positions, [(1 + x.exp()).ln() - z * x for x, z in self.pairs])


def _wide(cell: Cell) -> type[np.floating[Any]]:
    return np.longdouble if cell.dtype == "float64" else np.float64


def _mean(losses: Callable[[slice], NDArray[Any]], count: int, step: int) -> Decimal:
    """The mean of all losses; the sums of the blocks are added exactly."""
    with localcontext(Context(prec=DIGITS)):
        blocks = (slice(start, start + step) for start in range(0, count, step))
        return sum((Decimal(str(np.sum(losses(block)))) for block in blocks), Decimal(0)) / count
