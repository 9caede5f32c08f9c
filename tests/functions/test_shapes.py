"""Shapes: axis None, int, negative, tuple, (); keepdims; 0-d results are NumPy scalars."""

import itertools

import numpy as np
import pytest

import logsumexp as lse

X = np.random.default_rng(10).normal(scale=3, size=(2, 3, 4, 5))
REDUCE = [lse.logsumexp, lse.logmeanexp]
SPREAD = [lse.softmax, lse.log_softmax]
AXES = [None, (), *range(-4, 4)]
AXES += [axes for size in (1, 2, 3, 4) for axes in itertools.combinations(range(4), size)]
AXES += [(-1, 0), (3, 1), (-2, -4), (2, 0, 1), (-1, -2, -3, -4)]


def exact(x, axis, keepdims=True):
    """log(sum(exp)) by NumPy, good enough to tell one axis from another."""
    return np.log(np.sum(np.exp(x), axis=axis, keepdims=keepdims))


def count(x, axis):
    return np.sum(np.ones_like(x), axis=axis, keepdims=True)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("keepdims", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_reduced_axes(axis, keepdims, dtype):
    x = X.astype(dtype)
    want = exact(x, axis, keepdims)
    got = lse.logsumexp(x, axis=axis, keepdims=keepdims)
    assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(got, want, rtol=1e-5 if dtype == "float32" else 1e-13)
    mean = lse.logmeanexp(x, axis=axis, keepdims=keepdims)
    assert np.shape(mean) == np.shape(want)
    want = (exact(x, axis) - np.log(count(x, axis))).reshape(np.shape(want))
    np.testing.assert_allclose(mean, want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_spread_axes(axis, dtype):
    x = X.astype(dtype)
    want = x - exact(x, axis)
    got = lse.log_softmax(x, axis=axis)
    assert got.shape == x.shape
    tolerance = (
        {"rtol": 1e-5, "atol": 2e-6} if dtype == "float32" else {"rtol": 1e-13, "atol": 1e-14}
    )
    np.testing.assert_allclose(got, want, **tolerance)
    np.testing.assert_allclose(lse.softmax(x, axis=axis), np.exp(want), rtol=1e-5)


@pytest.mark.parametrize("axis", AXES)
def test_a_mask_follows_every_axis(axis):
    where = np.random.default_rng(11).random(X.shape) < 0.7
    with np.errstate(divide="ignore"):
        want = np.log(np.sum(np.exp(X), axis=axis, where=where))
    np.testing.assert_allclose(lse.logsumexp(X, axis=axis, where=where), want, rtol=1e-12)


@pytest.mark.parametrize("axis", AXES)
def test_weights_follow_every_axis(axis):
    b = np.random.default_rng(12).random((4, 1))
    want = np.log(np.sum(b * np.exp(X), axis=axis))
    np.testing.assert_allclose(lse.logsumexp(X, axis=axis, b=b), want, rtol=1e-12)


def test_no_axis_at_all_reduces_nothing():
    np.testing.assert_array_equal(lse.logsumexp(X, axis=()), X)
    np.testing.assert_array_equal(lse.logmeanexp(X, axis=()), X)
    np.testing.assert_array_equal(lse.softmax(X, axis=()), np.ones_like(X))
    np.testing.assert_array_equal(lse.log_softmax(X, axis=()), np.zeros_like(X))


@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "longdouble", "complex128", "int8"]
)
@pytest.mark.parametrize("axis", [None, 0, -1, (0,)])
def test_0d_results_are_numpy_scalars(dtype, axis):
    kind = np.float64 if dtype == "int8" else np.dtype(dtype).type
    for function in REDUCE:
        assert type(function(np.ones(3, dtype), axis=axis)) is kind
    value, sign = lse.logsumexp(np.ones(3, dtype), axis=axis, return_sign=True)
    assert type(sign) is kind
    assert type(value) is type(kind(0).real)


@pytest.mark.parametrize("x", [2.5, np.float64(2.5), np.array(2.5), 2, np.float32(2.5)])
def test_a_number_is_a_row_of_one(x):
    for function in REDUCE:
        got = function(x)
        assert np.ndim(got) == 0
        assert not isinstance(got, np.ndarray)
        assert got == x
    for function, want in zip(SPREAD, (1.0, 0.0), strict=True):
        got = function(x)
        assert np.ndim(got) == 0
        assert not isinstance(got, np.ndarray)
        assert got == want
    assert lse.logsumexp(x, axis=()) == x


def test_as_scipy_a_number_has_an_axis_of_its_own():
    assert lse.logsumexp(2.5, axis=0) == lse.logsumexp(2.5, axis=-1) == 2.5


@pytest.mark.parametrize(
    ("shape", "axis"),
    [((0,), 0), ((0,), None), ((3, 0), 1), ((3, 0), 0), ((0, 3), 0), ((0, 3), 1), ((0, 3), None)]
    + [((2, 0, 3), axis) for axis in (0, 1, 2, (0, 1), (0, 2), (1, 2), (0, 1, 2), (), None)],
)
@pytest.mark.parametrize(
    "dtype", ["float16", "float32", "float64", "int64", "longdouble", "complex128"]
)
def test_zero_size(shape, axis, dtype):
    x = np.zeros(shape, dtype)
    reduced = np.sum(x, axis=axis)
    kind = np.dtype("float64" if dtype == "int64" else dtype)
    got = lse.logsumexp(x, axis=axis)
    assert (np.shape(got), got.dtype) == (np.shape(reduced), kind)
    np.testing.assert_array_equal(np.real(got), np.full(np.shape(reduced), -np.inf))
    mean = lse.logmeanexp(x, axis=axis)
    assert (np.shape(mean), mean.dtype) == (np.shape(reduced), kind)
    assert np.isnan(mean).all()
    assert (
        lse.logsumexp(x, axis=axis, keepdims=True).shape
        == np.sum(x, axis=axis, keepdims=True).shape
    )
    for function in SPREAD:
        assert (function(x, axis=axis).shape, function(x, axis=axis).dtype) == (shape, kind)
    value, sign = lse.logsumexp(x, axis=axis, return_sign=True)
    assert value.shape == sign.shape == np.shape(reduced)
    np.testing.assert_array_equal(sign, np.zeros(np.shape(reduced)))


def test_the_input_is_never_returned_itself():
    x = np.zeros((3, 1))
    for function in (*REDUCE, *SPREAD):
        got = function(x, axis=())
        assert not np.shares_memory(got, x)


def test_many_dimensions():
    x = np.random.default_rng(13).normal(size=(2,) * 16)
    np.testing.assert_allclose(
        lse.logsumexp(x, axis=tuple(range(0, 16, 3))), exact(x, tuple(range(0, 16, 3)), False)
    )
    x = np.ones((1,) * 64)
    assert lse.logsumexp(x, axis=(0, 63)).shape == (1,) * 62
    assert lse.softmax(x, axis=5).shape == (1,) * 64
