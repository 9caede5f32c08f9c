"""The truth that explain measures against, and the measure itself, held against mpmath."""

import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logsumexp.cli.explaining.distance import distance
from logsumexp.cli.explaining.exact import exact
from logsumexp.cli.explaining.kinds import kind_of
from tests.helpers.ulp import error_in_ulps, mp

finite = st.floats(allow_nan=False, allow_infinity=False)
rows = st.lists(
    st.one_of(finite, st.floats(-50, 50), st.floats(-1e-10, 1e-10)), min_size=1, max_size=6
)


def reference(x):
    """By mpmath at 1200 bits: enough for a gap of 800."""
    with mp.workprec(1200):
        numbers = [mp.mpf(number) for number in x]
        largest = max(numbers)
        weights = [mp.exp(number - largest) for number in numbers]
        rest = mp.fsum(weights)
        return largest + mp.log(rest), [weight / rest for weight in weights]


def close(found, wanted, digits=40):
    if wanted == 0:
        return found == 0
    return abs(mp.mpf(str(found)) / wanted - 1) < mp.mpf(10) ** -digits


@given(rows)
def test_forty_digits(x):
    truth = exact(x)
    logsumexp, softmax = reference(x)
    near = max(x) != 0 and abs(logsumexp / mp.mpf(max(x))) < mp.mpf(10) ** -30
    assert near or close(truth.logsumexp, logsumexp)
    for share, wanted in zip(truth.softmax, softmax, strict=True):
        assert close(share, wanted) or wanted < mp.mpf(10) ** -1000


@pytest.mark.parametrize(
    "x",
    [[0.0, -40.0], [0.0, -700.0], [math.log(0.5)] * 2, [-600.0] * 7 + [0.0], [1e308, 1e308], [5.0]],
)
def test_where_digits_cancel(x):
    assert close(exact(x).logsumexp, reference(x)[0])


@pytest.mark.parametrize(
    ("x", "logsumexp", "softmax"),
    [
        ([math.nan, 1.0], "NaN", ["NaN", "NaN"]),
        ([math.inf, 1.0], "Infinity", ["1", "0"]),
        ([math.inf, math.inf, 1.0], "Infinity", ["NaN", "NaN", "0"]),
        ([-math.inf, -math.inf], "-Infinity", ["NaN", "NaN"]),
        ([-math.inf, 0.0], "0", ["0", "1"]),
    ],
)
def test_special_rows(x, logsumexp, softmax):
    truth = exact(x)
    assert str(truth.logsumexp) == logsumexp
    assert [str(share) for share in truth.softmax] == softmax


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@given(data=st.data())
def test_the_distance_in_ulp(dtype, data):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    kind = kind_of(dtype)
    size = st.floats(-kind.largest / 2, kind.largest / 2)
    true = Decimal(data.draw(size)) + Decimal(data.draw(st.floats(-1, 1)))
    with np.errstate(all="ignore"):
        computed = kind.dtype.type(data.draw(st.one_of(size, st.just(float(true)))))
    found = distance(computed, true, kind)
    wanted = error_in_ulps(float(computed), mp.mpf(str(true)), dtype)
    assert found.ulp == pytest.approx(wanted, rel=1e-12, abs=1e-12)
    if true and found.relative:
        assert found.relative == pytest.approx(
            float(abs(Decimal(float(computed)) / true - 1)), rel=1e-9
        )


@pytest.mark.parametrize(
    ("computed", "true", "ulp", "relative"),
    [
        (math.inf, "1", math.inf, math.inf),
        (math.nan, "1", math.inf, math.inf),
        (math.nan, "NaN", 0, 0),
        (math.inf, "Infinity", 0, 0),
        (-math.inf, "Infinity", math.inf, math.inf),
        (1.0, "NaN", math.inf, math.inf),
        (0.0, "1e-400", 0, 0),  # too small for the type: correctly 0
        (0.0, "1e-300", math.inf, 1),
        (1.0, "1.00000000000000011102230246251565404236316680908203125", 0.5, 1.1e-16),
        (5e-324, "0", 1, math.inf),
    ],
)
def test_distances_that_are_known(computed, true, ulp, relative):
    found = distance(computed, Decimal(true), kind_of("float64"))
    assert found.ulp == pytest.approx(ulp, abs=1e-70) or (math.isinf(ulp) and found.ulp > 1e15)
    assert found.relative == pytest.approx(relative, rel=0.01)


def test_limits_of_the_types():
    kind = kind_of("float64")
    assert np.isfinite(np.exp(kind.overflows_above))
    with np.errstate(all="ignore"):
        assert np.isinf(np.exp(np.nextafter(kind.overflows_above, 1e4)))
        assert np.exp(kind.underflows_below + 0.01) > 0
        assert np.exp(kind.underflows_below - 0.01) == 0
