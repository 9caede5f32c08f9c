"""The obvious State: one row, Python floats, no cleverness. The laws are first checked on this.

State { max, top, rest }        mass = e^max * (top + rest)
"""

import math

import numpy as np


class NaiveState:
    """The mergeable state of a multiset of numbers."""

    shape, dtype = (), np.dtype("float64")

    def __init__(self, max, top, rest):  # noqa: A002  the word of the algebra
        self.max, self.top, self.rest = max, top, rest

    @classmethod
    def empty(cls):
        return cls(-math.inf, 0.0, 0.0)

    @classmethod
    def one(cls, x):
        # An element -inf has no mass: it is the empty state.
        return cls.empty() if x == -math.inf else cls(float(x), 1.0, 0.0)

    @classmethod
    def fold(cls, x):
        state = cls.empty()
        for element in np.asarray(x, float):
            state = state.merge(cls.one(element))
        return state

    def merge(self, other):
        if math.isnan(self.max) or math.isnan(other.max):
            return type(self)(math.nan, math.nan, math.nan)
        if self.max == other.max:
            return type(self)(self.max, self.top + other.top, self.rest + other.rest)
        high, low = (self, other) if self.max > other.max else (other, self)
        if low.max == -math.inf or high.max == math.inf:
            return type(self)(high.max, high.top, high.rest)
        scaled = math.exp(low.max - high.max) * (low.top + low.rest)
        return type(self)(high.max, high.top, high.rest + scaled)

    __or__ = merge

    def shift(self, c):
        return type(self)(self.max + c, self.top, self.rest) if self.top else self.empty()

    def finish(self, minus=0.0):
        if math.isinf(self.max) or math.isnan(self.max):
            return self.max - minus
        return (self.max - minus) + math.log(self.top) + math.log1p(self.rest / self.top)

    def spread(self, x):
        x = np.asarray(x, float)
        if math.isfinite(self.max):
            return np.exp(x - self.max) / (self.top + self.rest)
        if self.max == math.inf:
            return np.where(x == math.inf, 1.0 if self.top == 1 else math.nan, 0.0)
        return np.full_like(x, math.nan)

    def __eq__(self, other):
        return self._fields() == other._fields()

    __hash__ = None

    def _fields(self):
        # nan equals nan here: the question is whether two states are the same one.
        return tuple(map(repr, (self.max, self.top, self.rest)))
