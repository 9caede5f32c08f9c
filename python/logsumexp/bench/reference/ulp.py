"""Right answers at some places, and how far a result is from them, in units in the last place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["DIGITS", "Exact", "far_off", "ulps"]

DIGITS = 40
FAR_OFF = 1e-3

# Fraction bits and least exponent of a normal number.
_FORMATS = {
    "float16": (10, -14),
    "bfloat16": (7, -126),
    "float32": (23, -126),
    "float64": (52, -1022),
}


@dataclass(frozen=True)
class Exact:
    """The right answers at some positions of the result, flattened in C order.

    `scale` is the size below which an answer is small: 1, or the largest entry of a gradient.
    """

    positions: NDArray[np.intp]
    values: Sequence[Decimal]
    scale: float = 1.0

    @classmethod
    def gradient(cls, positions: Iterable[int], values: Sequence[Decimal]) -> "Exact":
        """The answers of a gradient: its entries have no size of their own."""
        return cls(np.array(list(positions)), values, max(abs(float(value)) for value in values))

    @classmethod
    def number(cls, value: Decimal) -> "Exact":
        """A result that is one number."""
        return cls(np.array([0]), [value])


def ulps(result: NDArray[Any], answers: Exact, dtype: str) -> float:
    """The worst error of the sampled results in units in the last place of `dtype`; inf if not finite."""
    fraction, least = _FORMATS[dtype]
    worst = 0.0
    with localcontext(Context(prec=DIGITS)):
        for got, wanted in zip(_picked(result, answers), answers.values, strict=True):
            if not np.isfinite(got):
                return float("inf")
            exponent = max(int(np.frexp(float(wanted))[1]) - 1, least)
            unit = Decimal(2) ** (exponent - fraction)
            worst = max(worst, float(abs(Decimal(got) - wanted) / unit))
    return worst


def far_off(result: NDArray[Any], answers: Exact) -> bool:
    """Whether a result is off by more than 1e-3 of the larger of the exact answer and its scale."""
    got = np.array(_picked(result, answers))
    wanted = np.array([float(value) for value in answers.values])
    near = np.abs(got - wanted) <= FAR_OFF * np.maximum(answers.scale, np.abs(wanted))
    return not near.all()


def _picked(result: NDArray[Any], answers: Exact) -> list[float]:
    """The results at the positions."""
    found: list[float] = result.reshape(-1)[answers.positions].astype(np.float64).tolist()
    return found
