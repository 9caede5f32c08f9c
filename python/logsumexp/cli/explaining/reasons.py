"""Why: one sentence for each formula.

The first thing that goes wrong explains all that follows, so the sentence is about that; where
nothing does, it says what is left of the digits.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from logsumexp.cli.explaining.accounts import Stable, Textbook
from logsumexp.cli.explaining.distance import Distance
from logsumexp.cli.explaining.kinds import Kind
from logsumexp.cli.explaining.marks import Mark

__all__ = ["why_stable", "why_textbook"]

MANY_ULP = 4


def why_textbook(
    account: Textbook, x: np.ndarray, marks: Sequence[Mark], error: Distance, kind: Kind
) -> str:
    """What the textbook formula does to these numbers."""
    if special(x):
        return special(x)
    exp = {mark.word: mark for mark in reversed(marks) if mark.step == "exp"}
    if "overflow" in exp:
        return (
            f"exp({shown(x[exp['overflow'].index])}) is larger than the largest {kind.name}, "
            f"{kind.largest:.5g}, as is every exp(x) with x above {kind.overflows_above:.5g}: it "
            f"becomes inf, so the sum and its log are inf, and dividing by inf leaves 0 or nan."
        )
    if any(mark.step == "sum" for mark in marks):
        return (
            f"Each exponential fits, but their sum is larger than the largest {kind.name}, "
            f"{kind.largest:.5g}: it becomes inf, and every number divided by it 0."
        )
    if account.sum == 0:
        return (
            f"Every exponential is smaller than the smallest {kind.name}, {kind.smallest:.2g}, as "
            f"is every exp(x) with x below {kind.underflows_below:.5g}: all become 0, the log of "
            f"their sum is -inf, and 0 / 0 is nan."
        )
    if error.ulp > MANY_ULP:
        return lost_digits(account, error)
    if "underflow" in exp:
        return (
            f"exp({shown(x[exp['underflow'].index])}) is smaller than the smallest {kind.name}, "
            f"{kind.smallest:.2g}, and becomes 0: no harm here, it is too small to change any "
            f"digit of this sum."
        )
    return f"No exponential leaves the range of {kind.name}: here the textbook formula may be used."


def lost_digits(account: Textbook, error: Distance) -> str:
    """No inf, no nan, and still a wrong answer."""
    if abs(float(account.sum) - 1) < 0.5:
        return (
            f"The sum is close to 1, where its log is close to 0 and consists of the digits that "
            f"rounding the sum has cut off: the answer is wrong by {error.ulp:.3g} ulp."
        )
    return (
        f"The exponentials have lost digits, because they are close to 0 or their sum was rounded "
        f"too often: the answer is wrong by {error.ulp:.3g} ulp."
    )


def why_stable(
    account: Stable, x: np.ndarray, marks: Sequence[Mark], error: Distance, kind: Kind
) -> str:
    """What the stable formula does to these numbers."""
    if special(x):
        if np.isnan(account.softmax).all():
            return special(x)
        return "x - max is taken as its limit: 0 at the inf and -inf elsewhere, so the inf has all."
    if error.ulp > MANY_ULP:
        return (
            "The maximum and the log have opposite signs and cancel almost completely: what is left "
            "is the rounding of both, and only more digits on the way can help."
        )
    begin = "The maximum is taken out first, so the largest exponential is exp(0) = 1"
    lost = [mark.index for mark in marks if mark.word == "underflow" and mark.index is not None]
    if not lost:
        return f"{begin}: nothing can overflow, and here nothing underflows."
    return (
        f"{begin}: nothing can overflow, and what becomes 0, as "
        f"exp({shown(account.shifted[lost[0]])}) does, is too small a share for {kind.name} to hold."
    )


def special(x: np.ndarray) -> str:
    """What is to say where the input decides the result; nothing for most."""
    if np.any(np.isnan(x)):
        return "nan is among the numbers, and nan in gives nan out."
    if np.all(x == -np.inf):
        return "Every number is -inf: there is no mass to share, and the shares are 0 / 0."
    if np.any(x == np.inf):
        return "inf is among the numbers: the log of an inf sum is inf, and inf / inf is nan."
    return ""


def shown(number: Any) -> str:
    """A number as a person would write it."""
    return f"{float(number):.6g}"
