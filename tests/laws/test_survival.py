"""A state survives pickling, also from another process; `==` is one bool; a short repr; a stream."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rows import any_rows, finite_rows
from tests.helpers.slack import agree, same, slack
from tests.helpers.states import ISAS
from tests.helpers.worker import shared


@given(row=any_rows())
def test_a_state_survives_pickling(state, dtype, row):
    folded = state.fold(np.asarray(row, dtype))
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        back = pickle.loads(pickle.dumps(folded, protocol))
        assert same(back, folded)
        assert same(back | folded, folded | folded)
    np.testing.assert_array_equal(back.finish(), folded.finish())
    assert np.asarray(back.finish()).dtype == np.asarray(folded.finish()).dtype


@given(row=finite_rows())
def test_a_state_survives_copying(state, row):
    folded = state.fold(row)
    assert copy.copy(folded) == folded
    assert copy.deepcopy(folded) == folded


@given(row=finite_rows())
def test_equality_is_one_bool(state, row):
    folded = state.fold(row)
    assert (folded == state.fold(row)) is True
    assert (folded != state.fold(row)) is False
    other = folded | state.one(np.max(row))
    assert (folded == other) is False
    assert (folded != other) is True


@given(rows=st.lists(finite_rows(max_size=5), min_size=1, max_size=5))
def test_streaming_is_merging(state, dtype, rows):
    rows = [np.asarray(row, dtype) for row in rows]
    total = state.empty()
    for row in rows:
        total |= state.fold(row)
    everything = np.concatenate(rows)
    assert agree(total.finish(), state.fold(everything).finish(), slack(everything))


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(7,), (3, 7), (2, 3, 7), (4, 0)])
def test_states_cross_processes_unchanged(isa, dtype, shape):
    """Folded there or here, on whatever path: the same state, and it goes on living."""
    from logsumexp import State

    x = np.random.default_rng(1).normal(scale=9, size=shape).astype(dtype)
    here, there = State.fold(x, axis=-1), shared(isa).call("State.fold", x, axis=-1)
    assert here == there
    assert here.dtype == there.dtype == np.dtype(dtype)
    assert here.shape == there.shape == shape[:-1]
    np.testing.assert_array_equal((here | there).finish(), (there | here).finish())
    finished = shared(isa).call("State.finish", here)
    np.testing.assert_array_equal(finished, here.finish())


def test_a_state_is_no_number_and_no_tuple():
    from logsumexp import State

    folded = State.fold(np.arange(3.0))
    for other in (None, 3, (1, 2), "state", np.float64(2.4)):
        assert (folded == other) is False
        assert (folded != other) is True


def test_states_of_other_shape_or_type_differ():
    from logsumexp import State

    x = np.arange(6.0).reshape(2, 3)
    assert State.fold(x, axis=-1) != State.fold(x)
    assert State.fold(x, axis=-1) == State.fold(x.copy(), axis=-1)
    assert State.fold(x, axis=-1) != State.fold(x, axis=0)
    assert State.fold(x) != State.fold(x.astype(np.float32))


@pytest.mark.parametrize("shape", [(), (3,), (100, 100)])
def test_the_repr_is_short_and_names_the_state(shape):
    from logsumexp import State

    folded = State.fold(np.ones((*shape, 4), np.float32), axis=-1)
    text = repr(folded)
    assert "State" in text
    assert len(text) <= 300
    assert "float32" in text
    assert "\n" not in text
    assert str(folded)


BROKEN = {
    "no numbers": {4: np.zeros((0, 4))},
    "too few numbers": {4: np.zeros((1, 1))},
    "flat numbers": {4: np.zeros(4)},
    "words": {4: np.array([["a"] * 4])},
    "None for numbers": {4: None},
    "another shape": {0: (2, 3)},
    "a negative shape": {0: (-1,)},
    "an endless shape": {0: (2**63, 2**63)},
    "words for a shape": {0: ("a",)},
    "a dtype of dates": {1: np.dtype("M8[s]")},
    "axes out of range": {2: (1, (7,))},
    "too many dimensions": {2: (1000, (999,))},
    "words for axes": {2: ("a", "b")},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_pickle_is_a_python_error(name):
    """What a pickle holds is checked: nothing panics, nothing is read out of bounds."""
    from logsumexp import State

    restore, parts = State.fold(np.arange(3.0)).__reduce__()
    parts = [BROKEN[name].get(index, part) for index, part in enumerate(parts)]
    with pytest.raises((ValueError, TypeError, OverflowError)):
        restore(*parts)
