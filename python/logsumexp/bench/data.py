"""The numbers that a cell is measured on, and the forms they come in.

| form | what it is |
|---|---|
| plain | 3 times a standard normal, contiguous |
| offset | plain + 1000: the textbook formula overflows, every shift is really needed |
| normalised | rows of log-probabilities: the result is near 0, where digits are lost |
| strided | plain, every second element of a wider array |
| swapped | plain, in the other byte order |
| where | plain, with a mask that leaves out one element in ten |
| weighted | plain, with positive weights `b` |
| tempered | plain, at temperature 0.7 |
| smoothed | plain, the targets of a loss smoothed by 0.1 |
| probable | plain, the targets of a loss one probability a class |

A loss is also given targets: a class a row, drawn evenly, or 0 and 1 for the logistic loss. The embeddings
of the lifted structured loss have length 1, and eight of them share a label.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell

__all__ = ["ALIKE", "FORMS", "Inputs", "inputs"]

ALIKE = 8  # embeddings of one label

FORMS = (
    "plain",
    "offset",
    "normalised",
    "strided",
    "swapped",
    "where",
    "weighted",
    "tempered",
    "smoothed",
    "probable",
)


@dataclass(frozen=True)
class Inputs:
    """What the contestants of one cell are given.

    `keywords` are our function's for the form (``where``, ``b``, ``label_smoothing``...); `out` is shared:
    the contestants take turns.
    """

    x: NDArray[Any]
    keywords: Mapping[str, Any]
    out: NDArray[Any] | None
    targets: NDArray[Any] | None = None

    @property
    def wanted(self) -> NDArray[Any]:
        """The targets of a loss."""
        if self.targets is None:
            raise ValueError("`cell` is of a function without targets: use that of a loss")
        return self.targets

    @property
    def smoothing(self) -> float:
        """What a loss takes from the target and gives to all classes alike."""
        found: float = self.keywords.get("label_smoothing", 0.0)
        return found


def inputs(cell: Cell) -> Inputs:
    """Make the input of a cell: the same numbers in every run."""
    if cell.form not in FORMS:
        raise ValueError(f"`form` is {cell.form!r}: use one of {', '.join(FORMS)}")
    random = np.random.default_rng(20_160_627 + cell.elements)
    x = _normal(random, cell)
    keywords: dict[str, Any] = {}
    if cell.form == "offset":
        x += 1000
    elif cell.form == "normalised":
        x -= np.log(np.sum(np.exp(x), axis=cell.axis, keepdims=True))
    elif cell.form == "strided":
        wide = np.empty((*x.shape[:-1], 2 * x.shape[-1]), x.dtype)
        wide[..., ::2] = x
        x = wide[..., ::2]
    elif cell.form == "swapped":
        x = x.astype(x.dtype.newbyteorder())
    elif cell.form == "where":
        keywords["where"] = random.random(cell.shape) < 0.9
    elif cell.form == "weighted":
        keywords["b"] = random.random(cell.shape).astype(x.dtype) + x.dtype.type(0.5)
    elif cell.form == "tempered":
        keywords["temperature"] = 0.7
    elif cell.form == "smoothed":
        keywords["label_smoothing"] = 0.1
    elif cell.function == "lifted_structured_loss":
        x /= np.linalg.norm(x, axis=-1, keepdims=True)
    out = np.empty(cell.shape, x.dtype) if cell.out else None
    return Inputs(x, keywords, out, _targets(random, cell))


def _targets(random: np.random.Generator, cell: Cell) -> NDArray[Any] | None:
    """What the losses want; drawn last, so that `x` is that of every function of this shape."""
    if cell.function == "cross_entropy" and cell.form == "probable":
        targets = random.random(cell.shape)
        targets /= np.sum(targets, axis=cell.axis, keepdims=True)
        return targets.astype(dtype(cell.dtype))
    if cell.function == "cross_entropy":
        rows = list(cell.shape)
        classes = rows.pop(cell.axis)
        return random.integers(0, classes, rows)
    if cell.function == "logistic_loss":
        return random.integers(0, 2, cell.shape, np.int8).astype(dtype(cell.dtype))
    if cell.function == "lifted_structured_loss":
        return np.arange(cell.shape[0]) // ALIKE
    return None


def _normal(random: np.random.Generator, cell: Cell) -> NDArray[Any]:
    if cell.dtype == "float64":
        x: NDArray[Any] = random.standard_normal(cell.shape)
    else:
        x = random.standard_normal(cell.shape, dtype=np.float32)
    x *= 3
    return x.astype(dtype(cell.dtype), copy=False)


def dtype(name: str) -> np.dtype[Any]:
    """The dtype of that name; ImportError when it needs an absent library."""
    if name == "bfloat16":
        import ml_dtypes

        name = ml_dtypes.bfloat16
    return np.dtype(name)
