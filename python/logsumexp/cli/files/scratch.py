"""Where numbers wait that have no file of their own yet: in memory, or in a file without a name.

A temporary file without a name is gone with the process, however that ends.
"""

import math
import os
import tempfile
from contextlib import ExitStack
from typing import IO, Any

import numpy as np

from logsumexp.cli.files.mapped import Mapped, reserve
from logsumexp.cli.files.source import Plan
from logsumexp.cli.files.windows import Held, Windows
from logsumexp.cli.run import Run

__all__ = ["HELD_BYTES", "Gathered", "prepare", "scratch"]

HELD_BYTES = 64 * 2**20
"""Up to this size, numbers wait in memory."""


def scratch(
    shape: tuple[int, ...], dtype: np.dtype[Any], directory: str | None, files: ExitStack
) -> Windows:
    """An array to be filled.

    Parameters
    ----------
    shape : tuple of int
        Its shape.
    dtype : numpy.dtype
        Its type.
    directory : str or None
        Where a temporary file lies; None for the system's own place.
    files : ExitStack
        Closes it in the end.
    """
    size = math.prod(shape) * dtype.itemsize
    if size <= HELD_BYTES:
        return Held(np.zeros(shape, dtype))
    file = files.enter_context(tempfile.TemporaryFile(dir=directory))  # noqa: SIM115
    reserve(file, size)
    return Mapped(file, 0, shape, dtype, "C")


def prepare(file: IO[bytes], plan: Plan, run: Run) -> Windows:
    """Collect a result that is encoded in one go: beside its file, or for standard output.

    Parameters
    ----------
    file : file
        The output.
    plan : Plan
        The result.
    run : Run
        Closes the temporary file in the end, if there is one.
    """
    name = getattr(file, "name", None)
    directory = os.path.dirname(name) if isinstance(name, str) and os.path.isfile(name) else None
    return scratch(plan.shape, plan.dtype, directory, run.files)


class Gathered:
    """A table of float64 that grows block by block, to an end that nobody knows.

    Parameters
    ----------
    width : int
        How many columns; a table of one column is a vector.
    files : ExitStack
        Closes the temporary file in the end, if there is one.
    """

    def __init__(self, width: int, files: ExitStack) -> None:
        self.width, self.files = width, files
        self.rows = 0
        self.waiting: list[np.ndarray] = []
        self.file: IO[bytes] | None = None

    def append(self, block: np.ndarray) -> None:
        """Add rows below the others."""
        self.rows += len(block)
        self.waiting.append(block)
        if self.file is not None or self.rows * self.width * block.itemsize > HELD_BYTES:
            self.move()

    def move(self) -> None:
        """Write what waits to the temporary file."""
        if self.file is None:
            self.file = self.files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        for block in self.waiting:
            self.file.write(np.ascontiguousarray(block).data)
        self.waiting.clear()

    def windows(self) -> Windows:
        """The whole table."""
        shape = (self.rows,) if self.width == 1 else (self.rows, self.width)
        if self.file is None:
            return Held(np.concatenate([np.empty((0, self.width)), *self.waiting]).reshape(shape))
        self.file.flush()
        return Mapped(self.file, 0, shape, np.dtype(np.float64), "C")
