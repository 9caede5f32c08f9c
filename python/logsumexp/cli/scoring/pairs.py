"""Logits and targets side by side, whole rows at a time, in float64.

A block is small: some copies of it are needed, and a file is read more than once for a fit.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from logsumexp.cli.cutting import BLOCK_BYTES, Box, cut
from logsumexp.cli.files.source import Source
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.refusal import Refusal, system_errors_of
from logsumexp.cli.run import Run
from logsumexp.cli.scoring.targets import IGNORED, Targets, row_name
from logsumexp.cli.scoring.turning import turned
from logsumexp.cli.scoring.weights import Weights

__all__ = ["Block", "Pairs"]

ROOM = BLOCK_BYTES // 8 // 4
"""Numbers in a block: float64, and the logits, their shares and two products at once."""


@dataclass(frozen=True)
class Places:
    """Where the rows of a block are: known only when somebody asks, for that is rare."""

    box: Box
    used: np.ndarray | None

    def name(self, index: int) -> str:
        """How the row `index` of the block is called."""
        inside = index if self.used is None else int(np.flatnonzero(self.used)[index])
        shape = tuple(piece.stop - piece.start for piece in self.box)
        place = np.unravel_index(inside, shape) if shape else ()
        return row_name(
            [piece.start + int(here) for piece, here in zip(self.box, place, strict=True)]
        )


@dataclass(frozen=True)
class Block:
    """Some rows that take part.

    Parameters
    ----------
    x : ndarray of float64, shape (rows, classes)
        Their logits.
    targets : ndarray, shape (rows,) or (rows, classes)
        Their classes, or probabilities.
    places : Places
        Where they are in the file.
    ignored : int
        How many rows between them take no part.
    weights : ndarray of float64, shape (classes,), or None
        What each class counts.
    """

    x: np.ndarray
    targets: np.ndarray
    places: Places
    ignored: int
    weights: np.ndarray | None

    @property
    def counts(self) -> np.ndarray:
        """What each row counts in the mean: the weight of its class, 1 where it has none."""
        if self.weights is None or self.targets.ndim > 1:
            return np.ones(len(self.x))
        return np.asarray(self.weights[self.targets])


class Pairs:
    """The logits of one file and the targets of another.

    Parameters
    ----------
    logits : Source
        The logits.
    axis : int
        The axis of the classes, not negative.
    targets : Targets
        What was right.
    run : Run
        Told of what is read; closes the files in the end.
    weights : Weights, optional
        What each class counts.
    """

    def __init__(
        self,
        logits: Source,
        axis: int,
        targets: Targets,
        run: Run,
        weights: Weights | None = None,
    ) -> None:
        self.logits, self.targets, self.run, self.weights = logits, targets, run, weights
        self.numbers: Windows = logits.numbers
        self.axis, self.source_axis = axis, axis
        # A row is never torn apart, however long.
        self.room = max(ROOM, self.numbers.shape[axis])
        if len(next(self.groups())) > 1:
            with system_errors_of(logits.name):
                self.numbers = turned(self.numbers, axis, self.room, run)
            self.axis = len(self.numbers.shape) - 1

    def groups(self) -> Iterator[list[Box]]:
        """The cut of the logits."""
        return cut(self.numbers.shape, self.numbers.order, (self.axis,), self.room)

    def blocks(self, description: str) -> Iterator[Block]:
        """Go through both files once."""
        shape = self.numbers.shape
        total = math.prod(shape) * self.numbers.dtype.itemsize
        with self.run.bar.phase(description, total) as advance:
            for (box,) in self.groups():
                yield self.block(box)
                advance(self.numbers.bytes_in(box))

    def block(self, box: Box) -> Block:
        """The rows of a box that take part."""
        classes = self.numbers.shape[self.axis]
        rows = box[: self.axis] + box[self.axis + 1 :]
        before = (*rows[: self.source_axis], slice(0, classes), *rows[self.source_axis :])
        x: Any = np.moveaxis(self.numbers.window(box), self.axis, -1)
        x = np.ascontiguousarray(x, np.float64).reshape(-1, classes)
        targets = self.targets.window(before)
        weights = None if self.weights is None else self.weights.numbers
        if self.targets.ignore is None or (used := targets != IGNORED).all():
            return Block(x, targets, Places(rows, None), 0, weights)
        ignored = len(used) - int(np.count_nonzero(used))
        return Block(x[used], targets[used], Places(rows, used), ignored, weights)

    def nothing_left(self, ignored: int) -> Refusal:
        """What is said where no row takes part."""
        if ignored == 0:
            return Refusal(self.logits.name, "has no rows", "check how it was written")
        fact = f"leaves out all {ignored} rows: class {self.targets.ignore} is --ignore-index"
        return Refusal(self.targets.source.name, fact, "choose another --ignore-index")
