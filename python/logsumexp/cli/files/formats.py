"""From a suffix to the module that knows the format."""

import errno
import importlib
import os
import stat
from typing import IO, Protocol, cast

from logsumexp.cli.files.source import Choice, Labels, Plan, Source
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["STANDARD", "Format", "format_of", "open_source"]

STANDARD = "-"

MODULES = {
    ".npy": "npy",
    ".npz": "npz",
    ".csv": "text",
    ".tsv": "text",
    ".txt": "text",
    ".parquet": "parquet",
    ".safetensors": "safetensors",
}
WITH_KEYS = ("npz", "safetensors")
WITH_COLUMNS = ("text", "parquet")


class Format(Protocol):
    """What each format's module offers."""

    @staticmethod
    def read(name: str, choice: Choice, run: Run) -> Source:
        """Open a file and answer its numbers and labels."""
        ...

    @staticmethod
    def check(name: str, plan: Plan) -> None:
        """Refuse a result that the format cannot hold."""
        ...

    @staticmethod
    def prepare(file: IO[bytes], plan: Plan, run: Run) -> Windows:
        """Answer where the result is to be written."""
        ...

    @staticmethod
    def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
        """Encode the result into the file."""
        ...


def module_of(name: str) -> str:
    """The name of the module for a file's suffix."""
    if name == STANDARD:
        return "text"
    suffix = os.path.splitext(name)[1].lower()
    if suffix not in MODULES:
        known = ", ".join(MODULES)
        fact = f"unknown suffix {suffix!r}" if suffix else "has no suffix"
        raise Refusal(name, fact, f"use one of {known}, or - for text")
    return MODULES[suffix]


def format_of(name: str) -> Format:
    """The format of a file, by its suffix; `-` is text."""
    module = importlib.import_module(f"logsumexp.cli.files.{module_of(name)}")
    return cast(Format, module)


def open_source(name: str, choice: Choice, run: Run) -> Source:
    """Open an input of any format.

    Parameters
    ----------
    name : str
        The file, or "-" for standard input.
    choice : Choice
        Which part of it is wanted.
    run : Run
        Told of the bytes read; closes the file in the end.
    """
    module = module_of(name)
    if choice.key is not None and module not in WITH_KEYS:
        raise Refusal(name, "--key is for .npz and .safetensors", "leave it out")
    if choice.columns is not None and module not in WITH_COLUMNS:
        raise Refusal(name, "--columns is for texts and .parquet", "leave it out")
    if choice.header is not None and module != "text":
        raise Refusal(name, "--header and --no-header are for texts", "leave them out")
    if name != STANDARD:
        check_there(name)
    try:
        return format_of(name).read(name, choice, run)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fact = "no space left for a temporary copy of its numbers"
            raise Refusal(name, fact, "set TMPDIR to a directory with more") from None
        raise


def check_there(name: str) -> None:
    """Say what is wrong with a file before a library says it in other words."""
    state = os.stat(name)
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory")
    if not stat.S_ISREG(state.st_mode):
        return  # a pipe can be read only once
    open(name, "rb").close()
    if state.st_size == 0:
        raise Refusal(name, "is empty", "check how it was written")
