"""Time and error, side by side, of logsumexp and its rivals on this machine.

A benchmark is data (:class:`Cell`); :func:`run` checks every answer against exact arithmetic before it
times anything, lets the contestants take turns, and returns a record that :func:`lines` prints.
"""

from logsumexp.bench.cells import SHORT, Cell
from logsumexp.bench.record import Record, load, save
from logsumexp.bench.rivals import PEERS, installed
from logsumexp.bench.run import run
from logsumexp.bench.table import lines, markdown

__all__ = [
    "PEERS",
    "SHORT",
    "Cell",
    "Record",
    "installed",
    "lines",
    "load",
    "markdown",
    "run",
    "save",
]
