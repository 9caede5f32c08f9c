"""Rows to compute with: strategies for hypothesis, and seeded generators for the accuracy tests.

Each generator takes (generator of random numbers, size) and answers float64; the caller rounds to
the type under test, so that one list of dangers serves every type.
"""

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

SPECIALS = (np.inf, -np.inf, np.nan)


def elements(dtype="float64", limit=None):
    """Finite floats: moderate ones, spread ones, equal ones, huge ones."""
    width = 8 * np.dtype(dtype).itemsize
    huge = limit or (3e38 if width == 32 else 1.7e308)
    huge = float(np.asarray(huge, dtype))
    return st.one_of(
        st.floats(-8, 8, width=width),
        st.integers(-40, 40).map(float),
        st.floats(-min(huge, 1000), min(huge, 1000), width=width),
        st.floats(-huge, huge, width=width),
    )


def finite_rows(min_size=1, max_size=40, dtype="float64", limit=1e30):
    """Rows without infinities or nan; below `limit`, so that sums of a few stay finite."""
    return hnp.arrays(dtype, st.integers(min_size, max_size), elements=elements(dtype, limit))


def any_rows(min_size=0, max_size=24, dtype="float64"):
    """Rows that may hold anything a float can be."""
    anything = st.one_of(elements(dtype, 1e30), st.sampled_from(SPECIALS))
    return hnp.arrays(dtype, st.integers(min_size, max_size), elements=anything)


def normal(rng, size):
    return rng.normal(size=size)


def narrow(rng, size):
    return rng.normal(scale=1e-3, size=size)


def wide(rng, size):
    return rng.normal(scale=30, size=size)


def very_wide(rng, size):
    return rng.uniform(-700, 700, size=size)


def far_up(rng, size):
    return 1e5 + rng.normal(scale=3, size=size)


def far_down(rng, size):
    return -1e5 + rng.normal(scale=3, size=size)


def equal(rng, size):
    return np.full(size, rng.normal())


def confident(rng, size):
    x = rng.normal(scale=2, size=size)
    x[rng.integers(size)] = rng.uniform(30, 80)
    return x


def confident_zero(rng, size):
    """A loss near zero: the largest is exactly 0, the others are far below."""
    x = -rng.uniform(20, 700, size=size)
    x[rng.integers(size)] = 0
    return x


def log_probabilities(rng, size):
    """Normalised: logsumexp is 0 but for the rounding of the elements."""
    weights = rng.gamma(rng.choice([0.1, 1.0, 10.0]), size=size) + 1e-30
    return np.log(weights / weights.sum())


def some_absent(rng, size):
    """Some elements -inf, at least one not."""
    x = np.where(rng.random(size) < 0.4, -np.inf, rng.normal(scale=5, size=size))
    x[rng.integers(size)] = rng.normal()
    return x


def few_values(rng, size):
    """Long rows of at most 200 distinct values, which the oracle computes once each."""
    return rng.choice(rng.normal(scale=rng.choice([0.5, 3, 20]), size=200), size=size)


SMALL = {
    generator.__name__: generator
    for generator in (
        normal,
        narrow,
        wide,
        very_wide,
        far_up,
        far_down,
        equal,
        confident,
        confident_zero,
        log_probabilities,
        some_absent,
    )
}
