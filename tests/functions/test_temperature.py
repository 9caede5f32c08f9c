"""temperature=t: t * log(sum(exp(x / t))), a smooth maximum; softmax(x / t). t is finite and > 0."""

import decimal
import fractions

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.scoreboard import within

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
X = np.random.default_rng(9).normal(scale=3, size=(4, 7))


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return getattr(lse, request.param)


def scale(function, t):
    return t if "exp" in function.__name__ else 1.0


@pytest.mark.parametrize("t", [0.1, 0.5, 1, 2, 3.7, 100])
@pytest.mark.parametrize("axis", [0, 1, None])
def test_the_definition(function, t, axis):
    got = function(X, axis=axis, temperature=t)
    np.testing.assert_allclose(got, scale(function, t) * function(X / t, axis=axis), rtol=1e-12)


def test_one_is_the_default_to_the_bit(function):
    for t in (1, 1.0, np.float32(1), np.array(1.0), np.int8(1)):
        np.testing.assert_array_equal(function(X, axis=1, temperature=t), function(X, axis=1))


@pytest.mark.parametrize("t", [0.5, 2.0, 0.25, 1024.0])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_powers_of_two_are_exact(function, t, dtype):
    x = X.astype(dtype)
    want = np.asarray(scale(function, t), dtype) * function(x / np.asarray(t, dtype), axis=1)
    np.testing.assert_array_equal(function(x, axis=1, temperature=t), want)


@pytest.mark.parametrize("t", [1e-3, 0.1, 1.0, 10.0, 1e3])
def test_between_the_maximum_and_t_log_n_above_it(t):
    """max <= logsumexp(x, temperature=t) <= max + t log n."""
    got, top = lse.logsumexp(X, axis=1, temperature=t), X.max(axis=1)
    assert np.all(got >= top)
    assert np.all(got <= np.nextafter(top + t * np.log(X.shape[1]), np.inf))


def test_cold_is_the_maximum_and_hot_is_the_mean():
    np.testing.assert_array_equal(lse.logsumexp(X, axis=1, temperature=1e-9), X.max(axis=1))
    np.testing.assert_array_equal(lse.softmax([0.0, 1.0, 0.5], temperature=1e-5), [0, 1, 0])
    np.testing.assert_allclose(lse.softmax(X, axis=1, temperature=1e12), np.full(X.shape, 1 / 7))
    np.testing.assert_allclose(
        lse.logmeanexp(X, axis=1, temperature=1e9), X.mean(axis=1), rtol=1e-6
    )


@pytest.mark.parametrize("t", [5e-324, 1e-310, 1e-300, 1e300, 1.7e308])
def test_temperatures_at_the_ends_of_the_range(function, t):
    """The limits: nothing overflows on the way to an answer that is representable."""
    for x in (np.array([0.0, 1.0, 1.0, -2.0]), np.array([5.0]), np.array([1e300, -1e300])):
        exact = getattr(Row(x, t), function.__name__)
        within(function.__name__, function(x, temperature=t), exact, f"{x}, t = {t}", "extreme t")


@pytest.mark.parametrize("t", [0, 0.0, -0.0, -1, -1e-300, np.nan, np.inf, -np.inf, np.float32(0)])
def test_a_temperature_out_of_range(function, t):
    with pytest.raises(
        ValueError, match=r"`temperature` is .*finite.*> 0|`temperature` is .*positive"
    ):
        function(X, temperature=t)


@pytest.mark.parametrize("t", ["1", None, [1.0], np.ones(2), np.ones(1), 1j, object()])
def test_a_temperature_that_is_no_number(function, t):
    with pytest.raises(TypeError, match="`temperature`"):
        function(X, temperature=t)


@pytest.mark.parametrize(
    "t", [fractions.Fraction(1, 2), decimal.Decimal("0.5"), np.float64(0.5), np.array(0.5)]
)
def test_any_real_number_will_do(function, t):
    np.testing.assert_array_equal(function(X, temperature=t), function(X, temperature=0.5))


def test_a_temperature_too_large_for_a_float(function):
    with pytest.raises((TypeError, ValueError, OverflowError), match="`temperature`"):
        function(X, temperature=10**400)


def test_a_bad_temperature_leaves_out_untouched(function):
    x, out = X.copy(), np.full(function(X, axis=1).shape, 7.0)
    with pytest.raises(ValueError, match="`temperature`"):
        function(x, axis=1, temperature=-1, out=out)
    np.testing.assert_array_equal(out, np.full(out.shape, 7.0))


@pytest.mark.parametrize("t", [0.5, 3])
def test_special_values_keep_their_answers(t):
    inf, nan = np.inf, np.nan
    assert lse.logsumexp([-inf, 2.0], temperature=t) == 2.0
    for row in ([], [-inf], [inf], [inf, inf], [nan, 1], [inf, 0.0]):
        for name in FUNCTIONS:
            got = getattr(lse, name)(np.array(row), temperature=t)
            np.testing.assert_allclose(got, getattr(lse, name)(np.array(row)), rtol=1e-15)
