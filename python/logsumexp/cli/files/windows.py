"""An array of which only a window is in memory at a time.

    Held      the array is in memory; a window is a view of it
    Mapped    the array lies in a file; a window maps the stretch of the file that holds its box

A mapped window goes back to the system when the last reference to it is dropped, so the memory of
a run is that of its windows, however long the file.
"""

import math
import os
import tempfile
from collections.abc import Iterator
from typing import IO, Any, Literal, Protocol, cast

import numpy as np

from logsumexp.cli.cutting import Box

__all__ = [
    "HELD_BYTES",
    "Held",
    "Mapped",
    "Shaped",
    "Windows",
    "as_row",
    "reserve",
    "row_blocks",
    "scratch",
    "whole",
]

HELD_BYTES = 64 * 2**20
"""Results up to this size wait in memory for their encoding; larger ones in a temporary file."""


class Windows(Protocol):
    """What a run needs of an array: its shape, its type, its order in memory, and windows."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: str

    def window(self, box: Box) -> np.ndarray:
        """The numbers of a box."""
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
        return self.dtype.itemsize * math.prod(int(piece.stop - piece.start) for piece in box)


class Held(Shaped):
    """An array in memory."""

    def __init__(self, array: np.ndarray) -> None:
        fortran = array.flags.f_contiguous and not array.flags.c_contiguous
        super().__init__(array.shape, array.dtype, "F" if fortran else "C")
        self.array = array

    def window(self, box: Box) -> np.ndarray:
        """A view of the numbers of a box."""
        place: tuple[Any, ...] = (*box, ...)  # the dots keep a view where the box has no axis
        return np.asarray(self.array[place])


class Mapped(Shaped):
    """An array in an open file, from byte `offset` on."""

    def __init__(
        self,
        file: IO[bytes],
        offset: int,
        shape: tuple[int, ...],
        dtype: np.dtype[Any],
        order: str,
    ) -> None:
        super().__init__(shape, dtype, order)
        self.file, self.offset = file, offset
        self.mode: Literal["r", "r+"] = "r+" if file.writable() else "r"
        steps = np.cumprod([1, *(shape if order == "F" else reversed(shape))], dtype=object)[:-1]
        self.steps = tuple(steps if order == "F" else reversed(steps))

    def window(self, box: Box) -> np.ndarray:
        """Map the stretch of the file from the first to the last number of a box."""
        shape = tuple(piece.stop - piece.start for piece in box)
        if math.prod(shape) == 0:
            return np.empty(shape, self.dtype)
        first = sum(piece.start * step for piece, step in zip(box, self.steps, strict=True))
        last = sum((piece.stop - 1) * step for piece, step in zip(box, self.steps, strict=True))
        size = self.dtype.itemsize
        stretch: np.ndarray = np.memmap(
            cast(Any, self.file),
            self.dtype,
            mode=self.mode,
            offset=self.offset + first * size,
            shape=(last - first + 1,),
        )
        strides = tuple(step * size for step in self.steps)
        return np.lib.stride_tricks.as_strided(stretch, shape, strides)


def reserve(file: IO[bytes], size: int) -> None:
    """Make a file `size` bytes long and take the space for it now.

    Writing into a mapped window of a full disk kills the process; a missing byte has to be an
    OSError, and before the work rather than after it.
    """
    if hasattr(os, "posix_fallocate"):
        if size:
            os.posix_fallocate(file.fileno(), 0, size)
        return
    file.seek(0)  # pragma: no cover - systems without posix_fallocate
    for start in range(0, size, 2**20):  # pragma: no cover
        file.write(bytes(min(2**20, size - start)))
    file.flush()  # pragma: no cover


def scratch(shape: tuple[int, ...], dtype: np.dtype[Any], directory: str | None) -> Windows:
    """An array to be filled: in memory if small, else in a temporary file without a name.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    dtype : numpy.dtype
        Its type.
    directory : str or None
        Where the temporary file lies; None for the system's own place.
    """
    size = math.prod(shape) * dtype.itemsize
    if size <= HELD_BYTES:
        return Held(np.zeros(shape, dtype))
    file = tempfile.TemporaryFile(dir=directory)  # noqa: SIM115 - the array closes it
    reserve(file, size)
    return Mapped(file, 0, shape, dtype, "C")


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
    step = max(1, 2**22 // max(1, math.prod(others) * windows.dtype.itemsize))
    for start in range(0, length, step):
        yield windows.window((slice(start, min(start + step, length)), *rest))


def as_row(windows: Windows) -> Windows:
    """A vector as a table of one row."""
    return Held(whole(windows)[np.newaxis])
