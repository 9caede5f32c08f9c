"""Rows that are longer than a block: fold their parts, merge the states, finish once.

    logsumexp    finish(state)                     softmax       spread(state, part)
    logmeanexp   finish(state, minus=log n)        log_softmax  -finish(state, minus=part)

With a temperature t the parts are (x - max) / t, where max is found by a pass of its own: dividing
first would round x / t, and softmax would multiply that error by the size of x / t. What is left is
the rounding of (x - max) / t itself: |x - max| / t ulp of a share, an ulp of the maximum of a sum.
"""

import math
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

import logsumexp as lse
from logsumexp.cli.cutting import Box, kept
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.task import Task

__all__ = ["Parts"]


class Parts:
    """One set of rows whose numbers come in several boxes.

    Parameters
    ----------
    task : Task
        The function and its options.
    numbers : Windows
        Where to read.
    boxes : sequence of tuple of slice
        The parts, in order; they differ along the task's axes only.
    advance : callable
        Told of the bytes done.
    """

    def __init__(
        self, task: Task, numbers: Windows, boxes: Sequence[Box], advance: Callable[[int], None]
    ) -> None:
        self.task, self.numbers, self.boxes, self.advance = task, numbers, boxes, advance
        self.leading = tuple(range(len(task.axes)))
        self.maximum = self.find_maximum() if task.temperature != 1 else None

    @staticmethod
    def passes(task: Task) -> int:
        """How often the numbers are read."""
        return 1 + task.elementwise + (task.temperature != 1)

    def fill(self, result: Windows) -> None:
        """Fold all parts, then write what the state answers."""
        state = self.fold()
        if not self.task.elementwise:
            with result.filling(kept(self.boxes[0], self.task.axes)) as target:
                target[...] = self.total(state)
            return
        for box in self.boxes:
            shares = self.shares(state, self.part(box))
            with result.filling(box) as target:
                target[...] = np.moveaxis(shares, self.leading, self.task.axes)
            self.advance(self.numbers.bytes_in(box))

    def fold(self) -> Any:
        """The state of the rows."""
        state: Any = None
        for box in self.boxes:
            folded = lse.State.fold(self.part(box), axis=self.leading)
            state = folded if state is None else state | folded
            self.advance(self.numbers.bytes_in(box))
        return state

    def part(self, box: Box) -> np.ndarray:
        """The numbers of a box, reduced axes first, in the type of the computation."""
        x = np.moveaxis(self.numbers.window(box), self.task.axes, self.leading)
        kind = x.dtype if x.dtype.kind not in "biu" else np.dtype(np.float64)
        if self.task.dtype is not None:
            kind = np.promote_types(kind, self.task.dtype)
        if self.maximum is None:
            return x.astype(kind, copy=False)
        with np.errstate(all="ignore"):
            wide = x.astype(np.promote_types(kind, np.float64), copy=False)
            return np.asarray((wide - self.maximum) / self.task.temperature)

    def find_maximum(self) -> np.ndarray:
        """The largest number of each row where that is finite, else 0."""
        largest: Any = None
        for box in self.boxes:
            here = np.asarray(self.numbers.window(box).max(axis=self.task.axes))
            largest = here if largest is None else np.maximum(largest, here)
            self.advance(self.numbers.bytes_in(box))
        largest = largest.astype(np.promote_types(largest.dtype, np.float64))
        return np.where(np.isfinite(largest), largest, 0)

    def shares(self, state: Any, part: np.ndarray) -> np.ndarray:
        """Softmax or log-softmax of a part, given the state of its rows."""
        if self.task.name == "softmax":
            return np.asarray(state.spread(part))
        return np.asarray(-state.finish(minus=part))

    def total(self, state: Any) -> np.ndarray:
        """Logsumexp or logmeanexp of the rows."""
        if self.task.name == "logmeanexp":
            high, low = log_of(math.prod(self.numbers.shape[axis] for axis in self.task.axes))
            answer = state.finish(minus=high) - low
        else:
            answer = state.finish()
        if self.maximum is None:
            return np.asarray(answer)
        with np.errstate(all="ignore"):
            return np.asarray(self.maximum + self.task.temperature * answer)


def log_of(count: int) -> tuple[float, float]:
    """Log of a count in two floats: the mean of equal numbers cancels all digits of the first."""
    exact = Decimal(count).ln()
    high = float(exact)
    return high, float(exact - Decimal(high))
