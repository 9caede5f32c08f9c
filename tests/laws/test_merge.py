"""EMPTY is the identity; merge commutes; a row's fold is the merge of its parts at any cut."""

import functools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.rows import any_rows, finite_rows
from tests.helpers.slack import agree, same, slack


def fold(state, row, dtype):
    return state.fold(np.asarray(row, dtype))


@given(row=any_rows())
def test_empty_is_the_identity(state, dtype, row):
    folded = fold(state, row, dtype)
    empty = fold(state, [], dtype)
    assert same(folded | empty, folded)
    assert same(empty | folded, folded)


def test_empty_is_the_fold_of_nothing(state):
    assert same(state.empty(), state.fold(np.array([])))
    assert [float(number) for number in (state.empty().max, state.empty().top)] == [-np.inf, 0.0]
    assert float(state.empty().rest) == 0.0


def test_two_empty_states_merge_to_an_empty_state(state):
    merged = state.empty() | state.empty()
    assert same(merged, state.empty())
    assert float(merged.finish()) == -np.inf


def test_a_row_of_minus_infinity_has_no_mass(state, dtype):
    folded = fold(state, [-np.inf] * 5, dtype)
    assert float(folded.finish()) == -np.inf
    other = fold(state, [1.0, 2.0], dtype)
    assert same(folded | other, other)


@given(first=any_rows(), second=any_rows())
def test_merge_commutes_exactly(state, dtype, first, second):
    first, second = fold(state, first, dtype), fold(state, second, dtype)
    assert same(first.merge(second), second.merge(first))


@given(first=any_rows(), second=any_rows())
def test_the_bar_is_merge(state, dtype, first, second):
    first, second = fold(state, first, dtype), fold(state, second, dtype)
    merged = first.merge(second)
    assert same(first | second, merged)
    total = first
    total |= second
    assert same(total, merged)


@given(rows=st.tuples(finite_rows(), finite_rows(), finite_rows()))
def test_merge_associates_up_to_rounding(state, dtype, rows):
    rows = [np.asarray(row, dtype) for row in rows]
    first, second, third = (state.fold(row) for row in rows)
    left, right = (first | second) | third, first | (second | third)
    assert float(left.max) == float(right.max)
    assert agree(left.finish(), right.finish(), slack(np.concatenate(rows)))


@given(row=any_rows(min_size=1), data=st.data())
def test_a_fold_is_the_merge_of_its_parts_at_any_cut(state, dtype, row, data):
    row = np.asarray(row, dtype)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(row)), max_size=5), label="cuts"))
    parts = [state.fold(part) for part in np.split(row, cuts)]
    order = data.draw(st.permutations(range(len(parts))), label="order")
    merged = functools.reduce(lambda total, index: total | parts[index], order, state.empty())
    whole = state.fold(row)
    plain = np.all(row < np.inf)
    assert agree(merged.finish(), whole.finish(), slack(row) if plain else 0.0)
    if plain:
        assert float(merged.max) == float(whole.max)


@given(row=finite_rows(max_size=12))
def test_a_fold_is_the_merge_of_its_elements(state, row):
    merged = functools.reduce(state.merge, map(state.one, row), state.empty())
    assert agree(merged.finish(), state.fold(row).finish(), slack(row))


@given(row=finite_rows(max_size=12))
def test_order_does_not_matter_up_to_rounding(state, dtype, row):
    row = np.asarray(row, dtype)
    assert agree(state.fold(row).finish(), state.fold(row[::-1]).finish(), slack(row))


@pytest.mark.parametrize("count", [2, 3, 1000])
def test_equal_elements_are_all_top(state, dtype, count):
    folded = fold(state, [1.5] * count, dtype)
    assert (float(folded.max), float(folded.top), float(folded.rest)) == (1.5, count, 0.0)


def test_top_counts_the_largest_only(state):
    folded = state.fold(np.array([3.0, 1.0, 3.0])) | state.fold(np.array([3.0, 2.0]))
    assert (float(folded.max), float(folded.top)) == (3.0, 3.0)
    assert float(folded.rest) == pytest.approx(np.exp(-2) + np.exp(-1), rel=1e-14)
