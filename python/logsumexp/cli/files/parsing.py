"""From lines of text to blocks of numbers, and from a bad line to a sentence about it.

NumPy parses a block of lines at once. Only when it refuses are the lines looked at one by one, to
find the number of the line and the cell that is to blame.
"""

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import IO

import numpy as np

from logsumexp.cli.files.columns import is_number
from logsumexp.cli.refusal import Refusal

__all__ = ["Lines", "parse", "split"]

BLOCK_CELLS = 2**18
"""Cells parsed at once: some megabytes of text."""


class Lines:
    """The lines of a text that are not blank, each with its number.

    Parameters
    ----------
    name : str
        The file, for messages.
    file : file
        Open in binary mode; UTF-8, with or without a byte order mark.
    """

    def __init__(self, name: str, file: IO[bytes]) -> None:
        self.name = name
        self.characters = 0
        text = io.TextIOWrapper(file, encoding="utf-8-sig")
        self.stream: Iterator[tuple[int, str]] = (
            (n, line) for n, line in enumerate(text, 1) if line.strip()
        )
        self.text = text  # keeps the wrapper, and with it the file, open

    def take(self, count: int) -> list[tuple[int, str]]:
        """The next lines, at most `count` of them."""
        try:
            taken = list(itertools.islice(self.stream, count))
        except UnicodeDecodeError:
            remedy = "give binary files by name, with their suffix"
            raise Refusal(self.name, "is no text in UTF-8", remedy) from None
        self.characters += sum(len(line) for _, line in taken)
        return taken

    def peek(self) -> str:
        """The first line, which stays."""
        taken = self.take(1)
        if not taken:
            raise Refusal(self.name, "is empty", "check how it was written")
        self.stream = itertools.chain(taken, self.stream)
        self.characters = 0
        return taken[0][1]

    def skip(self, cells: Sequence[str]) -> list[str]:
        """Step over the header, and answer its names."""
        self.take(1)
        return [cell.strip() for cell in cells]

    def taken(self) -> int:
        """Characters since the last call, which in numbers are bytes."""
        count, self.characters = self.characters, 0
        return count


def split(line: str, delimiter: str | None) -> list[str]:
    """The cells of a line."""
    if delimiter is None:
        return line.split()
    return next(csv.reader([line], delimiter=delimiter))


def parse(
    lines: Lines, delimiter: str | None, width: int, places: Sequence[int], some: bool
) -> Iterator[np.ndarray]:
    """Parse the remaining lines, block by block.

    Parameters
    ----------
    lines : Lines
        Where to read.
    delimiter : str or None
        What stands between the cells; None is any white space.
    width : int
        How many cells a line has.
    places : sequence of int
        The columns that take part.
    some : bool
        Whether they were chosen, so that the other cells may hold anything.

    Yields
    ------
    ndarray of float64
        Some rows of the chosen columns.
    """
    while taken := lines.take(max(1, BLOCK_CELLS // width)):
        try:
            block = load([line for _, line in taken], delimiter, places if some else None)
        except ValueError:
            raise blame(lines.name, taken, delimiter, width, places) from None
        if block.shape[1] != len(places):
            raise blame(lines.name, taken, delimiter, width, places)
        yield block


def load(lines: list[str], delimiter: str | None, places: Sequence[int] | None) -> np.ndarray:
    """Let NumPy parse lines."""
    return np.loadtxt(
        lines, delimiter=delimiter, usecols=places, ndmin=2, comments=None, quotechar='"'
    )


def blame(
    name: str,
    taken: Sequence[tuple[int, str]],
    delimiter: str | None,
    width: int,
    places: Sequence[int],
) -> Refusal:
    """Say which line, and which cell of it, is not as the others."""
    for number, line in taken:
        cells = split(line, delimiter)
        if len(cells) != width:
            fact = f"line {number} has {counted(len(cells))}, the lines before it {width}"
            return Refusal(name, fact, "mend that line")
        for place in places:
            cell = cells[place].strip()
            if is_number(cell) and "_" not in cell:
                continue
            what = f"{cell[:20]!r} is not a number" if cell else "is empty"
            fact = f"line {number}, column {place + 1}: {what}"
            remedy = (
                "mend it, or choose columns with --columns"
                if cell
                else "write nan if it is unknown"
            )
            return Refusal(name, fact, remedy)
    return Refusal(name, f"line {taken[0][0]} or one soon after cannot be read", "mend that line")


def counted(columns: int) -> str:
    """`1 column`, `2 columns`."""
    return f"{columns} column" + ("" if columns == 1 else "s")
