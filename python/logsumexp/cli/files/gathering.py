"""Rows that arrive one block after another, of which nobody knows how many will come.

They wait in memory as long as they are few; then they move to a temporary file without a name.
"""

import tempfile
from typing import IO

import numpy as np

from logsumexp.cli.files.windows import HELD_BYTES, Held, Mapped, Windows

__all__ = ["Gathered"]


class Gathered:
    """A growing table of float64.

    Parameters
    ----------
    width : int
        How many columns; a table of one column is a vector.
    """

    def __init__(self, width: int) -> None:
        self.width = width
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
            self.file = tempfile.TemporaryFile()  # noqa: SIM115 - the windows close it
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
