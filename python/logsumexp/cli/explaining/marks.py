"""Where inf, nan or 0 appears: the steps that make one out of ordinary numbers.

A step that only hands on what came in is not marked: the log of an inf sum is inf, and that is no
news. What came in with the input is not marked either.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from logsumexp.cli.explaining.accounts import Stable, Textbook

__all__ = ["Mark", "marks_of"]


@dataclass(frozen=True)
class Mark:
    """One step where a special value appears.

    Parameters
    ----------
    step : {'exp', 'sum', 'logsumexp', 'softmax'}
        The step.
    index : int or None
        Which element, where the step has several.
    word : str
        What happened, short enough to stand beside the value.
    """

    step: str
    index: int | None
    word: str


def marks_of(account: Textbook | Stable, x: np.ndarray) -> list[Mark]:
    """All marks of an account, in the order of its steps.

    Parameters
    ----------
    account : Textbook or Stable
        The steps.
    x : ndarray
        The input.
    """
    exponents = x if isinstance(account, Textbook) else account.shifted
    return [*of_exp(exponents, account.exp), *of_sum(account), *of_shares(account, x)]


def of_exp(exponents: np.ndarray, values: np.ndarray) -> Iterator[Mark]:
    """An exponential that left the range of the type."""
    for index, (exponent, value) in enumerate(zip(exponents, values, strict=True)):
        if not np.isfinite(exponent):
            continue
        if np.isinf(value):
            yield Mark("exp", index, "overflow")
        elif value == 0:
            yield Mark("exp", index, "underflow")


def of_sum(account: Textbook | Stable) -> Iterator[Mark]:
    """A sum that overflowed although its terms had not, and a log of nothing."""
    if np.isinf(account.sum) and np.all(np.isfinite(account.exp)):
        yield Mark("sum", None, "overflow")
    if isinstance(account, Textbook) and account.sum == 0:
        yield Mark("logsumexp", None, "log of 0")


def of_shares(account: Textbook | Stable, x: np.ndarray) -> Iterator[Mark]:
    """A quotient that is nan, or 0 although its numerator was not."""
    for index, (value, share) in enumerate(zip(account.exp, account.softmax, strict=True)):
        word = word_of_share(value, account.sum, share)
        if word and np.isfinite(x[index]):
            yield Mark("softmax", index, word)


def word_of_share(value: Any, total: Any, share: Any) -> str | None:
    """What happened in value / total, if anything did."""
    if np.isnan(value) or np.isnan(total):
        return None
    if np.isnan(share):
        return "inf / inf" if np.isinf(value) else "0 / 0"
    if share == 0 and value != 0:
        return "x / inf" if np.isinf(total) else "underflow"
    return None
