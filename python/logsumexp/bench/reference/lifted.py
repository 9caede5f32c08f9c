"""The lifted structured loss, exactly: of every pair, and the gradient of some embeddings.

    Z_ij = sum_k e^(1 - D_ik) + sum_l e^(1 - D_jl),  J_ij = ln Z_ij + D_ij
    loss = sum_P max(0, J_ij)^2 / (2 |P|)

What an anchor i pushes others away with is the sum of max(0, J) / (Z |P|) over its pairs; between two
labels, dloss / dD_ik = -(push_i + push_k) e^(1 - D_ik).
"""

from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.reference.ulp import DIGITS, Exact

__all__ = ["Lifted"]

SAMPLED = 4  # embeddings whose gradient is compared


class Lifted:
    """Loss and sampled gradient; the margin is 1."""

    def __init__(self, cell: Cell, given: Inputs) -> None:
        with localcontext(Context(prec=DIGITS)):
            points = [[Decimal(float(value)) for value in row] for row in given.x]
            self._work_out(points, given.wanted.tolist())

    def _work_out(self, points: list[list[Decimal]], labels: list[int]) -> None:
        everyone = range(len(points))
        apart = [[Decimal(0) for _ in everyone] for _ in everyone]
        for i in everyone:
            for k in range(i):
                squares = ((a - b) ** 2 for a, b in zip(points[i], points[k], strict=True))
                apart[i][k] = apart[k][i] = sum(squares, Decimal(0)).sqrt()
        pulls = {
            (i, k): (1 - apart[i][k]).exp()
            for i in everyone
            for k in everyone
            if labels[i] != labels[k]
        }
        masses = [
            sum((pulls.get((i, k), Decimal(0)) for k in everyone), Decimal(0)) for i in everyone
        ]
        pairs = [(i, j) for j in everyone for i in range(j) if labels[i] == labels[j]]
        self.loss = Decimal(0)
        slopes: dict[tuple[int, int], Decimal] = {}
        push = [Decimal(0) for _ in everyone]
        for i, j in pairs:
            mass = masses[i] + masses[j]
            loss = max(Decimal(0), mass.ln() + apart[i][j])
            self.loss += loss**2 / (2 * len(pairs))
            slopes[i, j] = slopes[j, i] = loss / len(pairs)
            for anchor in (i, j):
                push[anchor] += loss / len(pairs) / mass
        self.width = len(points[0])
        self.gradient: dict[int, list[Decimal]] = {}
        for i in np.unique(np.linspace(0, len(points) - 1, SAMPLED).astype(int)).tolist():
            total = [Decimal(0)] * self.width
            for k in everyone:
                if k == i:
                    continue
                slope = slopes.get((i, k), -(push[i] + push[k]) * pulls.get((i, k), Decimal(0)))
                for place in range(self.width):
                    total[place] += slope * (points[i][place] - points[k][place]) / apart[i][k]
            self.gradient[i] = total

    def answers(self, cell: Cell) -> tuple[Exact, ...]:
        """The loss and the gradient of some embeddings."""
        loss = Exact.number(self.loss)
        if not cell.grad:
            return (loss,)
        positions = [i * self.width + place for i in self.gradient for place in range(self.width)]
        values: list[Any] = [value for row in self.gradient.values() for value in row]
        return loss, Exact.gradient(positions, values)
