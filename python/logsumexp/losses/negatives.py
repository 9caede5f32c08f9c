"""What the embeddings of other labels weigh for an anchor: all of them, or the nearest one.

Both kinds fold `gaps`, margin - D with -inf at equal labels, and answer J for pairs of anchors.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from logsumexp._rust import State, restore_state

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


class Negatives(Protocol):
    """One summary per anchor."""

    def fold(self, rows: slice, gaps: Array) -> None:
        """Take in the gaps of some anchors, shape (rows, n)."""

    def losses(self, i: Array, j: Array, apart: Array) -> Array:
        """J of pairs of anchors that lie `apart`."""

    def share(self, i: Array, j: Array, slope: Array, push: Array) -> None:
        """Add the slope of J to the two anchors, according to what each has in it."""

    def spread(self, rows: slice, gaps: Array) -> Array:
        """The share of each gap in what its anchor has."""


class Smooth:
    """All of them: S_i = fold(gaps), J = finish(merge(S_i, S_j), minus=-D)."""

    def __init__(self, count: int) -> None:
        self.numbers = np.zeros((count, 4))

    def fold(self, rows: slice, gaps: Array) -> None:
        """Keep the states of some anchors as plain numbers, to pick from."""
        self.numbers[rows] = State.fold(gaps, axis=1).__reduce__()[1][-1]

    def losses(self, i: Array, j: Array, apart: Array) -> Array:
        """The finished merge; never below the largest term, whatever the last bit."""
        hardest = np.maximum(self.numbers[i, 0], self.numbers[j, 0]) + apart
        found: Array = np.maximum((self._states(i) | self._states(j)).finish(-apart), hardest)
        return found

    def share(self, i: Array, j: Array, slope: Array, push: Array) -> None:
        """Each anchor by its part of the merged mass."""
        both = self._states(i) | self._states(j)
        for anchor in (i, j):
            part = np.exp(-both.finish(self._states(anchor).finish()))
            push += np.bincount(anchor, slope * part, len(push))

    def spread(self, rows: slice, gaps: Array) -> Array:
        """Shares in the states of the anchors."""
        shares: Array = self._states(rows, (2, (1,))).spread(gaps)
        return shares

    def _states(self, which: Any, rows: tuple[int, tuple[int, ...]] | None = None) -> State:
        numbers = self.numbers[which]
        return restore_state((len(numbers),), np.dtype(np.float64), rows, False, numbers)


class Hardest:
    """The nearest one, the first of several: J = max(S_i, S_j) + D."""

    def __init__(self, count: int) -> None:
        self.best = np.zeros(count)
        self.at = np.zeros(count, np.intp)

    def fold(self, rows: slice, gaps: Array) -> None:
        """Keep the largest gap of some anchors, and where it is."""
        at = gaps.argmax(axis=1)
        self.at[rows] = at
        self.best[rows] = gaps[np.arange(len(gaps)), at]

    def losses(self, i: Array, j: Array, apart: Array) -> Array:
        """The larger of the two."""
        return np.maximum(self.best[i], self.best[j]) + apart

    def share(self, i: Array, j: Array, slope: Array, push: Array) -> None:
        """The anchor with the larger gap takes it all; the first, if they are equal."""
        anchor = np.where(self.best[i] >= self.best[j], i, j)
        push += np.bincount(anchor, slope, len(push))

    def spread(self, rows: slice, gaps: Array) -> Array:
        """All of it at the largest gap."""
        shares = np.zeros_like(gaps)
        shares[np.arange(len(gaps)), self.at[rows]] = 1.0
        return shares
