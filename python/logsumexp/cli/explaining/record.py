"""An explanation as JSON.

Numbers are JSON numbers; what JSON has no number for is the string "inf", "-inf" or "nan". Exact
values are strings of 40 digits, because a float could not hold them.
"""

import math
from decimal import Decimal
from typing import Any

import numpy as np

from logsumexp.cli.explaining.distance import Distance, distance
from logsumexp.cli.explaining.explanation import Explanation

__all__ = ["record"]


def record(explanation: Explanation) -> dict[str, Any]:
    """Everything an explanation holds, as plain lists, dicts, numbers and strings."""
    textbook, stable, kind = explanation.textbook, explanation.stable, explanation.kind
    return {
        "dtype": kind.name,
        "given": numbers(explanation.given),
        "x": numbers(explanation.x),
        "textbook": {
            "exp": numbers(textbook.exp),
            "sum": number(textbook.sum),
            "logsumexp": number(textbook.logsumexp),
            "softmax": numbers(textbook.softmax),
            **said(explanation, "textbook"),
        },
        "stable": {
            "max": number(stable.max),
            "shifted": numbers(stable.shifted),
            "exp": numbers(stable.exp),
            "top": number(stable.top),
            "rest": number(stable.rest),
            "sum": number(stable.sum),
            "log": number(stable.log),
            "logsumexp": number(stable.logsumexp),
            "softmax": numbers(stable.softmax),
            **said(explanation, "stable"),
        },
        "lse": {
            "logsumexp": number(explanation.answers["lse"].logsumexp),
            "softmax": numbers(explanation.answers["lse"].softmax),
        },
        "exact": {
            "logsumexp": digits(explanation.exact.logsumexp),
            "softmax": [digits(share) for share in explanation.exact.softmax],
        },
        "error": {name: errors(explanation, name) for name in explanation.errors},
    }


def said(explanation: Explanation, name: str) -> dict[str, Any]:
    """The marks and the sentence of one formula."""
    marks = [
        {"step": mark.step, "index": mark.index, "what": mark.word}
        for mark in explanation.marks[name]
    ]
    return {"marks": marks, "why": explanation.why[name]}


def errors(explanation: Explanation, name: str) -> dict[str, Any]:
    """The error of each number that a formula answered."""
    shares = zip(explanation.answers[name].softmax, explanation.exact.softmax, strict=True)
    return {
        "logsumexp": pair(explanation.errors[name].logsumexp),
        "softmax": [pair(distance(share, true, explanation.kind)) for share, true in shares],
    }


def pair(error: Distance) -> dict[str, Any]:
    """An error in ulp and relative."""
    return {"ulp": number(error.ulp), "relative": number(error.relative)}


def numbers(values: Any) -> list[float | str]:
    """A row of numbers."""
    return [number(value) for value in values]


def number(value: Any) -> float | str:
    """One number, or the name of one that JSON does not have."""
    plain = float(value)
    if math.isfinite(plain):
        return plain
    return "nan" if math.isnan(plain) else "inf" if plain > 0 else "-inf"


def digits(value: Decimal) -> str | float:
    """Forty digits of an exact value."""
    return f"{value:.39e}" if value.is_finite() else number(np.float64(str(value)))
