"""The budgets hold at every length, on both sides of every block boundary, along every axis.

Long rows hold at most 200 distinct values, so that the oracle computes 200 exponentials, not 200 000;
every element of the answer is still held against its exact value.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.rows import few_values
from tests.helpers.scoreboard import within

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
# One less, equal, one more than each length at which a kernel may change its cut.
SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257]
SIZES += [511, 512, 513, 1023, 1024, 1025, 2047, 2048, 2049, 4095, 4096, 4097]
LONG = [16383, 16384, 16385, 32767, 32769, 65535, 65537, 131073, 200001]


def layouts(row):
    """The row alone, along each axis of an array, and strided; it is the first row of each."""
    yield "alone", row, -1
    yield "axis -1", np.stack([row, row[::-1]]), -1
    yield "axis 0", np.ascontiguousarray(np.stack([row, row[::-1], row], 1)), 0
    yield "middle axis", np.ascontiguousarray(np.stack([row, row[::-1]], 1)[None]), 1
    yield "strided", np.repeat(row, 2)[::2], -1


def check(row, about, names=None):
    exact = Row(row)
    _, first, inverse = np.unique(row, return_index=True, return_inverse=True)
    for name, x, axis in layouts(row):
        if names and name not in names:
            continue
        for function in FUNCTIONS:
            got, want = getattr(lse, function)(x, axis=axis), getattr(exact, function)
            if np.ndim(want):
                got = np.moveaxis(got, axis, -1)[(0,) * (x.ndim - 1)]
                # Equal elements have equal answers: one comparison for each value is enough.
                np.testing.assert_array_equal(got, got[first][inverse])
                got, want = got[first], want[first]
            else:
                got = got[(0,) * (x.ndim - 1)]
            within(function, got, want, f"{about}, {name}", "sizes")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", SIZES)
def test_rows_around_every_boundary(dtype, size):
    rng = np.random.default_rng(size)
    check(few_values(rng, size).astype(dtype), f"few_values(rng({size}), {size})")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", LONG)
def test_long_rows(dtype, size):
    rng = np.random.default_rng(size)
    names = ("alone", "axis 0", "strided") if size < 70_000 else ("alone",)
    check(few_values(rng, size).astype(dtype), f"few_values(rng({size}), {size})", names)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [100, 1000, 16385, 65537])
def test_a_maximum_that_comes_late(dtype, size):
    """An optimistic kernel guesses the reference: a row that climbs makes it guess again."""
    rng = np.random.default_rng(size)
    steps = np.sort(few_values(rng, size))
    for x in (
        steps * 5,
        steps[::-1] * 5,
        steps * 5 - 600,
        np.where(np.arange(size) < size - 1, -500, 80),
    ):
        check(x.astype(dtype), f"sorted few_values(rng({size}), {size})", ("alone", "axis 0"))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("size", [64, 513, 4097, 65537])
def test_long_rows_near_zero(dtype, size):
    """-log(n) n times, confident rows, small losses: the sum must not lose the small part."""
    uniform = np.full(size, -np.log(size))
    confident = np.full(size, -40.0)
    confident[size // 3] = 0
    for x in (uniform, confident, confident + 12.5):
        check(x.astype(dtype), f"near zero, n = {size}", ("alone", "axis 0"))
