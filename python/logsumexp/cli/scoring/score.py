"""How good some logits are at one temperature: loss, accuracy, calibration.

    loss                 the mean of -log p[target], or of -sum q_k log p_k, in nats; a weighted mean
                         where classes have weights
    accuracy             how often the class of the largest logit is right
    calibration error    the mean of |accuracy - confidence| over bins of confidence, by their rows

Weights leave accuracy and calibration alone: these count rows.

Of equal logits the first counts as the largest, as for `numpy.argmax`; a row that holds nan is
wrong. For probabilities, a class is right if no other is more probable. Confidence is the largest
share of a row; bins are equally wide and each holds its upper end.
"""

import math
from dataclasses import dataclass

import numpy as np

import logsumexp as lse
from logsumexp.cli.scoring.pairs import Block, Pairs
from logsumexp.cli.scoring.total import Total

__all__ = ["Bin", "Score", "score"]


@dataclass(frozen=True)
class Bin:
    """The rows of about one confidence; the two means are nan where there are none."""

    low: float
    high: float
    rows: int
    confidence: float
    accuracy: float


@dataclass(frozen=True)
class Score:
    """What is known about some logits at one temperature.

    Parameters
    ----------
    temperature : float
        What the logits were divided by.
    rows, ignored : int
        How many rows took part, and how many did not.
    loss, accuracy, calibration_error : float
        As this module's first lines say.
    bins : tuple of Bin
        Of confidence, from 0 to 1.
    unbounded : int
        How many losses are infinite or nan.
    first : str
        The name of the first row with such a loss, and the loss.
    """

    temperature: float
    rows: int
    ignored: int
    loss: float
    accuracy: float
    calibration_error: float
    bins: tuple[Bin, ...]
    unbounded: int
    first: str

    @property
    def perplexity(self) -> float:
        """exp(loss): among how many equally likely classes the same loss would choose."""
        with np.errstate(over="ignore"):
            return float(np.exp(np.float64(self.loss)))


class Tally:
    """Counts and sums over the blocks of a file."""

    def __init__(self, bins: int) -> None:
        self.rows = self.ignored = self.right = self.unbounded = 0
        self.first = ""
        self.loss, self.weight = Total(), Total()
        self.counts, self.rights = np.zeros(bins, np.int64), np.zeros(bins, np.int64)
        self.confidence = [Total() for _ in range(bins)]
        self.unknown = 0

    def add(self, block: Block, temperature: float, smoothing: float) -> None:
        """Count the rows of a block."""
        self.ignored += block.ignored
        self.rows += len(block.x)
        if not len(block.x):
            return
        losses = lse.cross_entropy(
            block.x,
            block.targets,
            weight=block.weights,
            temperature=temperature,
            label_smoothing=smoothing,
            reduction="none",
        )
        self.loss.add(losses)
        self.weight.add(block.counts)
        odd = np.flatnonzero(~np.isfinite(losses))
        if len(odd) and not self.unbounded:
            self.first = f"{block.places.name(int(odd[0]))} has a loss of {losses[odd[0]]}"
        self.unbounded += len(odd)
        chosen = block.x.argmax(axis=-1)[:, np.newaxis]
        shares = lse.softmax(block.x, axis=-1, temperature=temperature)
        confidence = np.take_along_axis(shares, chosen, axis=-1)[:, 0]
        self.place(confidence, is_right(block.targets, chosen) & ~np.isnan(confidence))

    def place(self, confidence: np.ndarray, right: np.ndarray) -> None:
        """Put rows into their bins."""
        self.right += int(np.count_nonzero(right))
        known = ~np.isnan(confidence)
        self.unknown += len(known) - int(np.count_nonzero(known))
        count = len(self.counts)
        bins = np.ceil(confidence[known] * count).astype(np.int64) - 1
        bins = np.clip(bins, 0, count - 1)
        self.counts += np.bincount(bins, minlength=count)
        self.rights += np.bincount(bins[right[known]], minlength=count)
        for here in np.unique(bins).tolist():
            self.confidence[here].add(confidence[known][bins == here])

    def bins(self) -> tuple[Bin, ...]:
        """The bins with the means of their rows."""
        count = len(self.counts)
        return tuple(
            Bin(
                here / count,
                (here + 1) / count,
                rows := int(self.counts[here]),
                self.confidence[here].mean(rows) if rows else math.nan,
                int(self.rights[here]) / rows if rows else math.nan,
            )
            for here in range(count)
        )

    def calibration_error(self, bins: tuple[Bin, ...]) -> float:
        """The mean distance of accuracy and confidence."""
        if self.unknown:
            return math.nan
        # The sum over rows / all * |accuracy - confidence|, of at most some hundred bins.
        gaps = [part.rows * abs(part.accuracy - part.confidence) for part in bins if part.rows]
        return math.fsum(gaps) / self.rows


def is_right(targets: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Whether the chosen class of each row is the target, or one of the most probable."""
    if targets.ndim == 1:
        return np.asarray(chosen[:, 0] == targets)
    return np.asarray(np.take_along_axis(targets, chosen, axis=-1)[:, 0] == targets.max(axis=-1))


def score(pairs: Pairs, temperature: float, smoothing: float, bins: int) -> Score:
    """Go through all rows once.

    Parameters
    ----------
    pairs : Pairs
        Logits and targets.
    temperature : float
        What the logits are divided by, finite and above 0.
    smoothing : float
        How much of every target is given to all classes alike.
    bins : int
        How many bins of confidence.
    """
    tally = Tally(bins)
    for block in pairs.blocks("loss"):
        tally.add(block, temperature, smoothing)
    if tally.rows == 0:
        raise pairs.nothing_left(tally.ignored)
    if pairs.weights is not None and not tally.weight.units:
        raise pairs.weights.nothing_left()
    found = tally.bins()
    return Score(
        temperature,
        tally.rows,
        tally.ignored,
        tally.loss.over(tally.weight),
        tally.right / tally.rows,
        tally.calibration_error(found),
        found,
        tally.unbounded,
        tally.first,
    )
