"""An array of which only a window is in memory at a time.

    Held      the array is in memory; a window is a view of it
    Mapped    the array lies in a file; a window maps the stretch of the file that holds its box

A mapped window goes back to the system when the last reference to it is dropped, so the memory of
a run is that of its windows, however long the file.
"""

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np

from logsumexp.cli.cutting import Box

__all__ = ["Held", "Shaped", "Windows", "as_row", "row_blocks", "whole"]

ROW_BYTES = 4 * 2**20


class Windows(Protocol):
    """What a run needs of an array: its shape, its type, its order in memory, and windows."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: str

    def window(self, box: Box) -> np.ndarray:
        """The numbers of a box, to be read."""
        ...

    def filling(self, box: Box) -> AbstractContextManager[np.ndarray]:
        """The numbers of a box, to be written before the `with` block ends."""
        ...

    def bytes_in(self, box: Box) -> int:
        """How many bytes a box holds."""
        ...


class Shaped:
    """A shape, a type and an order in memory ('C' or 'F')."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any], order: str) -> None:
        self.shape, self.dtype, self.order = shape, dtype, order

    def bytes_in(self, box: Box) -> int:
        """How many bytes a box holds."""
        return self.dtype.itemsize * math.prod(shape_of(box))


class Held(Shaped):
    """An array in memory."""

    def __init__(self, array: np.ndarray) -> None:
        fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        super().__init__(array.shape, array.dtype, "F" if fortran else "C")
        self.array = array

    def window(self, box: Box) -> np.ndarray:
        """A view of the numbers of a box."""
        place: tuple[Any, ...] = (*box, ...)  # the dots keep a view where there is no axis
        return np.asarray(self.array[place])

    def filling(self, box: Box) -> AbstractContextManager[np.ndarray]:
        """The same view."""
        return nullcontext(self.window(box))


def shape_of(box: Box) -> tuple[int, ...]:
    """The shape of a box."""
    return tuple(int(piece.stop - piece.start) for piece in box)


def whole(windows: Windows) -> np.ndarray:
    """All of an array in one window."""
    return windows.window(tuple(slice(0, extent) for extent in windows.shape))


def row_blocks(windows: Windows) -> Iterator[np.ndarray]:
    """All of an array, some rows at a time."""
    if not windows.shape:
        yield whole(windows)
        return
    length, *others = windows.shape
    rest = tuple(slice(0, extent) for extent in others)
    step = max(1, ROW_BYTES // max(1, math.prod(others) * windows.dtype.itemsize))
    for start in range(0, length, step):
        yield windows.window((slice(start, min(start + step, length)), *rest))


def as_row(windows: Windows) -> Windows:
    """A vector as a table of one row."""
    return Held(whole(windows)[np.newaxis])
