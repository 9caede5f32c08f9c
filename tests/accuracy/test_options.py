"""The budgets hold with a temperature, with weights, with another result type, and for integers."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row, weighted
from tests.helpers.rows import SMALL
from tests.helpers.scoreboard import hexadecimal, within

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("temperature", [0.1, 0.5, 2, 3, 0.7, 1e-3, 1e3])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_temperature(function, dtype, temperature):
    rng = np.random.default_rng(30)
    for kind in ("normal", "wide", "far_up", "confident", "log_probabilities", "some_absent"):
        for size in (1, 2, 5, 17, 64, 130):
            x = SMALL[kind](rng, size).astype(dtype)
            got = getattr(lse, function)(x, temperature=temperature)
            exact = getattr(Row(x, temperature), function)
            within(function, got, exact, f"t = {temperature} {hexadecimal(x)}", "temperature")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_temperature_near_zero_results(dtype):
    """t * logsumexp(x / t) near 0: the division must not be rounded before the sum."""
    rng = np.random.default_rng(31)
    for temperature in (0.1, 0.7, 3):
        for size in (2, 3, 10):
            x = rng.normal(size=size).astype(dtype)
            x = (x - np.asarray(float(Row(x, temperature).logsumexp), dtype)).astype(dtype)
            got, exact = lse.logsumexp(x, temperature=temperature), Row(x, temperature).logsumexp
            within("logsumexp", got, exact, f"t = {temperature} {hexadecimal(x)}", "t near zero")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_positive_weights(dtype):
    rng = np.random.default_rng(32)
    for size in (1, 2, 3, 9, 40, 200):
        for scale in (1, 30):
            a = rng.normal(scale=scale, size=size).astype(dtype)
            b = rng.gamma(0.5, size=size).astype(dtype)
            _check_weights(a, b)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_signed_weights(dtype):
    rng = np.random.default_rng(33)
    for size in (2, 3, 9, 40, 200):
        for scale in (0.1, 3, 30):
            a = rng.normal(scale=scale, size=size).astype(dtype)
            _check_weights(a, rng.normal(size=size).astype(dtype))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_signed_weights_that_cancel(dtype):
    """Pairs +w, -w at nearly equal elements: what is left is small, and right."""
    rng = np.random.default_rng(34)
    for size in (2, 4, 10):
        a = np.repeat(rng.normal(size=size), 2).astype(dtype)
        b = np.tile([1.0, -1.0], size).astype(dtype)
        a[0] = np.nextafter(a[0], np.inf, dtype=dtype)
        _check_weights(a, b, "cancelling")
        order = rng.permutation(2 * size)
        _check_weights(a[order], b[order], "cancelling")


@pytest.mark.parametrize(
    "order", [[0, 1, 2], [1, 0, 2], [0, 2, 1], [2, 0, 1], [1, 2, 0], [2, 1, 0]]
)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_sum_of_huge_and_small_weights_in_every_order(dtype, order):
    a = np.log([1e20, 1.1, 1e20]).astype(dtype)[order]
    _check_weights(a, np.array([1.0, 1.0, -1.0], dtype)[order], "cancelling")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ([1000, 1000, 999], [1, -1, 1]),
        ([1000, 999], [1e-310, 1]),
        ([1e-20, 0], [1, -1]),
        ([0, -700], [1, -1]),
        ([0, -40], [1, 1]),
        ([-745, 0], [1e308, 1e-308]),
        ([1e300, 0], [1e-300, 1e300]),
        ([0.0], [5e-324]),
        ([0.0, 0.0], [0.5, 0.5000000000000001]),
    ],
)
def test_weights_worth_a_name(a, b):
    _check_weights(np.array(a, float), np.array(b, float), "named weights")


@pytest.mark.parametrize("temperature", [0.3, 5])
def test_weights_and_temperature(temperature):
    rng = np.random.default_rng(35)
    for size in (2, 7, 30):
        a, b = rng.normal(size=size), rng.normal(size=size)
        _check_weights(a, b, "weights and t", temperature=temperature)


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("kind", ["normal", "wide", "confident_zero", "log_probabilities"])
def test_another_result_type(function, kind):
    """float32 asked of float64 is rounded once; float64 asked of float32 is computed in float64."""
    rng = np.random.default_rng(36)
    for source, target in (("float64", "float32"), ("float32", "float64"), ("float16", "float64")):
        for size in (1, 2, 9, 100):
            x = np.clip(SMALL[kind](rng, size), -6e4, 6e4).astype(source)
            got = getattr(lse, function)(x, dtype=target)
            assert np.asarray(got).dtype == np.dtype(target)
            about = f"{source} to {target} {hexadecimal(x)}"
            within(function, got, getattr(Row(x), function), about, "dtype=")


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    "kind", ["int8", "uint8", "int16", "int32", "uint32", "int64", "uint64", "bool"]
)
def test_integers_are_computed_in_float64(function, kind):
    rng = np.random.default_rng(37)
    limit = 2 if kind == "bool" else 1 + min(np.iinfo(kind).max, 1000)
    low = -limit // 2 if kind.startswith("i") else 0
    for size in (1, 2, 7, 64, 129):
        x = rng.integers(max(low, -128), limit, size=size).astype(kind)
        got = getattr(lse, function)(x)
        assert np.asarray(got).dtype == np.dtype("float64")
        within(function, got, getattr(Row(x.astype(float)), function), hexadecimal(x), "integers")


def _check_weights(a, b, where="weights", temperature=1):
    exact, sign = weighted(a, b, temperature)
    got, got_sign = lse.logsumexp(a, b=b, return_sign=True, temperature=temperature)
    about = f"a = {hexadecimal(a)}, b = {hexadecimal(b)}, t = {temperature}"
    assert got_sign == sign, f"sign {got_sign}, wanted {sign}: {about}"
    within("logsumexp", got, exact, about, where)
    plain = lse.logsumexp(a, b=b, temperature=temperature)
    assert np.isnan(plain) if sign < 0 else plain == got, about
