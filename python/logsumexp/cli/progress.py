"""The progress bar: on a terminal, after a second, with rate and time left; otherwise nothing.

It writes to standard error, so that results on standard output stay clean, and it is never drawn
for short runs: a bar that flashes up tells nobody anything.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

__all__ = ["PATIENCE", "Advance", "Bar", "showing"]

PATIENCE = 1.0
"""Seconds before the bar appears."""

Advance = Callable[[int], None]


class Bar:
    """One bar for all phases of a run: reading, the function itself, writing."""

    def __init__(self, console: Console) -> None:
        self.begun = time.monotonic()
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(compact=True),
            console=console,
            transient=True,  # what stays on the screen is the result
        )
        self.shown = console.is_terminal

    @contextmanager
    def phase(self, description: str, total: int | None) -> Iterator[Advance]:
        """Count one phase.

        Parameters
        ----------
        description : str
            What is being done, for the reader.
        total : int or None
            Bytes to go through; None if nobody knows.

        Yields
        ------
        callable
            To be called with the bytes just done.
        """
        task = self.progress.add_task(description, total=total)

        def advance(done: int) -> None:
            self.progress.advance(task, done)
            late = time.monotonic() - self.begun > PATIENCE
            if self.shown and late and not self.progress.live.is_started:
                self.progress.start()

        try:
            yield advance
        finally:
            self.progress.remove_task(task)


@contextmanager
def showing() -> Iterator[Bar]:
    """A bar for the length of a `with` block; it leaves nothing behind on the screen."""
    bar = Bar(Console(stderr=True))
    try:
        yield bar
    finally:
        if bar.progress.live.is_started:  # or it would write an empty line
            bar.progress.stop()
