"""Confident rows: the largest element is all of the sum but 1 - e^-gap, and its own logarithm is -gap.

The gaps lie on both sides of those where the mass beside the largest element comes to be kept apart, and where it is
too little for the sum to have kept it: float32 knows 2^-20 of a sum, float64 2^-42.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.scoreboard import hexadecimal, within

GAPS = [1e-30, 1e-13, 3e-13, 8e-7, 1.2e-6, 1e-3, 0.1, 0.45, 0.49, 0.51, 0.58, 0.95, 1.01, 1.08]


def rows(dtype, gap, size, count=3, tops=1):
    """Rows of which `tops` equal elements are e^-gap, and one other element is most of what remains."""
    rng = np.random.default_rng(size + tops)
    x = rng.normal(size=(count, size)) - np.log(size)
    x[:, size // 2] = rng.uniform(0, 3, count)
    x -= np.log(np.exp(x).sum(axis=1, keepdims=True))
    top = -gap - np.log(-np.expm1(-gap)) - np.log(tops)
    for row, offset in zip(x, rng.uniform(-5, 5, count), strict=True):
        row += offset - top
        row[rng.choice(size, tops, replace=False)] = offset
    return x.astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("size", "tops"), [(65, 1), (300, 1), (300, 3)])
@pytest.mark.parametrize("gap", GAPS)
def test_logarithms(dtype, size, tops, gap):
    for x in rows(dtype, gap, size, tops=tops):
        within("log_softmax", lse.log_softmax(x), Row(x).log_softmax, hexadecimal(x), "confident")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize("size", [300, 9000, 20000])
def test_layouts(dtype, gap, size):
    """One chunk, two of float64, and two of both."""
    x = rows(dtype, gap, size, 40)
    want = lse.log_softmax(x, axis=1)
    targets = x.argmax(1)
    loss, slope = lse.cross_entropy(x, targets, return_grad=True)
    for form in (
        np.asfortranarray(x),
        np.repeat(x, 2, axis=1)[:, ::2],
        x.astype(x.dtype.newbyteorder()),
    ):
        assert np.array_equal(lse.log_softmax(form, axis=1), want)
        again, gradient = lse.cross_entropy(form, targets, return_grad=True)
        assert again == loss
        assert np.array_equal(gradient, slope)
    assert np.array_equal(lse.log_softmax(x[0]), want[0])
