"""What one run carries along: the bar to be told, and the files to be closed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from logsumexp.cli.progress import Bar, showing

__all__ = ["Run", "running"]


@dataclass(frozen=True)
class Run:
    """One run of a subcommand.

    Parameters
    ----------
    bar : Bar
        Told of what is done.
    files : ExitStack
        Closes what is entered into it when the run ends, however it ends.
    """

    bar: Bar
    files: ExitStack


@contextmanager
def running() -> Iterator[Run]:
    """A run for the length of a `with` block."""
    with showing() as bar, ExitStack() as files:
        yield Run(bar, files)
