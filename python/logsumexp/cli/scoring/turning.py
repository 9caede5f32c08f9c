"""A copy of an array with its classes last, where they lie too far apart to be read row by row.

Square tiles are read from one file and written to the other, so that neither side hops through its
file more often than once for some thousand numbers.
"""

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from logsumexp.cli.cutting import Box, pieces, stretch
from logsumexp.cli.files.scratch import scratch
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.run import Run

__all__ = ["turned"]

Entry = TypeVar("Entry")


def turned(numbers: Windows, axis: int, room: int, run: Run) -> Windows:
    """Copy an array, with `axis` moved to the end, into memory or a file without a name.

    Parameters
    ----------
    numbers : Windows
        The array.
    axis : int
        The axis of the classes, not negative.
    room : int
        How many numbers a tile may hold.
    run : Run
        Told of the bytes done; closes the file in the end.
    """
    shape = numbers.shape
    copy = scratch(moved(shape, axis), numbers.dtype.newbyteorder("="), None, run.files)
    total = math.prod(shape) * numbers.dtype.itemsize
    with run.bar.phase("turning rows", total) as advance:
        for box in tiles(shape, numbers.order, axis, room):
            with copy.filling(moved(box, axis)) as target:
                target[...] = np.moveaxis(numbers.window(box), axis, -1)
            advance(numbers.bytes_in(box))
    return copy


def tiles(shape: tuple[int, ...], order: str, axis: int, room: int) -> list[Box]:
    """Boxes that hold as many rows as classes, or all there are."""
    outer = list(range(len(shape)) if order == "C" else reversed(range(len(shape))))
    classes = min(shape[axis], max(1, math.isqrt(room)))
    others = [1 if place == axis else extent for place, extent in enumerate(shape)]
    extents = stretch(others, outer, max(1, room // classes))
    extents[axis] = classes
    return [
        tuple(cut[place] for place in range(len(shape))) for cut in pieces(shape, extents, outer)
    ]


def moved(axes: Sequence[Entry], axis: int) -> tuple[Entry, ...]:
    """One entry for each axis, that of `axis` moved to the end."""
    return (*axes[:axis], *axes[axis + 1 :], axes[axis])
