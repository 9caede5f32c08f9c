"""Every function within its budget on random rows of every kind, short ones to the last element."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.rows import SMALL
from tests.helpers.scoreboard import hexadecimal, within

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
SIZES = [1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 15, 16, 17, 24, 31, 32, 33, 63, 64, 65, 100, 127, 128, 129]


def check(x, about="", where="rows", functions=FUNCTIONS):
    """All functions of one row; a failure names the row in hex floats."""
    exact = Row(x)
    for function in functions:
        got = getattr(lse, function)(x)
        within(function, got, getattr(exact, function), f"{about} {hexadecimal(x)}", where)


@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_random_rows(dtype, kind):
    rng = np.random.default_rng(2021)
    for size in SIZES:
        for _ in range(2 if size > 40 else 8):
            check(SMALL[kind](rng, size).astype(dtype), kind)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_two_elements_of_every_distance(dtype):
    """log1p(exp(-gap)) on its whole range, where peers are 7-40 ulp off."""
    rng = np.random.default_rng(2)
    for gap in np.concatenate([np.linspace(0, 40, 81), np.geomspace(1e-20, 760, 120)]):
        low = rng.normal() if gap < 20 else 0.0
        check(np.array([low, low - gap], dtype), where="two elements")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("offset", [1e5, -1e5, 1e10, 1e30, -1e30, 3e38, 1e300, -1e300, 1.7e308])
def test_big_offsets(dtype, offset):
    if dtype == "float32" and abs(offset) > 3e38:
        pytest.skip("beyond float32")
    offset = np.asarray(offset, dtype)
    near = [np.nextafter(offset, 0, dtype=dtype), offset, offset, offset * np.asarray(0.5, dtype)]
    check(np.array(near), where="offsets")
    check(np.array([0, offset], dtype), where="offsets")
    check(np.array([offset, -offset], dtype), where="offsets")
    check(np.full(1000, offset, dtype), where="offsets")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_results_below_the_normal_range(dtype):
    """Shares, losses and sums that are subnormal: kept, and rounded once."""
    start, end = (85.0, 105.0) if dtype == "float32" else (705.0, 750.0)
    for gap in np.linspace(start, end, 60):
        check(np.array([0, -gap], dtype), where="subnormal")
        check(np.array([0.3, 0.1 - gap, -0.2 - gap], dtype), where="subnormal")
        check(np.array([0] + [-gap] * 20, dtype), where="subnormal")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_subnormal_and_tiny_elements(dtype):
    kind = np.finfo(dtype)
    for tiny in (kind.smallest_subnormal, kind.smallest_normal, kind.eps**3, kind.eps / 2):
        check(np.array([tiny], dtype), where="subnormal")
        check(np.array([-tiny, tiny], dtype), where="subnormal")
        check(np.array([0, tiny], dtype), where="subnormal")
        check(np.array([0, -tiny, -np.inf], dtype), where="subnormal")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_large_batch_of_short_rows(dtype):
    """The kernel of small rows: many at once, each element held against the exact answer."""
    rng = np.random.default_rng(6)
    for size in (2, 5, 10, 33):
        x = rng.normal(scale=4, size=(2000 // size, size)).astype(dtype)
        exact = [Row(row) for row in x]
        for function in FUNCTIONS:
            got = getattr(lse, function)(x, axis=-1)
            want = np.stack([getattr(row, function) for row in exact])
            within(function, got, want, f"rng(6) normal(scale=4) {x.shape}", "short rows")


@pytest.mark.exhaustive
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", SMALL)
@pytest.mark.parametrize("seed", range(20))
def test_many_more_random_rows(dtype, kind, seed):
    rng = np.random.default_rng(1000 + seed)
    for size in rng.integers(1, 300, size=60):
        check(SMALL[kind](rng, size).astype(dtype), kind)
