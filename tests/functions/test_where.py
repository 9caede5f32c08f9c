"""where=: an element that is False does not take part; the answer is as if it were absent."""

import numpy as np
import pytest

import logsumexp as lse

INF, NAN = np.inf, np.nan
DTYPES = ["float16", "float32", "float64", "longdouble"]
RNG = np.random.default_rng(8)
X = RNG.normal(scale=4, size=(6, 9))
WHERE = RNG.random(X.shape) < 0.6
WHERE[2] = False
WHERE[3] = True


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=4 * np.finfo(want.dtype).eps)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1])
def test_as_if_absent(dtype, axis):
    x, where = X.astype(dtype), WHERE
    rows, masks = (x, where) if axis == 1 else (x.T, where.T)
    for function in (lse.logsumexp, lse.logmeanexp):
        want = np.array([function(row[mask]) for row, mask in zip(rows, masks, strict=True)])
        close(function(x, axis=axis, where=where), want)
    for function, absent in ((lse.softmax, 0.0), (lse.log_softmax, -INF)):
        got = function(x, axis=axis, where=where)
        assert got.dtype == np.dtype(dtype)
        for row, mask, answer in zip(rows, masks, got if axis == 1 else got.T, strict=True):
            if mask.any():
                close(answer[mask], function(row[mask]))
                np.testing.assert_array_equal(answer[~mask], np.full((~mask).sum(), absent))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("poison", [NAN, INF, -INF, 1e4])
def test_what_is_absent_may_hold_anything(dtype, poison):
    x = np.where(WHERE, X, poison).astype(dtype)
    for function in (lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax):
        got = function(x, axis=1, where=WHERE)
        np.testing.assert_array_equal(got, function(X.astype(dtype), axis=1, where=WHERE))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", [1, 5, 64, 1000])
def test_nothing_takes_part(dtype, size):
    """logsumexp of nothing; a share of 0 for everyone."""
    x = np.full(size, NAN, dtype)
    nobody = np.zeros(size, bool)
    assert lse.logsumexp(x, where=nobody) == -INF
    np.testing.assert_array_equal(lse.softmax(x, where=nobody), np.zeros(size))
    assert lse.logsumexp(x, where=False) == -INF


def test_the_mean_counts_who_takes_part():
    x = np.array([1.0, NAN, 1.0, 500.0])
    assert lse.logmeanexp(x, where=[True, False, True, False]) == 1.0
    assert lse.logmeanexp([-INF, 0.0, 7.0], where=[True, True, False]) == -np.log(2)


def test_all_that_take_part_are_minus_infinity():
    x, where = np.array([-INF, 3.0, -INF]), np.array([True, False, True])
    assert lse.logsumexp(x, where=where) == -INF
    np.testing.assert_array_equal(lse.softmax(x, where=where), [NAN, 0, NAN])


def test_infinity_takes_part_or_not():
    x = np.array([INF, 0.0, INF])
    np.testing.assert_array_equal(lse.softmax(x, where=[True, True, False]), [1, 0, 0])
    np.testing.assert_array_equal(lse.softmax(x, where=[False, True, False]), [0, 1, 0])


@pytest.mark.parametrize("shape", [(), (1,), (9,), (6, 1), (1, 9), (1, 1)])
def test_the_mask_broadcasts(shape):
    where = RNG.random(shape) < 0.5
    full = np.broadcast_to(where, X.shape)
    for function in (lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax):
        for axis in (0, 1, None):
            got = function(X, axis=axis, where=where)
            np.testing.assert_array_equal(got, function(X, axis=axis, where=full.copy()))


@pytest.mark.parametrize("layout", ["strided", "fortran", "list", "backwards"])
def test_a_mask_of_any_layout(layout):
    masks = {
        "strided": np.repeat(WHERE, 2, axis=1)[:, ::2],
        "fortran": np.asfortranarray(WHERE),
        "list": WHERE.tolist(),
        "backwards": np.ascontiguousarray(WHERE[::-1, ::-1])[::-1, ::-1],
    }
    for axis in (0, 1, None):
        got = lse.softmax(X, axis=axis, where=masks[layout])
        np.testing.assert_array_equal(got, lse.softmax(X, axis=axis, where=WHERE))


def test_a_mask_that_does_not_fit():
    for function in (lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax):
        with pytest.raises(ValueError, match=r"`where`.*\(5,\).*\(6, 9\)"):
            function(X, axis=1, where=np.ones(5, bool))
        with pytest.raises(ValueError, match="`where`"):
            function(X, axis=1, where=np.ones((2, 6, 9), bool))


@pytest.mark.parametrize("where", [1, 0.5, [1, 0, 1], "True", np.ones(9), [None] * 9])
def test_a_mask_that_is_not_bool(where):
    with pytest.raises(TypeError, match=r"`where`.*bool"):
        lse.softmax(X[0], where=where)


@pytest.mark.parametrize("size", [2000, 70_000])
def test_long_masked_rows(size):
    x, where = RNG.normal(size=size), RNG.random(size) < 0.5
    np.testing.assert_allclose(lse.logsumexp(x, where=where), lse.logsumexp(x[where]), rtol=1e-15)
    shares = lse.softmax(x, where=where)
    np.testing.assert_allclose(shares[where], lse.softmax(x[where]), rtol=1e-15)
    assert not shares[~where].any()
