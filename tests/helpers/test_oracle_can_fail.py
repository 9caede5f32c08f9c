"""The oracle against values that are known without it, and against brute force."""

import math

import mpmath
import numpy as np
import pytest

from tests.helpers.oracle import Row, weighted
from tests.helpers.ulp import mp


def test_the_oracle_knows_the_values_of_the_literature():
    """Values that are known without it."""
    half = math.log(0.5)
    assert float(Row([half, half]).logsumexp) == 2.3190468138462996e-17
    assert float(Row([0, -40]).logsumexp) == 4.248354255291589e-18
    assert float(Row([-600] * 7 + [0]).logsumexp) == 1.8552775871030176e-260
    assert float(Row([0, -40]).log_softmax[0]) == -4.248354255291589e-18
    assert float(Row([0, -1e-300]).logmeanexp) == -5e-301
    assert float(Row([0, 1, 1, -2], 1e300).logmeanexp) == pytest.approx(7.5e-301)
    assert float(weighted([1000, 999], [1e-310, 1])[0]) == 999.0
    assert weighted([1, 1, 1], [1, -1, -1]) == (1, -1)
    assert weighted([math.inf, 2], [0, 1]) == (2, 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_oracle_agrees_with_brute_force(seed):
    rng = np.random.default_rng(seed)
    x, t = rng.normal(scale=30, size=6), float(rng.uniform(0.2, 4))
    with mpmath.workprec(3000):
        terms = [mpmath.exp(mpmath.mpf(element) / t) for element in x]
        want = mpmath.log(mpmath.fsum(terms)) * t
        assert abs(Row(x, t).logsumexp / want - 1) < 1e-100
        shares = [term / mpmath.fsum(terms) for term in terms]
        for got, share in zip(Row(x, t).softmax, shares, strict=True):
            assert abs(got / share - 1) < 1e-100
        for got, share in zip(Row(x, t).log_softmax, shares, strict=True):
            assert abs(got / mpmath.log(share) - 1) < 1e-100


def test_the_oracle_refuses_what_it_does_not_know():
    for x in ([math.nan], [math.inf, 0]):
        with pytest.raises(ValueError, match="numbers and -inf"):
            Row(x)


def test_the_oracle_keeps_order_and_shape():
    row = Row(np.array([[3.0, 1.0], [1.0, -np.inf]]))
    assert row.softmax.shape == (2, 2)
    assert row.softmax[0, 1] == row.softmax[1, 0]
    assert row.softmax[1, 1] == 0
    assert row.log_softmax[1, 1] == -mp.inf
