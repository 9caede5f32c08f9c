"""Everything that `lse explain` knows about one row of numbers, before it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import logsumexp as lse
from logsumexp.cli.explaining.accounts import Stable, Textbook, stable, textbook
from logsumexp.cli.explaining.distance import Distance, distance, worst
from logsumexp.cli.explaining.exact import Exact, exact
from logsumexp.cli.explaining.kinds import Kind, kind_of
from logsumexp.cli.explaining.marks import Mark, marks_of
from logsumexp.cli.explaining.reasons import why_stable, why_textbook

__all__ = ["Answer", "Errors", "Explanation", "explain_row"]


@dataclass(frozen=True)
class Answer:
    """What one way of computing comes to in the end."""

    logsumexp: Any
    softmax: np.ndarray


@dataclass(frozen=True)
class Errors:
    """How far one formula is off: its logsumexp, and the worst of its shares."""

    logsumexp: Distance
    softmax: Distance
    softmax_index: int


@dataclass(frozen=True)
class Explanation:
    """One row, both formulas, the truth, and what there is to say about them.

    `answers` and `errors` have the keys "textbook", "stable" and "lse", which is this library;
    `marks` and `why` have the first two.
    """

    kind: Kind
    given: Sequence[float]
    x: np.ndarray
    textbook: Textbook
    stable: Stable
    answers: dict[str, Answer]
    exact: Exact
    marks: dict[str, list[Mark]]
    errors: dict[str, Errors]
    why: dict[str, str]


def explain_row(given: Sequence[float], type_name: str) -> Explanation:
    """Work through one row of numbers.

    Parameters
    ----------
    given : sequence of float
        At least one number.
    type_name : {'float16', 'bfloat16', 'float32', 'float64'}
        The type to compute in; the numbers are rounded to it first, and errors are measured
        against the rounded ones.
    """
    kind = kind_of(type_name)
    with np.errstate(all="ignore"):
        x = np.asarray(given, dtype=np.float64).astype(kind.dtype)
    first, second = textbook(x), stable(x)
    answers = {
        "textbook": Answer(first.logsumexp, first.softmax),
        "stable": Answer(second.logsumexp, second.softmax),
        "lse": Answer(lse.logsumexp(x), np.asarray(lse.softmax(x))),
    }
    true = exact([float(number) for number in x])
    errors = {name: errors_of(answer, true, kind) for name, answer in answers.items()}
    marks = {"textbook": marks_of(first, x), "stable": marks_of(second, x)}
    why = {
        "textbook": why_textbook(first, x, marks["textbook"], errors["textbook"].logsumexp, kind),
        "stable": why_stable(second, x, marks["stable"], errors["stable"].logsumexp, kind),
    }
    return Explanation(kind, given, x, first, second, answers, true, marks, errors, why)


def errors_of(answer: Answer, true: Exact, kind: Kind) -> Errors:
    """Compare one answer with the truth."""
    place, farthest = worst(answer.softmax, true.softmax, kind)
    return Errors(distance(answer.logsumexp, true.logsumexp, kind), farthest, place)
