"""Arrays of states: one state per row, every word for all of them at once."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.ulp import steps

RNG = np.random.default_rng(7)
X = RNG.normal(scale=5, size=(4, 3, 6))


def numbers(states):
    return np.stack([np.asarray(states.max), np.asarray(states.top), np.asarray(states.rest)], -1)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, (0, 2), (-1, -3), None, ()])
def test_each_state_is_the_fold_of_its_row(dtype, axis):
    x = X.astype(dtype)
    states = lse.State.fold(x, axis=axis)
    axes = range(3) if axis is None else np.atleast_1d(np.array(axis, int)) % 3
    kept = [axis for axis in range(3) if axis not in axes]
    rows = np.transpose(x, [*kept, *sorted(axes)]).reshape(*(x.shape[axis] for axis in kept), -1)
    assert states.shape == rows.shape[:-1]
    assert states.dtype == np.dtype(dtype)
    for index in np.ndindex(states.shape):
        np.testing.assert_array_equal(numbers(states)[index], numbers(lse.State.fold(rows[index])))
    finished = np.asarray(states.finish())
    assert finished.dtype == np.dtype(dtype)
    assert np.max(steps(finished, np.asarray(lse.logsumexp(x, axis=axis)))) <= 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_numbers_of_a_state_are_arrays_of_its_shape(dtype):
    states = lse.State.fold(X.astype(dtype), axis=1)
    for number in (states.max, states.top, states.rest):
        assert isinstance(number, np.ndarray)
        assert number.shape == states.shape == (4, 6)
    np.testing.assert_array_equal(states.max, X.astype(dtype).max(axis=1))


def test_the_numbers_of_a_state_cannot_be_changed_from_outside():
    states = lse.State.fold(X, axis=-1)
    before = numbers(states)
    for number in (states.max, states.top, states.rest):
        try:
            number[...] = 17
        except ValueError:
            continue
    np.testing.assert_array_equal(numbers(states), before)


@pytest.mark.parametrize("shape", [(), (3,), (2, 0), (4, 5)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_empty_states_of_any_shape(shape, dtype):
    empty = lse.State.empty(shape, dtype)
    assert (empty.shape, empty.dtype) == (shape, np.dtype(dtype))
    np.testing.assert_array_equal(empty.finish(), np.full(shape, -np.inf))
    folded = lse.State.fold(RNG.normal(size=(*shape, 4)).astype(dtype), axis=-1)
    assert empty | folded == folded == folded | empty


def test_empty_is_one_float64_state_unless_told():
    assert (lse.State.empty().shape, lse.State.empty().dtype) == ((), np.dtype("float64"))


def test_one_of_an_array_is_one_state_each():
    x = X[0]
    states = lse.State.one(x)
    assert states.shape == x.shape
    np.testing.assert_array_equal(states.finish(), x)
    np.testing.assert_array_equal(states.top, np.ones(x.shape))


def test_shift_and_minus_broadcast_over_the_states():
    states, per_row = lse.State.fold(X, axis=-1), RNG.integers(-9, 9, size=(4, 3)).astype(float)
    want = [
        [lse.State.fold(X[i, j]).shift(per_row[i, j]).finish() for j in range(3)] for i in range(4)
    ]
    np.testing.assert_array_equal(states.shift(per_row).finish(), want)
    want = [
        [lse.State.fold(X[i, j]).finish(minus=per_row[i, j]) for j in range(3)] for i in range(4)
    ]
    np.testing.assert_array_equal(states.finish(minus=per_row), want)


def test_the_log_mean_is_a_finish():
    got = lse.State.fold(X, axis=-1).finish(minus=np.log(6))
    np.testing.assert_allclose(got, lse.logmeanexp(X, axis=-1), rtol=0, atol=4e-15)


def test_merging_keeps_rows_apart():
    merged = lse.State.fold(X[..., :2], axis=-1) | lse.State.fold(X[..., 2:], axis=-1)
    np.testing.assert_allclose(merged.finish(), lse.logsumexp(X, axis=-1), rtol=1e-15, atol=1e-15)


def test_states_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"\(4, 3\).*\(4, 6\)|\(4, 6\).*\(4, 3\)"):
        lse.State.fold(X, axis=-1) | lse.State.fold(X, axis=1)
    for other in (None, 3.0, X, "state"):
        with pytest.raises(TypeError):
            lse.State.fold(X, axis=-1) | other
        with pytest.raises(TypeError):
            lse.State.fold(X, axis=-1).merge(other)


def test_where_takes_elements_away():
    where = RNG.random(X.shape) < 0.6
    states = lse.State.fold(X, axis=-1, where=where)
    for index in np.ndindex(4, 3):
        row = X[index][where[index]]
        want = lse.State.fold(row).finish()
        np.testing.assert_allclose(states.finish()[index], want, rtol=1e-15, atol=1e-15)
    np.testing.assert_array_equal(
        states.max[where.any(-1)], np.where(where, X, -np.inf).max(-1)[where.any(-1)]
    )


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_spread_answers_in_the_type_and_shape_of_the_rows(dtype):
    x = X.astype(dtype)
    shares = lse.State.fold(x, axis=-1).spread(x)
    assert (shares.shape, shares.dtype) == (x.shape, np.dtype(dtype))
    np.testing.assert_allclose(shares, lse.softmax(x, axis=-1), rtol=2 * np.finfo(dtype).eps)


def test_integers_fold_as_float64():
    states = lse.State.fold(np.array([[255, 0], [1, 2]], np.uint8), axis=-1)
    assert states.dtype == np.dtype("float64")
    np.testing.assert_array_equal(
        states.finish(), lse.logsumexp([[255.0, 0.0], [1.0, 2.0]], axis=-1)
    )
