"""Where a convex function of a positive number is smallest: Newton's method, held in a bracket.

Each step asks for the slope once, which costs a pass over a file. Newton's step is taken where it
stays in the bracket and has lately halved the slope; else the bracket is halved in proportion, so
that a root at 1e-9 is found as soon as one at 1e9.
"""

import math
from collections.abc import Callable

from logsumexp.cli.scoring.slope import Slope

__all__ = ["smallest_at"]

NEAR = 1e-7
"""A Newton step this small, relative to where it starts, leaves an error of about its square."""

STRIDE = 8.0
"""How far the first step may go where one side is open; the next may go as far as its square."""

FARTHEST = 2.0**500
MOST = 400


def smallest_at(slope_at: Callable[[float], Slope], start: float) -> float:
    """Find the root of the slope.

    Parameters
    ----------
    slope_at : callable
        The slope of the function; negative near 0, in the end positive.
    start : float
        Where to begin, finite and above 0.
    """
    low, high, stride, before = 0.0, math.inf, STRIDE, math.inf
    here = min(max(start, 1 / FARTHEST), FARTHEST)
    for _ in range(MOST):
        slope = slope_at(here)
        if abs(slope.first) <= slope.noise:
            return here
        low, high = (here, high) if slope.first < 0 else (low, here)
        least, most = max(low, here / stride), min(high, here * stride)
        newton = here - slope.first / slope.second if slope.second > 0 else math.nan
        if abs(newton - here) <= NEAR * here or high <= low * (1 + 4 * math.ulp(1)):
            return min(max(newton, low), high) if math.isfinite(newton) else here
        quick = abs(slope.first) <= before / 2
        before = abs(slope.first)
        if least < newton < most and (quick or low == 0 or high == math.inf):
            here = newton
        elif low > 0 and high < math.inf:
            here = math.sqrt(low) * math.sqrt(high)
        else:
            here = most if slope.first < 0 else least
            here = min(max(here, 1 / FARTHEST), FARTHEST)
            stride = min(stride * stride, FARTHEST)
    return here
