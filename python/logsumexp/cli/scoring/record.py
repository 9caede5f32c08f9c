"""Scores as JSON, every number with all its digits.

What JSON has no number for is the string "inf" or "nan", and null where there is no number at all.
"""

from typing import Any

from logsumexp.cli.explaining.record import number
from logsumexp.cli.scoring.fitting import Fit
from logsumexp.cli.scoring.pairs import Pairs
from logsumexp.cli.scoring.score import Bin, Score

__all__ = ["record"]


def record(pairs: Pairs, given: Score, smoothing: float, fit: Fit | None) -> dict[str, Any]:
    """Everything that was found out, as plain dicts, lists, numbers and strings."""
    found: dict[str, Any] = {
        "logits": pairs.logits.name,
        "targets": pairs.targets.source.name,
        "kind": "probabilities" if pairs.targets.ignore is None else "classes",
        "rows": given.rows,
        "ignored": given.ignored,
        "classes": pairs.targets.classes,
        "weight": None if pairs.weights is None else pairs.weights.name,
        "label_smoothing": smoothing,
        **numbers(given),
    }
    if fit is not None:
        found["fit"] = {
            "best_temperature": fit.outcome.value,
            "limit": number(fit.limit),
            **({} if fit.score is None else numbers(fit.score)),
        }
    return found


def numbers(score: Score) -> dict[str, Any]:
    """The numbers of one temperature."""
    return {
        "temperature": score.temperature,
        "loss": number(score.loss),
        "perplexity": number(score.perplexity),
        "accuracy": score.accuracy,
        "calibration_error": number(score.calibration_error),
        "bins": [of_bin(part) for part in score.bins],
    }


def of_bin(part: Bin) -> dict[str, Any]:
    """One bin of confidence; no rows have no mean."""
    return {
        "low": part.low,
        "high": part.high,
        "rows": part.rows,
        "confidence": part.confidence if part.rows else None,
        "accuracy": part.accuracy if part.rows else None,
    }
