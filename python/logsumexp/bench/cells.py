"""A benchmark is data: what is computed, on what, against whom, and how far ahead it should be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

from logsumexp.bench.rivals import PEERS

__all__ = ["SHORT", "Cell"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One line of the table.

    Parameters
    ----------
    function : str
        ``logsumexp``, ``softmax`` or ``log_softmax``.
    dtype : str
        The type of the input; ``bfloat16`` needs ml_dtypes.
    shape : tuple of int
        The shape of the input.
    axis : int
        The axis that a row runs along.
    out : bool
        Whether the result is written to an array that exists, by those that can.
    form : str
        How the input is laid out or bent: see :mod:`logsumexp.bench.data`.
    rivals : tuple of str
        Who is timed beside us: peers (libraries) and yardsticks: ``plain`` is our own function on
        plain input, ``read`` is one pass over the input's memory.
    targets : mapping of str to float
        Rival, or ``best`` for the fastest library function, to the least time(rival) / time(ours) wanted.
    ceiling : float or None
        The most seconds that our call may take.
    """

    function: str
    dtype: str
    shape: tuple[int, ...]
    axis: int = -1
    out: bool = False
    form: str = "plain"
    rivals: tuple[str, ...] = PEERS
    targets: Mapping[str, float] = field(default_factory=dict)
    ceiling: float | None = None

    @property
    def name(self) -> str:
        """What the cell measures, in one line."""
        words = [self.function, self.dtype, "x".join(map(str, self.shape))]
        words += [f"axis {self.axis}"] if self.axis != -1 else []
        words += ["out="] if self.out else []
        words += [self.form] if self.form != "plain" else []
        return " ".join(words)

    @property
    def elements(self) -> int:
        """The number of input elements."""
        return prod(self.shape)

    @property
    def length(self) -> int:
        """The number of elements in a row."""
        return self.shape[self.axis]


# The short form: everyday shapes, a few seconds in all.
SHORT: tuple[Cell, ...] = tuple(
    Cell(function=function, dtype=dtype, shape=shape)
    for function in ("logsumexp", "softmax", "log_softmax")
    for dtype in ("float32", "float64")
    for shape in ((8,), (1000, 10), (2048, 1000))
)
