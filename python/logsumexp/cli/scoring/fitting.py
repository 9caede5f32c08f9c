"""The temperature with the smallest loss, or the reason why there is none.

As a function of beta = 1 / temperature the loss is convex, so its two ends say whether a smallest
value lies between them:

    rising at beta = 0                                     the hotter the better
    every target is a largest logit of its row             the colder the better
    both, for rows of equal logits                         all temperatures are alike
    neither                                                one best temperature, found by a search
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from logsumexp.cli.refusal import Refusal
from logsumexp.cli.scoring.pairs import Pairs
from logsumexp.cli.scoring.score import Score
from logsumexp.cli.scoring.search import smallest_at
from logsumexp.cli.scoring.slope import Slope, ends, slope_at

__all__ = ["Fit", "Outcome", "fit"]


class Outcome(StrEnum):
    """Where the loss is smallest."""

    FOUND = "found"
    COLD = "zero"
    HOT = "infinity"
    ANY = "any"


@dataclass(frozen=True)
class Fit:
    """What came of a search.

    Parameters
    ----------
    outcome : Outcome
        Where the loss is smallest.
    limit : float
        The loss that is approached where there is no best temperature; else the best known.
    score : Score or None
        At the best temperature; None where there is none.
    """

    outcome: Outcome
    limit: float
    score: Score | None


def fit(pairs: Pairs, before: Score, smoothing: float, score_at: Callable[[float], Score]) -> Fit:
    """Find the best temperature.

    Parameters
    ----------
    pairs : Pairs
        Logits and targets.
    before : Score
        At the temperature where the search begins.
    smoothing : float
        How much of every target is given to all classes alike.
    score_at : callable
        The score at a temperature.
    """
    if before.unbounded:
        remedy = "no temperature mends that, leave such rows out"
        raise Refusal(pairs.logits.name, before.first, remedy)
    at_ends = ends(pairs, smoothing)
    rises = at_ends.slope.first >= -at_ends.slope.noise
    falls = at_ends.cold < float("inf")
    if rises or falls:
        outcome = Outcome.ANY if rises and falls else Outcome.HOT if rises else Outcome.COLD
        limit = at_ends.hot if rises else at_ends.cold
        return Fit(outcome, limit, None)

    def slope(beta: float) -> Slope:
        return slope_at(pairs, beta, smoothing)

    score = score_at(1 / smallest_at(slope, 1 / before.temperature))
    return Fit(Outcome.FOUND, score.loss, score)
