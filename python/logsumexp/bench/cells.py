"""A benchmark is data: what is computed, on what, against whom, and how far ahead it should be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import prod

from logsumexp.bench.rivals import GENERAL

__all__ = ["SHORT", "Cell"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One line of the table.

    Parameters
    ----------
    function : str
        ``logsumexp``, ``softmax``, ``log_softmax``, or a loss: ``cross_entropy``, ``logistic_loss``,
        ``lifted_structured_loss``.
    dtype : str
        The type of the input; ``bfloat16`` needs ml_dtypes.
    shape : tuple of int
        The shape of the input.
    axis : int
        The axis that a row runs along.
    grad : bool
        Whether a loss is timed together with its gradient.
    reduction : str
        ``mean``, or ``none`` where the losses of single rows are asked for. The mean is timed.
    out : bool
        Whether the result (of a loss: the gradient) is written to an array that exists, by those that can.
    form : str
        How the input is laid out or bent: see :mod:`logsumexp.bench.data`.
    rivals : tuple of str
        Who is timed beside us: peers (libraries) and yardsticks: ``plain`` is our own function on
        plain input, ``read`` is one pass over the input's memory, ``map`` one that writes as much as well.
    targets : mapping of str to float
        Rival, or ``best`` for the fastest library function, to the least time(rival) / time(ours) wanted.
    ceiling : float or None
        The most seconds that our call may take.
    memory : float or None
        Asks for the memory that a call takes beyond its input, and says the most that ours may take,
        as a part of the leanest peer's.
    """

    function: str
    dtype: str
    shape: tuple[int, ...]
    axis: int = -1
    grad: bool = False
    reduction: str = "mean"
    out: bool = False
    form: str = "plain"
    rivals: tuple[str, ...] = GENERAL
    targets: Mapping[str, float] = field(default_factory=dict)
    ceiling: float | None = None
    memory: float | None = None

    @property
    def name(self) -> str:
        """What the cell measures, in one line."""
        words = [self.function, self.dtype, "x".join(map(str, self.shape))]
        words += [f"axis {self.axis}"] if self.axis != -1 else []
        words += ["gradient"] if self.grad else []
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

    def cut(self, elements: int) -> "Cell":
        """The same on so few of the first axis that the input has at most about `elements`."""
        if self.elements <= elements:
            return self
        return replace(
            self, shape=(max(1, elements * self.shape[0] // self.elements), *self.shape[1:])
        )


# The short form: everyday shapes, a few seconds in all.
SHORT: tuple[Cell, ...] = (
    *(
        Cell(function=function, dtype=dtype, shape=shape)
        for function in ("logsumexp", "softmax", "log_softmax")
        for dtype in ("float32", "float64")
        for shape in ((8,), (1000, 10), (2048, 1000))
    ),
    *(
        Cell(function="cross_entropy", dtype="float32", shape=shape, grad=grad)
        for shape in ((1000, 10), (2048, 1000))
        for grad in (False, True)
    ),
    *(
        Cell(function="logistic_loss", dtype="float32", shape=(1_000_000,), grad=grad)
        for grad in (False, True)
    ),
)
