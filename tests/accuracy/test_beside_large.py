"""Beside an element that is much of the sum, the others are cut off where its last digits end.

The elements lie where that happens in float32 and in float64, and results lie in [1, 8), where an ulp is as small as
it gets without cancellation: without care this was 1.55 ulp in float32.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.scoreboard import hexadecimal, within

# log of half a unit in the last place of 1
LAST = {"float32": -16.6, "float64": -36.7}


def rows(dtype, base, size, large, count=60):
    rng = np.random.default_rng(size + large)
    for _ in range(count):
        x = rng.uniform(LAST[dtype], LAST[dtype] + 5, size)
        x[rng.integers(0, size, large)] = rng.uniform(-0.3, 0.3, large) if large > 1 else 0.0
        yield (x + base).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("base", [1.0, 1.3, 2.0, 3.0])
@pytest.mark.parametrize(("size", "large"), [(65, 1), (128, 2), (300, 1), (1000, 3)])
def test_logsumexp(dtype, base, size, large):
    """The worst of each batch against the exact sum: the oracle is slow."""
    x = np.stack(list(rows(dtype, base, size, large, 400)))
    got = lse.logsumexp(x, axis=1)
    wide = x.astype(np.longdouble)
    close = wide.max(axis=1) + np.log(np.exp(wide - wide.max(axis=1, keepdims=True)).sum(axis=1))
    worst = np.argsort(-np.abs(got - close) / np.spacing(got))[:5]
    for row in worst:
        within("logsumexp", got[row], Row(x[row]).logsumexp, hexadecimal(x[row]), "beside large")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("size", "large"), [(65, 1), (128, 2), (1000, 3)])
def test_softmax_and_log_softmax(dtype, size, large):
    for x in rows(dtype, 1.0, size, large, 12):
        exact, about = Row(x), hexadecimal(x)
        within("softmax", lse.softmax(x), exact.softmax, about, "beside large")
        within("log_softmax", lse.log_softmax(x), exact.log_softmax, about, "beside large")
