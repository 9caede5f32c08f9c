"""Euclidean distances between all rows, a block of rows at a time.

    |a - b|^2 = |a|^2 + |b|^2 - 2 a.b

The products are NumPy's. Where the left side is small against the right, most digits cancel:
those pairs are computed again from their differences. The rows are centred first, which leaves fewer
of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


ELEMENTS = 1 << 20
"""Numbers in a block: 8 MiB of float64, whatever the number of rows."""

NEAR = 1e-4
"""Below this part of the norms a squared distance is computed from differences."""

SPARSE = 16
"""From one weight in this many on, a matrix product is quicker than differences."""


class Distances:
    """Blocks of the matrix of distances between the rows of `points`, float64 of shape (n, d)."""

    def __init__(self, points: Array) -> None:
        self.points = points - points.mean(axis=0)
        self.squares = np.einsum("ij,ij->i", self.points, self.points)
        count = len(points)
        self.height = max(1, min(count, ELEMENTS // count))
        self._kept: tuple[Array, Array] | None = None

    def blocks(self) -> Iterator[tuple[slice, Array, Array]]:
        """Rows, their distances to all others, and which of those were computed from differences."""
        count = len(self.points)
        for start in range(0, count, self.height):
            rows = slice(start, min(start + self.height, count))
            if self._kept is None or self.height < count:
                self._kept = self._block(rows)
            yield rows, *self._kept

    def _block(self, rows: slice) -> tuple[Array, Array]:
        block = self.points[rows] @ self.points.T
        block *= -2
        norms = self.squares[rows, None] + self.squares
        block += norms
        norms *= NEAR
        near = block < norms
        np.sqrt(np.maximum(block, 0, out=block), out=block)
        i, k = np.nonzero(near)
        for part in self.parts(len(i)):
            gaps = self.gaps(i[part] + rows.start, k[part])
            block[i[part], k[part]] = lengths(gaps)
        return block, near

    def attract(self, rows: slice, weights: Array, near: Array, out: Array) -> None:
        """Add weight_ik (x_i - x_k) to out_i, for i in `rows` and all k, and take it from out_k.

        What was computed from differences is so here too, and so are few weights. `weights` is used up.
        """
        single = weights != 0
        dense = SPARSE * np.count_nonzero(single) > weights.size
        if dense:
            single &= near
        i, k = np.nonzero(single)
        singles = weights[i, k]
        if dense:
            weights[i, k] = 0
            own = self.points[rows]
            out[rows] += weights.sum(axis=1)[:, None] * own - weights @ self.points
            out -= weights.T @ own - weights.sum(axis=0)[:, None] * self.points
        i += rows.start
        for part in self.parts(len(i)):
            steps = singles[part, None] * self.gaps(i[part], k[part])
            np.add.at(out, i[part], steps)
            np.subtract.at(out, k[part], steps)

    def parts(self, count: int) -> Iterator[slice]:
        """Cut that many pairs so that their differences fill no more than a block."""
        step = max(1, ELEMENTS // max(1, self.points.shape[1]))
        for start in range(0, count, step):
            yield slice(start, start + step)

    def gaps(self, i: Array, k: Array) -> Array:
        """The differences of pairs of rows."""
        gaps: Array = self.points[i] - self.points[k]
        return gaps


def lengths(gaps: Array) -> Array:
    """The length of each row; neither tiny nor huge numbers are lost by squaring."""
    largest = np.abs(gaps).max(axis=1, initial=0.0)
    scale = np.where(largest > 0, largest, 1.0)
    scaled = gaps / scale[:, None]
    size: Array = largest * np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    return size
