"""How the mean loss changes with the temperature, by way of beta = 1 / temperature.

With d = x - max, p = softmax(beta x), and Q = sum q_k over the target probabilities q, times the weights
of their classes:

    loss              Q logsumexp(beta x) - beta sum q_k x_k
    first derivative  Q sum p_k d_k - sum q_k d_k
    second            Q sum p_k (d_k - mean)^2,      mean = sum p_k d_k

The second is never negative: the loss is convex in beta, and has one smallest value. The distances d
keep the first one's digits for large logits, and its terms of one sign for sure rows.
"""

from dataclasses import dataclass

import numpy as np

import logsumexp as lse
from logsumexp.cli.scoring.pairs import Block, Pairs
from logsumexp.cli.scoring.total import Total

__all__ = ["Ends", "Slope", "ends", "slope_at"]

ROUNDINGS = 16 * 2.0**-53
"""What the sums over the classes of a row may lose, against their terms."""


@dataclass(frozen=True)
class Slope:
    """The derivatives of the mean loss, and up to what size the first may be rounding alone."""

    first: float
    second: float
    noise: float


@dataclass(frozen=True)
class Ends:
    """The loss at the two ends of all temperatures.

    Parameters
    ----------
    slope : Slope
        At beta = 0, where all classes are equally probable.
    hot : float
        The loss there: its limit for a temperature without bound.
    cold : float
        Its limit for a temperature of 0; inf unless every target is a largest logit of its row.
    """

    slope: Slope
    hot: float
    cold: float


class Sums:
    """The sums behind a slope."""

    def __init__(self) -> None:
        self.first, self.second, self.size, self.weight = Total(), Total(), Total(), Total()

    def add(
        self, p: np.ndarray, d: np.ndarray, mass: np.ndarray, aim: np.ndarray, counts: np.ndarray
    ) -> None:
        """Add rows: their shares, distances, Q, sum q_k d_k, and what each counts in the mean."""
        np.copyto(d, 0, where=p == 0)  # else 0 * d^2 may be 0 * inf
        mean = np.einsum("rc,rc->r", p, d)
        d -= mean[:, np.newaxis]
        np.multiply(d, d, out=d)
        self.first.add(mass * mean - aim)
        self.second.add(mass * np.einsum("rc,rc->r", p, d))
        self.size.add(np.abs(mass * mean) + np.abs(aim))
        self.weight.add(counts)

    def slope(self) -> Slope:
        """The derivatives of the mean."""
        noise = ROUNDINGS * self.size.over(self.weight)
        return Slope(self.first.over(self.weight), self.second.over(self.weight), noise)


def slope_at(pairs: Pairs, beta: float, smoothing: float) -> Slope:
    """Go through all rows once; beta is finite and above 0."""
    sums = Sums()
    for block in pairs.blocks("fitting"):
        d = distances(block.x)
        p = lse.softmax(block.x, axis=-1, temperature=1 / beta)
        with np.errstate(over="ignore", invalid="ignore"):
            sums.add(p, d, *aims(block, d, smoothing), block.counts)
    return sums.slope()


def ends(pairs: Pairs, smoothing: float) -> Ends:
    """Look at both ends in one pass."""
    sums, hot, cold, all_right = Sums(), Total(), Total(), True
    for block in pairs.blocks("fitting"):
        largest = block.x.max(axis=-1, keepdims=True)
        # What is infinitely far below has no share at any temperature.
        alive = np.where(largest == np.inf, block.x == np.inf, block.x > -np.inf)
        count = np.count_nonzero(alive, axis=-1)
        d = distances(block.x)
        with np.errstate(over="ignore", invalid="ignore"):
            mass, aim = aims(block, d, smoothing)
            all_right = all_right and not aim.any()
            hot.add(mass * np.log(count))
            cold.add(mass * np.log(np.count_nonzero(block.x == largest, axis=-1)))
            sums.add(alive / count[:, np.newaxis], d, mass, aim, block.counts)
    limit = cold.over(sums.weight) if all_right else np.inf
    return Ends(sums.slope(), hot.over(sums.weight), limit)


def distances(x: np.ndarray) -> np.ndarray:
    """How far each logit is from the largest of its row, 0 where that is no finite number."""
    with np.errstate(over="ignore", invalid="ignore"):
        d = x - x.max(axis=-1, keepdims=True)
    d[~np.isfinite(d)] = 0
    return np.asarray(d)


def aims(block: Block, d: np.ndarray, smoothing: float) -> tuple[np.ndarray, np.ndarray]:
    """Q and sum q_k d_k of each row, for smoothed targets too; weights belong to q."""
    weights = block.weights
    if block.targets.ndim == 1:
        mass = block.counts
        aim = mass * np.take_along_axis(d, block.targets[:, np.newaxis], axis=-1)[:, 0]
    else:
        q = block.targets if weights is None else block.targets * weights
        mass = q.sum(axis=-1)
        aim = np.einsum("rc,rc->r", q, d)
    if smoothing:
        # q becomes (1 - smoothing) q + smoothing / classes, times the weights.
        share = 1.0 if weights is None else weights.mean()
        means = d.mean(axis=-1) if weights is None else (d * weights).mean(axis=-1)
        mass = (1 - smoothing) * mass + smoothing * share
        aim = (1 - smoothing) * aim + smoothing * means
    return mass, aim
