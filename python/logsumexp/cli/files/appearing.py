"""A file that appears under its name only when it is complete.

It is written under a temporary name in the same directory, brought to the disk, and renamed: a
reader sees the old file, or none, or the whole new one. A run that fails or is told to stop removes
what it wrote; a run that is killed outright leaves a `.NAME.XXXX.part` that nobody mistakes for a
result.
"""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from logsumexp.cli.refusal import Refusal

__all__ = ["appearing", "check_name"]


def check_name(name: str, force: bool) -> None:
    """Refuse a name that cannot be written, or must not.

    Parameters
    ----------
    name : str
        The file to be made.
    force : bool
        Whether an existing file may be replaced.
    """
    directory = os.path.dirname(name) or "."
    if not os.path.isdir(directory):
        raise Refusal(name, f"there is no directory {directory}", "make it first")
    if os.path.isdir(name):
        raise Refusal(name, "is a directory", "name a file in it")
    if os.path.lexists(name) and not force:
        raise Refusal(name, "exists already", "choose another name, or replace it with --force")


@contextmanager
def appearing(name: str, force: bool) -> Iterator[IO[bytes]]:
    """Write a file that shall be there completely or not at all.

    Parameters
    ----------
    name : str
        The name under which it appears when the `with` block ends without an error.
    force : bool
        Whether an existing file is replaced; its permissions are kept.

    Yields
    ------
    file
        Open for reading and writing, empty, under its temporary name.
    """
    check_name(name, force)
    target = os.path.realpath(name)  # a link stays a link
    directory, base = os.path.split(target)
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below, on every path
        dir=directory, prefix=f".{base[:100]}.", suffix=".part", delete=False
    )
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.chmod(file.name, permissions(target))
        check_name(name, force)  # somebody else may have been faster
        os.replace(file.name, target)
        bring_to_disk(directory)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(file.name)
        raise


def permissions(target: str) -> int:
    """Those of the file to be replaced, or those that any new file gets."""
    try:
        return stat.S_IMODE(os.stat(target).st_mode)
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def bring_to_disk(directory: str) -> None:
    """Make the rename itself survive a power cut, on systems that open directories."""
    if not hasattr(os, "O_DIRECTORY"):  # pragma: no cover - Windows
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
