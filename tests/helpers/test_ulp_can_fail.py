"""Distances: one step is one step in every type, and nonsense is infinitely far."""

import numpy as np
import pytest

from tests.helpers.peers import peer
from tests.helpers.ulp import error_in_ulps, exactly, mp, spacing, steps


@pytest.mark.parametrize(
    ("kind", "dtype", "at", "one"),
    [
        ("float16", np.float16, 1.0, 2.0**-10),
        ("float16", np.float16, 2.0**-20, 2.0**-24),
        ("float32", np.float32, 1.0, 2.0**-23),
        ("float32", np.float32, 1.5e-40, 2.0**-149),
        ("float32", np.float32, 3e38, 2.0**104),
        ("float64", np.float64, 1.0, 2.0**-52),
        ("float64", np.float64, 5e-324, 5e-324),
        ("float64", np.float64, 1.7e308, 2.0**971),
        ("bfloat16", None, 1.0, 2.0**-7),
        ("bfloat16", None, 1e-39, 2.0**-133),
    ],
)
def test_the_spacing_is_that_of_the_type(kind, dtype, at, one):
    assert float(spacing(mp.mpf(at), kind)) == one
    if dtype:
        at = dtype(at)
        with np.errstate(all="ignore"):
            above = np.nextafter(at, dtype(np.inf if at < 1e38 else 0))
        assert abs(float(above) - float(at)) == one
        assert error_in_ulps(above, exactly(at), kind) == 1.0


def test_errors_in_ulp():
    assert error_in_ulps(1.0, 1.0, "float64") == 0
    assert error_in_ulps(1.0, mp.mpf(1) + mp.ldexp(1, -54), "float64") == 0.25
    assert error_in_ulps(np.inf, mp.mpf(2) ** 1030, "float64") == 0
    assert error_in_ulps(np.finfo(float).max, mp.mpf(2) ** 1030, "float64") == 1
    assert error_in_ulps(np.inf, mp.mpf(1), "float64") > 1e300
    assert error_in_ulps(np.nan, mp.mpf("nan"), "float64") == 0
    assert error_in_ulps(1.0, mp.mpf("nan"), "float64") == np.inf
    assert error_in_ulps(np.inf, mp.mpf("inf"), "float64") == 0
    assert error_in_ulps(-np.inf, mp.mpf("inf"), "float64") == np.inf
    assert error_in_ulps(1e308, mp.mpf("inf"), "float64") == np.inf


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_steps(dtype):
    one = dtype(1)
    with np.errstate(all="ignore"):
        tiny = np.nextafter(dtype(0), one)
    assert steps(one, one) == 0
    assert steps(dtype(0), dtype(-0.0)) == 0
    assert steps(one, np.nextafter(one, dtype(2))) == 1
    assert steps(dtype(-0.0), tiny) == 1
    assert steps(tiny, -tiny) == 2
    assert steps(dtype(np.inf), np.finfo(dtype).max) == 1
    assert steps(dtype(np.nan), dtype(np.nan)) == 0
    assert steps(dtype(np.nan), one) == 2**64
    with pytest.raises(TypeError):
        steps(np.float32(1), np.float64(1))


def test_steps_of_bfloat16():
    bfloat16 = peer("ml_dtypes").bfloat16
    first = np.array([1, -1, 0], bfloat16)
    second = np.array([1 + 2**-7, -1 - 2**-6, 0], bfloat16)
    assert list(steps(first, second)) == [1, 2, 0]


def test_longdouble_is_read_exactly():
    x = np.longdouble(1) + np.longdouble(2) ** -60
    if x != 1:
        assert exactly(x) - 1 == mp.ldexp(1, -60)
        assert exactly(np.ldexp(x, -5000)) == mp.ldexp(exactly(x), -5000)
    assert mp.isnan(exactly(np.longdouble(np.nan)))
    assert exactly(np.longdouble(-np.inf)) == -mp.inf
