"""Sums that do not depend on the order or the cut of their numbers: they are exact.

A finite float64 is a whole number of units of 2^-1126, so a sum of them is one too, and Python's
integers hold it. NumPy adds the 53-bit fractions of one exponent at a time, in halves:

    x = fraction * 2^(exponent - 53)      fraction = high * 2^26 + low,  |high| <= 2^27, low < 2^26

Up to 2^26 halves add up to less than 2^53 and are added without rounding.
"""

import numpy as np

__all__ = ["Total"]

DIGITS, LOW = 53, 26
LOWEST = -1073
"""The exponent of the smallest float64, 2^-1074 = 0.5 * 2^-1073."""


class Total:
    """An exact sum of float64, rounded once when it is asked for."""

    def __init__(self) -> None:
        self.units = 0
        self.unbounded = 0.0

    def add(self, numbers: np.ndarray) -> None:
        """Add at most 2^26 numbers; inf and nan are added apart from the finite ones."""
        finite = np.isfinite(numbers)
        if not finite.all():
            with np.errstate(invalid="ignore"):
                self.unbounded += float(numbers[~finite].sum())
            numbers = numbers[finite]
        fraction, exponent = np.frexp(numbers)
        whole = np.ldexp(fraction, DIGITS)
        high = np.floor(np.ldexp(whole, -LOW))
        low = whole - np.ldexp(high, LOW)
        place = exponent - LOWEST
        highs, lows = np.bincount(place, high), np.bincount(place, low)
        for here in np.flatnonzero((highs != 0) | (lows != 0)).tolist():
            self.units += ((int(highs[here]) << LOW) + int(lows[here])) << here

    def mean(self, count: int) -> float:
        """The sum divided by a count above 0, as if both were one operation."""
        return self.quotient(count << (DIGITS - LOWEST))

    def over(self, other: "Total") -> float:
        """The sum divided by another one, finite and above 0, in the same way."""
        return self.quotient(other.units)

    def quotient(self, units: int) -> float:
        """The sum divided by a number of units."""
        if self.unbounded != 0:
            return self.unbounded
        try:
            return self.units / units
        except OverflowError:
            return float("inf") if self.units > 0 else float("-inf")
