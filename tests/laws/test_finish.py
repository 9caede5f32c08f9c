"""Shift moves finish; finish subtracts before it adds; small losses survive; infinities; nan sticks."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.oracle import Row
from tests.helpers.rows import any_rows, elements, finite_rows
from tests.helpers.slack import agree, same, slack
from tests.helpers.ulp import error_in_ulps, mp


@given(row=finite_rows())
def test_finish_is_the_logarithm_of_the_mass(state, dtype, row):
    row = np.asarray(row, dtype)
    assert agree(state.fold(row).finish(), Row(row).logsumexp, slack(row))


@given(row=finite_rows(), minus=elements(limit=1e30))
def test_finish_subtracts_before_it_adds(state, row, minus):
    exact = Row(row).finish(minus=minus)
    assert agree(state.fold(row).finish(minus), exact, slack(row, minus))
    assert agree(state.fold(row).finish(minus=minus), exact, slack(row, minus))


@given(row=finite_rows(), c=st.floats(-1e6, 1e6))
def test_shift_moves_finish(state, row, c):
    shifted = state.fold(row).shift(c)
    moved = shifted.finish(minus=c)
    assert agree(moved, Row(row).logsumexp, slack(row, 0.0) + slack(row, c, moved=c))


@given(row=any_rows())
def test_shift_by_nothing_changes_nothing(state, row):
    assert same(state.fold(row).shift(0.0), state.fold(row))


@given(row=finite_rows(max_size=10), c=st.integers(-1000, 1000))
def test_shift_is_the_fold_of_the_shifted(state, row, c):
    row = np.round(row * 8) / 8  # so that row + c is exact below
    row = row[np.abs(row) < 1e6]
    assert same(state.fold(row).shift(float(c)), state.fold(row + c))


@pytest.mark.parametrize("c", [0.0, 5.0, -1e300])
def test_shift_keeps_empty_empty(state, c):
    assert same(state.empty().shift(c), state.empty())


@given(gap=st.integers(1, 740), count=st.integers(1, 8), offset=st.integers(-10_000, 10_000))
def test_small_losses_survive(state, gap, count, offset):
    """-log p of a confident row: tiny, and right to its last digits, at any offset."""
    row = np.array([offset, *[offset - gap] * count], dtype=float)
    exact = Row(row).finish(minus=offset)
    got = float(state.fold(row).finish(minus=float(offset)))
    assert got > 0
    assert error_in_ulps(got, exact, "float64") <= 4


@given(gap=st.integers(1, 700), cut=st.integers(0, 3))
def test_small_losses_survive_a_merge(state, gap, cut):
    row = np.array([-gap, 0.0, -gap])
    merged = state.fold(row[:cut]) | state.fold(row[cut:])
    assert error_in_ulps(merged.finish(), mp.log1p(2 * mp.exp(-gap)), "float64") <= 4


def test_the_smallest_loss_of_float32_survives(state):
    got = state.fold(np.array([20, 0], np.float32)).finish(minus=20.0)
    assert float(got) == pytest.approx(2.0611536e-9, rel=1e-7)


def test_two_halves_are_not_quite_one(state):
    half = np.log(0.5)
    merged = state.one(half) | state.one(half)
    # The answer is what the rounding of log(1/2) leaves: finish may round max + log(2) once.
    assert abs(float(merged.finish()) - 2.3190468138462996e-17) <= 2.0**-53


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ([], -math.inf),
        ([-math.inf], -math.inf),
        ([-math.inf, -math.inf], -math.inf),
        ([-math.inf, 0.0], 0.0),
        ([math.inf], math.inf),
        ([math.inf, math.inf], math.inf),
        ([math.inf, 0.0, -math.inf], math.inf),
        ([0.0, math.inf, 5.0], math.inf),
    ],
)
def test_infinities(state, dtype, row, answer):
    row = np.array(row, dtype)
    assert float(state.fold(row).finish()) == answer
    assert float(state.fold(row).finish(minus=3.0)) == answer - 3.0
    for cut in range(len(row) + 1):
        assert float((state.fold(row[:cut]) | state.fold(row[cut:])).finish()) == answer


@given(row=any_rows(max_size=8), position=st.integers(0, 8), cut=st.integers(0, 9))
def test_nan_sticks(state, dtype, row, position, cut):
    row = np.insert(np.asarray(row, dtype), min(position, len(row)), np.nan)
    folded = state.fold(row)
    assert math.isnan(folded.finish())
    assert math.isnan((state.fold(row[:cut]) | state.fold(row[cut:])).finish())
    assert math.isnan((folded | state.empty()).shift(2.0).finish(minus=1.0))
    assert math.isnan((state.one(math.inf) | folded).finish())
    assert math.isnan((folded | state.one(math.inf)).finish())


@given(row=any_rows(min_size=1), minus=st.floats(-1e6, 1e6))
def test_finish_of_anything_never_raises(state, dtype, row, minus):
    float(state.fold(np.asarray(row, dtype)).finish(minus))
