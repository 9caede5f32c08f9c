"""Contestants take turns, so that whatever else the machine does meets all of them alike.

In each round every contestant gives one sample, in an order shuffled anew. A sample is a run-in, calls of
its own that are not timed, and then as many timed calls as take about 2 ms. The run-in outlasts the threads
of other libraries, which spin for about 10 ms after their work and would hold a processor that the next one
needs; a rest of that length would instead let the processor fall asleep, which doubles what a millisecond
of work takes.

Reported are the median and the quartiles over the samples. Slow contestants give fewer samples, at least
three, spread evenly over the rounds. A call so long that nobody would wait for three is not repeated: the
one that was checked is its only sample.

A shared machine changes its speed while it is measured, by up to a factor of two. What is compared is
therefore every sample with that sample of the first contestant which was taken next to it, and the median of
these ratios is what counts; the ratio of two medians may compare a quick minute with a slow one.
"""

import gc
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ONCE_ABOVE", "Contestant", "Times", "take_turns"]

SAMPLE_SECONDS = 2e-3
RUN_IN_SECONDS = 12e-3
WARM_UP_BELOW = 0.5  # seconds: a longer call loses too little to the threads of the one before
ONCE_ABOVE = 10.0  # seconds: what took longer when its answer was checked is not called again
ROUNDS = 50
LEAST_SAMPLES = 3


@dataclass(frozen=True)
class Contestant:
    """Someone who computes the cell: a name, and a call without arguments.

    `took` is how many seconds a call took that has been made, if that is known.
    """

    name: str
    call: Callable[[], Any]
    took: float = 0.0


@dataclass(frozen=True)
class Times:
    """Seconds per call: quartiles and median over the samples, each the mean of `calls` calls.

    `ratio` is the median of every sample over the nearest one of the first contestant.
    """

    low: float
    median: float
    high: float
    samples: int
    calls: int
    ratio: float

    def as_dict(self) -> dict[str, float]:
        """As it is written to a record."""
        return asdict(self)


def take_turns(contestants: Iterable[Contestant], *, seconds: float) -> dict[str, Times]:
    """Time the contestants, each for about `seconds` in all."""
    field = [_Runner(contestant, seconds) for contestant in contestants]
    order = random.Random(1)  # noqa: S311 - a fair order, not a secret
    collecting = gc.isenabled()
    gc.disable()
    try:
        for turn in range(ROUNDS):
            for runner in order.sample(field, len(field)):
                if runner.due(turn):
                    runner.sample()
    finally:
        if collecting:
            gc.enable()
    return {runner.contestant.name: runner.times(field[0]) for runner in field}


class _Runner:
    """One contestant's calls per sample, samples per run, and what they took."""

    def __init__(self, contestant: Contestant, seconds: float) -> None:
        self.contestant = contestant
        self.calls = 1
        self.taken: list[float] = []
        self.when: list[float] = []
        self.wanted, self.warm = 0, False
        if contestant.took > ONCE_ABOVE:
            self._keep(contestant.took)
            return
        while (took := self._timed()) < SAMPLE_SECONDS / 2 and self.calls < 1 << 20:
            self.calls = max(2 * self.calls, int(self.calls * SAMPLE_SECONDS / max(took, 1e-9)))
        self.warm = took < WARM_UP_BELOW
        turn = took + (max(RUN_IN_SECONDS, took / self.calls) if self.warm else 0)
        self.wanted = min(ROUNDS, max(LEAST_SAMPLES, int(seconds / turn)))

    def _timed(self) -> float:
        call, turns = self.contestant.call, repeat(None, self.calls)
        start = time.perf_counter()
        for _ in turns:
            call()
        return time.perf_counter() - start

    def due(self, turn: int) -> bool:
        """Whether this round is one of this contestant's: they are spread evenly."""
        return (turn + 1) * self.wanted // ROUNDS > turn * self.wanted // ROUNDS

    def sample(self) -> None:
        if self.warm:
            end = time.perf_counter() + RUN_IN_SECONDS
            while time.perf_counter() < end:
                self.contestant.call()
        self._keep(self._timed() / self.calls)

    def _keep(self, seconds: float) -> None:
        self.taken.append(seconds)
        self.when.append(time.perf_counter())

    def times(self, first: "_Runner") -> Times:
        low, median, high = np.quantile(self.taken, (0.25, 0.5, 0.75)).tolist()
        ratio = float(np.median(np.divide(self.taken, first.beside(self))))
        return Times(low, median, high, len(self.taken), self.calls, ratio)

    def beside(self, other: "_Runner") -> NDArray[np.float64]:
        """Of every sample of the other, that of ours which was taken nearest to it in time."""
        apart = np.abs(np.subtract.outer(other.when, self.when))
        found: NDArray[np.float64] = np.asarray(self.taken)[np.argmin(apart, axis=1)]
        return found
