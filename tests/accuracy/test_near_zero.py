"""logsumexp near 0, where the terms cancel: the answer keeps its last bit.

Measured by every peer tried: up to 1e18 ulp. Normalised log-probabilities are the everyday case.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.scoreboard import hexadecimal, within
from tests.helpers.ulp import mp


def check(x, where="near zero"):
    exact = Row(x)
    within("logsumexp", lse.logsumexp(x), exact.logsumexp, hexadecimal(x), where)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [2, 3, 4, 5, 7, 10, 64, 100, 1000, 4096, 5000])
def test_uniform_log_probabilities(dtype, count):
    check(np.full(count, -np.log(np.longdouble(count))).astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [2, 3, 5, 10, 33, 100, 257])
def test_normalised_log_probabilities(dtype, size):
    rng = np.random.default_rng(size)
    for _ in range(8):
        weights = rng.gamma(1.0, size=size) + 1e-9
        check(np.log(weights / weights.sum()).astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_rows_minus_their_own_logsumexp(dtype):
    rng = np.random.default_rng(4)
    for size in (2, 3, 8, 20, 65, 130):
        x = rng.normal(scale=3, size=size).astype(dtype)
        check((x - np.asarray(float(Row(x).logsumexp), dtype)).astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_last_element_closes_the_gap(dtype):
    """The last of three is log(1 - the others), rounded: what is left is that one rounding."""
    rng = np.random.default_rng(5)
    for _ in range(60):
        x = np.log(rng.dirichlet([1.0, 1.0, 1.0])).astype(dtype)
        check(_closed(x))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_closer_to_zero_than_chance(dtype):
    """Last bits chosen so that the answer is about 1e-4 of the rounding of one element."""
    rng = np.random.default_rng(6)
    for _ in range(6):
        x = _closed(np.log(rng.dirichlet([1.0] * 4)).astype(dtype))
        check(_nudged(x, rng), "contrived")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_logmeanexp_near_zero(dtype):
    rng = np.random.default_rng(7)
    for size in (2, 3, 10, 100):
        x = rng.normal(size=size).astype(dtype)
        x = (x - np.asarray(float(Row(x).logmeanexp), dtype)).astype(dtype)
        within("logmeanexp", lse.logmeanexp(x), Row(x).logmeanexp, hexadecimal(x), "near zero")
    tiny = np.array([0, 1e-30, -3e-30], dtype)
    within("logmeanexp", lse.logmeanexp(tiny), Row(tiny).logmeanexp, hexadecimal(tiny), "near zero")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 100, 255, 1000, 4097, 65537])
def test_the_mean_of_equal_elements_is_the_element(dtype, size):
    for element in (0.0, 1.0, -3.7, 1e5):
        x = np.full(size, element, dtype)
        about = f"{element} * {size}"
        within("logmeanexp", lse.logmeanexp(x), Row(x).logmeanexp, about, "equal")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_opposite_elements(dtype):
    """[x, log(1 - e^x)]: every magnitude of the smaller probability."""
    for small in np.geomspace(1e-30, 0.4, 50):
        x = np.array([-small, 0], dtype)
        x[1] = float(mp.log(-mp.expm1(mp.mpf(float(x[0])))))
        check(x)


def _closed(x):
    """`x` with its last element replaced by the float nearest to log(1 - sum of the others)."""
    rest = 1 - mp.exp(Row(x[:-1]).logsumexp)
    x[-1] = float(mp.log(rest)) if rest > 0 else x[-1]
    return x


def _nudged(x, rng, tries=20_000):
    """`x` moved by a few ulp per element so that |logsumexp| is as small as found.

    To first order the answer moves by share * spacing for each step of an element.
    """
    exact, spacings = Row(x), np.spacing(np.abs(x)).astype(float)
    steps = rng.integers(-40, 41, size=(tries, len(x)))
    left = np.abs(float(exact.logsumexp) + steps @ (exact.softmax.astype(float) * spacings))
    best = steps[int(np.argmin(left))]
    return (x.astype(np.longdouble) + best * spacings).astype(x.dtype)
