"""float16 and bfloat16: one rounding, from an answer that is right to a float32 ulp or better."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.peers import peer
from tests.helpers.rows import SMALL
from tests.helpers.scoreboard import hexadecimal, within

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]


@pytest.fixture(params=["float16", "bfloat16"])
def dtype(request):
    return np.dtype(np.float16 if request.param == "float16" else peer("ml_dtypes").bfloat16)


def check(x, where="narrow", **options):
    exact = Row(x, options.get("temperature", 1))
    for function in FUNCTIONS:
        got = getattr(lse, function)(x, **options)
        assert np.asarray(got).dtype == options.get("dtype", x.dtype)
        within(function, got, getattr(exact, function), f"{hexadecimal(x)} {options or ''}", where)


def fit(x, dtype):
    """Rounded to the narrow type, and inside its range."""
    return np.clip(x, -6e4, 6e4).astype(dtype)


@pytest.mark.parametrize("kind", SMALL)
def test_random_rows(dtype, kind):
    rng = np.random.default_rng(16)
    for size in (1, 2, 3, 8, 17, 64, 129):
        for _ in range(4):
            x = fit(SMALL[kind](rng, size), dtype)
            check(np.where(SMALL[kind](rng, size) == -np.inf, -np.inf, x).astype(dtype))


@pytest.mark.parametrize("size", [255, 257, 513, 4097, 70_000])
def test_the_sum_is_not_narrow(dtype, size):
    check(np.zeros(size, dtype))
    check(fit(np.random.default_rng(size).integers(-9, 9, size=size), dtype))


def test_seventy_thousand_zeros():
    assert lse.logsumexp(np.zeros(70_000, np.float16)) == np.float16(11.156)


def test_shares_below_the_normal_range(dtype):
    for gap in np.linspace(8, 20, 40):
        check(fit(np.array([0, -gap, -gap]), dtype), "narrow tiny")
    for gap in np.linspace(80, 98, 40):
        check(fit(np.array([0, -gap]), dtype), "narrow tiny")


def test_along_other_axes_and_in_batches(dtype):
    rng = np.random.default_rng(9)
    x = fit(rng.normal(scale=4, size=(5, 40)), dtype)
    for function in FUNCTIONS:
        want = [getattr(Row(row), function) for row in x]
        got = getattr(lse, function)(np.ascontiguousarray(x.T), axis=0)
        rows = got.T if got.ndim == 2 else got
        for index, row in enumerate(x):
            within(function, rows[index], want[index], hexadecimal(row), "narrow axis 0")


@pytest.mark.parametrize("source", ["float32", "float64"])
def test_asked_for_with_dtype(dtype, source):
    """dtype=: computed in the wider type, rounded once to the narrow one."""
    rng = np.random.default_rng(11)
    for _ in range(10):
        check(rng.normal(scale=3, size=20).astype(source), "narrow dtype=", dtype=dtype)


@pytest.mark.parametrize("temperature", [0.1, 3])
def test_with_a_temperature(dtype, temperature):
    rng = np.random.default_rng(12)
    for _ in range(10):
        check(fit(rng.normal(scale=3, size=9), dtype), "narrow t", temperature=temperature)


def test_a_result_beyond_float16_is_infinite():
    top = np.finfo(np.float16).max
    assert lse.logsumexp(np.full(70_000, top, np.float16)) == np.float16(65504)
    assert lse.log_softmax(np.array([top, -top], np.float16))[1] == -np.inf


@pytest.mark.exhaustive
def test_every_float16_beside_zero():
    bits = np.arange(2**16, dtype=np.uint16).view(np.float16)
    for z in bits[np.isfinite(bits)]:
        check(np.array([0, z], np.float16), "every f16")
