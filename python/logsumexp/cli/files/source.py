"""What a file holds, as a run sees it: numbers, and the names that go with them."""

import importlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np

from logsumexp.cli.files.windows import Windows
from logsumexp.cli.refusal import Refusal

__all__ = ["Choice", "Labels", "Plan", "Source", "check_numbers", "needed"]


@dataclass(frozen=True)
class Choice:
    """Which part of a file the user asked for; None where nothing was said."""

    key: str | None = None
    columns: str | None = None
    header: bool | None = None


@dataclass(frozen=True)
class Labels:
    """The names beside the numbers, which a result inherits.

    Parameters
    ----------
    key : str or None
        The array's name in a file of several.
    columns : sequence of str or None
        Names of the columns of a table.
    delimiter : str or None
        What stood between the cells of a text; None is any white space.
    is_text, is_table, is_row, is_nested : bool
        Whether it came as text; as rows and columns; is one row rather than one column; is the
        one column of lists of a table.
    """

    key: str | None = None
    columns: Sequence[str] | None = None
    delimiter: str | None = "\t"
    is_text: bool = False
    is_table: bool = False
    is_row: bool = False
    is_nested: bool = False

    def of_reduction(self, function: str, axes: tuple[int, ...]) -> "Labels":
        """The labels of a result that lost `axes`: down the columns, or along the rows."""
        if self.is_table and axes == (0,):
            return replace(self, is_row=True)
        columns = [function] if self.columns is not None else None
        return replace(self, columns=columns, is_nested=False)


@dataclass(frozen=True)
class Source:
    """An input: the name the user gave it, its numbers, its labels."""

    name: str
    numbers: Windows
    labels: Labels


@dataclass(frozen=True)
class Plan:
    """A result that is still to be: its shape, type, order in memory, and labels."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: str
    labels: Labels

    @property
    def nbytes(self) -> int:
        """How many bytes its numbers take."""
        return math.prod(self.shape) * self.dtype.itemsize


def check_numbers(name: str, dtype: np.dtype[Any]) -> None:
    """Refuse what holds no numbers; object arrays above all, which only unpickling could read."""
    if dtype.hasobject:
        raise Refusal(
            name,
            "holds Python objects, which are never unpickled here, because that can run any code",
            "save it again as an array of numbers",
        )
    if dtype.kind in "biufc" or dtype.name == "bfloat16":
        return
    if dtype.kind == "V" and dtype.names is None:
        fact = f"holds values of {dtype.itemsize} bytes whose type .npy cannot name"
        raise Refusal(name, fact, "if they are bfloat16, save them as .safetensors or as float32")
    raise Refusal(name, f"holds {dtype}, not numbers", "save it again as an array of numbers")


def needed(module: str, name: str) -> ModuleType:
    """Import a library that only some files need.

    Parameters
    ----------
    module : str
        The library.
    name : str
        The file that needs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError:
        library = module.partition(".")[0]
        remedy = "pip install 'logsumexp[files]'"
        raise Refusal(name, f"needs the library {library}", remedy) from None
