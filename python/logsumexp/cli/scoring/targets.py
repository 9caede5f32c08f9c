"""What was right: one class a row, or a probability for every class; the shape tells which.

    the shape of the rows, axes of length 1 aside     classes
    the shape of the logits                           probabilities

The type does not tell, because a text knows no integers: 3.0 is the class 3.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from logsumexp.cli.cutting import Box
from logsumexp.cli.files.source import Source
from logsumexp.cli.files.windows import row_blocks
from logsumexp.cli.progress import Bar
from logsumexp.cli.refusal import Refusal

__all__ = ["IGNORED", "Targets", "row_name"]

IGNORED = -1
"""What every ignored row has for a class, whatever the user calls it."""


@dataclass(frozen=True)
class Targets:
    """The targets of some logits.

    Parameters
    ----------
    source : Source
        The file.
    rows : tuple of int
        The shape of the rows.
    classes : int
        How many classes there are.
    axis : int
        Where the classes are among the axes of the logits.
    ignore : int or None
        The class of rows that take no part; None for probabilities.
    """

    source: Source
    rows: tuple[int, ...]
    classes: int
    axis: int
    ignore: int | None

    @classmethod
    def beside(cls, logits: Source, source: Source, axis: int, ignore: int | None) -> "Targets":
        """Find out what the targets of `logits` are; `ignore` is None if nobody named a class."""
        x, t = logits.numbers.shape, source.numbers.shape
        rows = x[:axis] + x[axis + 1 :]
        whole = source.numbers.dtype.kind in "biu"
        if without_ones(t) == without_ones(rows) and (whole or t != x):
            return cls(source, rows, x[axis], axis, -100 if ignore is None else ignore)
        if t != x:
            fact = f"has shape {t}, but {logits.name} has shape {x}"
            wanted = f"give a class a row, shape {rows}, or probabilities, shape {x}"
            raise Refusal(source.name, fact, wanted)
        if ignore is not None:
            fact = f"is {ignore}, but {source.name} holds probabilities"
            raise Refusal("--ignore-index", fact, "it is for classes only, leave it out")
        return cls(source, rows, x[axis], axis, None)

    def check(self, bar: Bar) -> None:
        """Refuse the first row that holds no class, or a number that is no probability."""
        numbers = self.source.numbers
        total = math.prod(numbers.shape) * numbers.dtype.itemsize
        start = 0
        with bar.phase(f"checking {self.source.name}", total) as advance:
            for block in row_blocks(numbers):
                wrong = self.wrong(block)
                if wrong.any():
                    place = np.argwhere(wrong)[0].tolist()
                    value = block[tuple(place)]
                    number = int(value) if block.dtype.kind in "biu" else float(value)
                    self.refuse([place[0] + start, *place[1:]] if place else [], number)
                start += len(block) if block.ndim else 1
                advance(block.nbytes)

    def wrong(self, block: np.ndarray) -> np.ndarray:
        """Which numbers are no targets."""
        if self.ignore is None:
            return np.asarray(~((block >= 0) & (block < np.inf)))
        known = (block >= 0) & (block < self.classes)
        if block.dtype.kind not in "biu":
            known &= block == np.trunc(block)
        return np.asarray(~known & (block != self.ignore))

    def refuse(self, place: list[int], value: int | float) -> None:
        """Say where the first bad number is."""
        if self.ignore is None:
            row = row_name(place[: self.axis] + place[self.axis + 1 :])
            fact = f"{row} holds {value:g} for class {place[self.axis]}"
            raise Refusal(self.source.name, fact, "probabilities are finite and not negative")
        shape = self.source.numbers.shape
        row = row_name([index for index, extent in zip(place, shape, strict=True) if extent != 1])
        if value == value // 1:
            wanted = f"use 0 to {self.classes - 1}, or --ignore-index for rows to be left out"
            raise Refusal(self.source.name, f"{row} holds {int(value)}, which is no class", wanted)
        wanted = "classes are whole numbers, and probabilities have the shape of the logits"
        raise Refusal(self.source.name, f"{row} holds {value:g}, which is no class", wanted)

    def window(self, box: Box) -> np.ndarray:
        """The targets of a box of the logits: as many rows, int64, or float64 with the classes last."""
        if self.ignore is None:
            found = np.moveaxis(self.source.numbers.window(box), self.axis, -1)
            return np.ascontiguousarray(found, np.float64).reshape(-1, self.classes)
        pieces = box[: self.axis] + box[self.axis + 1 :]
        # Axes of length 1 may stand elsewhere, or not at all.
        others = iter([piece for piece, n in zip(pieces, self.rows, strict=True) if n != 1])
        shape = self.source.numbers.shape
        place = tuple(slice(0, 1) if extent == 1 else next(others) for extent in shape)
        classes = self.source.numbers.window(place).reshape(-1)
        used = classes != self.ignore
        # Not before the choice: an ignored class may be too large for the type.
        return np.where(used, np.where(used, classes, 0).astype(np.int64), IGNORED)


def without_ones(shape: Sequence[int]) -> tuple[int, ...]:
    """A shape without its axes of length 1."""
    return tuple(extent for extent in shape if extent != 1)


def row_name(place: Sequence[int]) -> str:
    """How a row is called: by its number, or by its place where rows have several axes."""
    if len(place) > 1:
        return f"row ({', '.join(map(str, place))})"
    return f"row {place[0] if place else 0}"
