"""How much a law of the state may bend: the rounding that its own formula admits, and no more.

    finish = (max - minus) + log(top) + log1p(rest / top)

Each of the three terms may be a few units in its last place off. `rest` was scaled by e^-(gaps), and
the rounding of a gap is amplified by the gap, so its share of the slack grows with the widest gap.
Nothing here depends on |x| beyond max - minus: small losses have small slack.
"""

import numpy as np

from tests.helpers.oracle import Row


def slack(row, minus=0.0, moved=0.0):
    """The absolute error allowed for finish(minus) of `row`, shifted by `moved` on the way."""
    row = np.asarray(row)
    exact = Row(row)
    if exact.empty:
        return 0.0
    top = float(exact.max)
    widest = min(top - float(np.min(row[row > -np.inf])), 750.0)
    rest = float(exact.log_mass) - np.log(float(exact.top))
    terms = 4 * (abs(top + moved - minus) + np.log(float(exact.top)))
    rounding = 2 * (abs(top + moved) if moved else 0.0) + terms + (8 + widest) * max(rest, 0.0)
    kind = np.finfo(row.dtype)
    return float(kind.eps) * rounding + 4 * float(kind.smallest_subnormal)


def agree(first, second, allowed):
    """Whether two finished numbers are the same but for `allowed`; nan and infinities are exact."""
    first, second = float(first), float(second)
    if np.isfinite(first) and np.isfinite(second):
        return abs(first - second) <= allowed
    return first == second or (np.isnan(first) and np.isnan(second))


def fields(state):
    """max, top and rest as one array, to compare states number by number."""
    return np.array([float(state.max), float(state.top), float(state.rest)])


def same(first, second):
    """Whether two states hold the same numbers, nan being the same as nan."""
    return np.array_equal(fields(first), fields(second), equal_nan=True)
