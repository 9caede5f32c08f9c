"""An array in a file, read and written through windows.

A box that is one stretch of the file is mapped where it lies. A box with gaps, a set of columns, is
gathered run by run instead, and scattered the same way: mapping it would bring in the gaps too.
"""

import errno
import itertools
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Literal, cast

import numpy as np

from logsumexp.cli.cutting import Box
from logsumexp.cli.files.windows import Shaped, shape_of

__all__ = ["Mapped", "reserve"]

ZEROS = 2**20


class Mapped(Shaped):
    """An array in an open file.

    Parameters
    ----------
    file : file
        Open in binary mode; windows can be written where it can.
    offset : int
        The first byte of the array.
    shape, dtype, order
        As NumPy means them; order is 'C' or 'F'.
    """

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

    def window(self, box: Box) -> np.ndarray:
        """The numbers of a box: mapped if it is one stretch of the file, else gathered."""
        shape = shape_of(self.outermost_first(box))
        if math.prod(shape) == 0:
            return self.in_order(np.empty(shape, self.dtype))
        runs, length = self.runs(box)
        if len(runs) == 1:
            return self.in_order(self.stretch(runs[0], length).reshape(shape))
        gathered = np.empty((len(runs), length), self.dtype)
        for row, start in zip(gathered, runs, strict=True):
            row[...] = self.stretch(start, length)
        return self.in_order(gathered.reshape(shape))

    @contextmanager
    def filling(self, box: Box) -> Iterator[np.ndarray]:
        """The numbers of a box to be written: mapped, or scattered when the block ends."""
        shape = shape_of(self.outermost_first(box))
        runs, length = self.runs(box) if math.prod(shape) else ([0], 0)
        if len(runs) == 1:
            yield self.window(box)
            return
        gathered = np.empty((len(runs), length), self.dtype)
        yield self.in_order(gathered.reshape(shape))
        for row, start in zip(gathered, runs, strict=True):
            self.stretch(start, length)[...] = row

    def runs(self, box: Box) -> tuple[list[int], int]:
        """Where in the array the stretches of a box begin, and how many numbers each has."""
        length, step = 1, 1
        starts: list[list[int]] = []
        for piece, extent in zip(
            reversed(self.outermost_first(box)),
            reversed(self.outermost_first(self.shape)),
            strict=True,
        ):
            if length == step:  # everything inside is whole: the stretch goes on
                starts.append([piece.start * step])
                length *= piece.stop - piece.start
            else:
                starts.append([index * step for index in range(piece.start, piece.stop)])
            step *= extent
        return [sum(choice) for choice in itertools.product(*reversed(starts))], length

    def stretch(self, start: int, length: int) -> np.ndarray:
        """Map neighbouring numbers."""
        return np.asarray(
            np.memmap(
                cast(Any, self.file),
                self.dtype,
                mode=self.mode,
                offset=self.offset + start * self.dtype.itemsize,
                shape=(length,),
            )
        )

    def outermost_first(self, axes: tuple[Any, ...]) -> tuple[Any, ...]:
        """The axes in the order in which they lie in the file."""
        return axes if self.order == "C" else axes[::-1]

    def in_order(self, array: np.ndarray) -> np.ndarray:
        """An array with its axes as they lie in the file, as the user counts them."""
        return array if self.order == "C" else array.T


def reserve(file: IO[bytes], size: int) -> None:
    """Make a file `size` bytes long and take the space for it now.

    Writing into a mapped window of a full disk kills the process; a missing byte has to be an
    OSError, and before the work rather than after it.
    """
    begun = file.seek(0, os.SEEK_END)
    if size <= begun:
        return
    try:
        os.posix_fallocate(file.fileno(), 0, size)
    except (AttributeError, OSError) as error:  # a system, or a file system, that has no such call
        if isinstance(error, OSError) and error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise
        for start in range(begun, size, ZEROS):
            file.write(bytes(min(ZEROS, size - start)))
        file.flush()
