"""Two formulas for the same number, each step computed and kept in one floating type.

    textbook    log(sum(exp(x)))                         exp(x) / sum(exp(x))
    stable      max + log(top) + log1p(rest / top)       exp(x - max) / (top + rest)

top counts the elements that equal the maximum, rest sums exp(x - max) of all others. Nothing is
computed in a wider type and rounded afterwards: sums add one element after another, as a loop in
that type would.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

__all__ = ["Stable", "Textbook", "stable", "textbook"]


@dataclass(frozen=True)
class Textbook:
    """The steps of log(sum(exp(x))); the logarithm is the result."""

    exp: np.ndarray
    sum: Any
    logsumexp: Any
    softmax: np.ndarray


@dataclass(frozen=True)
class Stable:
    """The steps of max + log(top) + log1p(rest / top)."""

    max: Any
    shifted: np.ndarray
    exp: np.ndarray
    top: Any
    rest: Any
    sum: Any
    log: Any
    logsumexp: Any
    softmax: np.ndarray


def textbook(x: np.ndarray) -> Textbook:
    """Compute the textbook formula in the type of `x`.

    Parameters
    ----------
    x : ndarray
        One row of numbers, at least one, of a floating type.
    """
    with np.errstate(all="ignore"):
        exp = np.exp(x)
        total = add_up(exp)
        return Textbook(exp, total, np.log(total), exp / total)


def stable(x: np.ndarray) -> Stable:
    """Compute the stable formula in the type of `x`.

    Where the maximum is infinite, x - max is taken as its limit: 0 at the maximum, -inf elsewhere.

    Parameters
    ----------
    x : ndarray
        One row of numbers, at least one, of a floating type.
    """
    number = x.dtype.type
    with np.errstate(all="ignore"):
        largest = x.max()
        at_top = x == largest
        shifted = np.where(at_top & np.isinf(x), number(0), x - largest).astype(x.dtype)
        exp = np.exp(shifted)
        top = number(np.count_nonzero(at_top))
        rest = add_up(exp[~at_top])
        log = number(np.log(top) + np.log1p(rest / top))
        softmax = exp / (top + rest)
        if np.isinf(largest) and (largest < 0 or top > 1):  # no limit: several share it
            softmax = np.where(at_top, number(np.nan), softmax).astype(x.dtype)
        answer = number(largest + log)
        return Stable(largest, shifted, exp, top, rest, top + rest, log, answer, softmax)


def add_up(numbers: np.ndarray) -> Any:
    """The sum, one after another, each partial sum rounded to the type of `numbers`."""
    total = numbers.dtype.type(0)
    for number in numbers:
        total = total + number
    return total
