"""Texts of numbers: .csv, .tsv, .txt, standard input and output.

A table is one row a line. A text of one column is a vector: one number a line. What stands between
the cells is read off the first line (`.tsv` is always tabs) and used again for the result. Rows are
parsed by NumPy; a text too large for memory is gathered in a temporary file of numbers.
"""

import csv
import io
import math
import os
import sys
from collections.abc import Sequence
from typing import IO

import numpy as np

from logsumexp.cli.files.columns import is_header, pick
from logsumexp.cli.files.parsing import Lines, parse, split
from logsumexp.cli.files.scratch import Gathered, prepare
from logsumexp.cli.files.source import Choice, Labels, Plan, Source
from logsumexp.cli.files.windows import Windows, as_row, row_blocks
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["check", "finish", "prepare", "read"]

STANDARD = "-"


def read(name: str, choice: Choice, run: Run) -> Source:
    """Read all numbers of a text.

    Parameters
    ----------
    name : str
        The file, or "-" for standard input.
    choice : Choice
        Columns, and whether the first line names them.
    run : Run
        Told of the bytes read.
    """
    shown = "standard input" if name == STANDARD else name
    with sys.stdin.buffer if name == STANDARD else open(name, "rb") as file:
        lines = Lines(shown, file)
        first = lines.peek()
        delimiter = delimiter_of(name, first)
        cells = split(first, delimiter)
        header = choice.header
        if header is None:
            header = is_header(shown, cells, choice.columns)
        names = lines.skip(cells) if header else None
        places = pick(shown, names, len(cells), choice.columns)
        gathered = Gathered(len(places), run.files)
        total = None if name == STANDARD else os.path.getsize(name) or None
        with run.bar.phase(f"reading {shown}", total) as advance:
            for block in parse(lines, delimiter, len(cells), places, choice.columns is not None):
                gathered.append(block)
                advance(lines.taken())
    if gathered.rows == 0:
        raise Refusal(shown, "has a header but no numbers", "check how it was written")
    labels = Labels(
        columns=None if names is None else [names[place] for place in places],
        delimiter=delimiter,
        is_text=True,
        is_table=len(places) > 1,
    )
    return Source(shown, gathered.windows(), labels)


def delimiter_of(name: str, line: str) -> str | None:
    """What stands between the cells: tab, comma, semicolon, or (None) any white space."""
    suffix = os.path.splitext(name)[1].lower()
    if suffix == ".tsv":
        return "\t"
    found = next((mark for mark in "\t,;" if mark in line), None)
    return "," if suffix == ".csv" and found is None else found


def check(name: str, plan: Plan) -> None:
    """Refuse what a text cannot show."""
    if len(plan.shape) > 2:
        raise Refusal(name, f"a text has no place for {len(plan.shape)} dimensions", "write .npy")
    if plan.dtype.kind == "c":
        raise Refusal(name, "a text has no place for complex numbers", "write .npy")


def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
    """Write the result, each number with as many digits as bring back the same bits."""
    delimiter = written_delimiter(name, labels.delimiter)
    if labels.is_row:
        result = as_row(result)
    width = result.shape[1] if len(result.shape) == 2 else 1
    if labels.columns is not None and len(labels.columns) == width:
        file.write((join(labels.columns, delimiter) + "\n").encode())
    total = math.prod(result.shape) * result.dtype.itemsize
    with run.bar.phase(f"writing {name}", total) as advance:
        for block in row_blocks(result):
            file.write(text_of(block, delimiter))
            advance(block.nbytes)


def written_delimiter(name: str, found: str | None) -> str:
    """What is written between the cells."""
    suffix = os.path.splitext(name)[1].lower()
    if suffix == ".tsv":
        return "\t"
    if suffix == ".csv":
        return ";" if found == ";" else ","
    return " " if found is None else found


def text_of(block: np.ndarray, delimiter: str) -> bytes:
    """The lines of a block: a row each, or a number each."""
    # float's own repr is the fastest; the other types write themselves shortest by str.
    word = repr if block.dtype == np.float64 else str
    rows = np.atleast_1d(block)
    rows = rows.tolist() if block.dtype == np.float64 else rows
    if block.ndim == 2:
        return "".join(delimiter.join(map(word, row)) + "\n" for row in rows).encode()
    return "".join(word(number) + "\n" for number in rows).encode()


def join(cells: Sequence[str], delimiter: str) -> str:
    """A header line, with quotes where a name needs them."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(cells)
    return line.getvalue()
