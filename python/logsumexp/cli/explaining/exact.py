"""The truth: logsumexp and softmax in decimal arithmetic of 60 digits.

    logsumexp = max + log(count of max) + log(1 + rest / count)

The floats themselves are exact decimals, so nothing but these few operations rounds. Of the 60
digits some cancel when max and the logarithm have opposite signs; with numbers that a float can
hold at least 40 remain.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, localcontext

__all__ = ["DIGITS", "Exact", "exact"]

DIGITS = 60
TINY = Decimal("1e-20")


@dataclass(frozen=True)
class Exact:
    """The true logsumexp and the true shares; both may be infinite or nan where the input is."""

    logsumexp: Decimal
    softmax: tuple[Decimal, ...]


def exact(x: Sequence[float]) -> Exact:
    """Compute both.

    Parameters
    ----------
    x : sequence of float
        One row of numbers, at least one.
    """
    special = limit(x)
    if special is not None:
        return special
    with localcontext(Context(prec=DIGITS, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])):
        numbers = [Decimal(number) for number in x]
        largest = max(numbers)
        weights = [(number - largest).exp() for number in numbers]
        count = Decimal(sum(number == largest for number in numbers))
        rest = sum(
            (w for w, number in zip(weights, numbers, strict=True) if number != largest), Decimal(0)
        )
        logsumexp = (largest + count.ln()) + log_of_one_plus(rest / count)
        return Exact(logsumexp, tuple(weight / (count + rest) for weight in weights))


def log_of_one_plus(small: Decimal) -> Decimal:
    """log(1 + small), by its series where 1 + small would round the digits of `small` away."""
    if small < TINY:
        return small - small**2 / 2 + small**3 / 3
    return (1 + small).ln()


def limit(x: Sequence[float]) -> Exact | None:
    """The defined results for rows that hold infinities or nan; None for all others."""
    nan, one, zero = Decimal("nan"), Decimal(1), Decimal(0)
    if any(math.isnan(number) for number in x):
        return Exact(nan, tuple(nan for _ in x))
    largest = max(x)
    if math.isfinite(largest):
        return None if all(math.isfinite(number) for number in x) else without_empty(x)
    if largest < 0:
        return Exact(Decimal("-inf"), tuple(nan for _ in x))
    share = one if sum(number == largest for number in x) == 1 else nan
    return Exact(Decimal("inf"), tuple(share if number == largest else zero for number in x))


def without_empty(x: Sequence[float]) -> Exact:
    """Elements that are -inf weigh nothing."""
    finite = exact([number for number in x if math.isfinite(number)])
    shares = iter(finite.softmax)
    return Exact(
        finite.logsumexp,
        tuple(next(shares) if math.isfinite(number) else Decimal(0) for number in x),
    )
