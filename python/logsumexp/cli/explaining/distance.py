"""How far a computed number is from the true one: in ulp of its type, and relative.

One ulp is the distance of the floats around the true value: 2^(e - p + 1) for 2^e <= |true| < 2^(e+1)
and p bits, and never less than the smallest float above 0.
"""

import math
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext
from typing import Any

import numpy as np

from logsumexp.cli.explaining.kinds import Kind

__all__ = ["Distance", "distance", "worst"]


@dataclass(frozen=True)
class Distance:
    """An error: infinite where no digit is right."""

    ulp: float
    relative: float


def distance(computed: Any, true: Decimal, kind: Kind) -> Distance:
    """Measure one number.

    Parameters
    ----------
    computed : float or NumPy scalar
        What a formula answered, in the type `kind`.
    true : Decimal
        The truth.
    kind : Kind
        The type.

    Returns
    -------
    Distance
        A share too small for the type that was computed as 0 has an error in ulp, below one half,
        and no relative error to speak of: 0.
    """
    number = float(computed)
    if not true.is_finite() or not math.isfinite(number):
        same = str(Decimal(number)) == str(true)
        return Distance(0.0, 0.0) if same else Distance(math.inf, math.inf)
    with localcontext(Context(prec=80, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])):
        gap = abs(Decimal(number) - true)
        if gap == 0:
            return Distance(0.0, 0.0)
        ulp = float(gap / ulp_at(true, kind))
        if true == 0:
            return Distance(ulp, math.inf)
        vanished = number == 0 and abs(true) * 2 <= Decimal(kind.smallest)
        return Distance(ulp, 0.0 if vanished else float(gap / abs(true)))


def ulp_at(true: Decimal, kind: Kind) -> Decimal:
    """The distance of neighbouring floats at a true value."""
    size = float(abs(true))
    if size < kind.tiny:
        return Decimal(kind.smallest)
    exponent = math.frexp(min(size, kind.largest))[1] - 1
    if Decimal(2) ** exponent > abs(true):  # float() had rounded up to the power of two
        exponent -= 1
    return Decimal(2) ** (exponent - kind.bits + 1)


def worst(computed: np.ndarray, true: tuple[Decimal, ...], kind: Kind) -> tuple[int, Distance]:
    """Which of many numbers is farthest from the truth, and how far."""
    distances = [distance(c, t, kind) for c, t in zip(computed, true, strict=True)]
    place = max(range(len(distances)), key=lambda i: (distances[i].ulp, distances[i].relative))
    return place, distances[place]
