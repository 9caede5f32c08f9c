"""Shares sum to one; spread is the gradient of finish."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.oracle import Row
from tests.helpers.rows import any_rows, finite_rows
from tests.helpers.slack import slack


@given(row=finite_rows())
def test_shares_sum_to_one(state, dtype, row):
    row = np.asarray(row, dtype)
    shares = state.fold(row).spread(row)
    assert shares.shape == row.shape
    assert np.all((shares >= 0) & (shares <= 1))
    rounding = (4 + np.log1p(len(row))) * np.finfo(dtype).eps
    assert math.fsum(shares) == pytest.approx(1.0, abs=rounding)


@given(row=finite_rows(max_size=6, limit=30), index=st.integers(0, 5))
def test_spread_is_the_gradient_of_finish(state, row, index):
    index, step = index % len(row), 2.0**-13
    move = step * (np.arange(len(row)) == index)
    slope = (state.fold(row + move).finish() - state.fold(row - move).finish()) / (2 * step)
    # A central difference: third derivative times step^2 / 6, and the rounding of both ends.
    allowed = step**2 / 6 + 2 * slack(row) / step
    assert float(state.fold(row).spread(row)[index]) == pytest.approx(float(slope), abs=allowed)


@given(row=finite_rows(max_size=8))
def test_a_share_is_the_exponential_of_its_distance_to_finish(state, row):
    shares, exact = state.fold(row).spread(row), Row(row).softmax
    gaps = np.minimum(float(Row(row).max) - row, 750)
    allowed = np.finfo(float).eps * (6 + gaps) * exact.astype(float) + 1e-323
    assert np.all(np.abs(shares - exact.astype(float)) <= allowed)


@given(row=finite_rows(max_size=8), cut=st.integers(0, 8))
def test_parts_spread_by_the_merged_state_are_the_whole(state, row, cut):
    """Streaming softmax: the state of everything, then chunk by chunk."""
    merged = state.fold(row[:cut]) | state.fold(row[cut:])
    shares = np.concatenate([merged.spread(row[:cut]), merged.spread(row[cut:])])
    assert shares == pytest.approx(state.fold(row).spread(row), rel=1e-12, abs=1e-300)


@given(row=finite_rows(max_size=8, limit=600))
def test_elements_of_no_mass_have_no_share(state, row):
    with_absent = np.append(row, -np.inf)
    shares = state.fold(with_absent).spread(with_absent)
    assert shares[-1] == 0
    assert shares[:-1] == pytest.approx(state.fold(row).spread(row), rel=1e-14, abs=1e-320)


@pytest.mark.parametrize(
    ("row", "shares"),
    [
        ([math.inf, 0.0, -math.inf], [1.0, 0.0, 0.0]),
        ([math.inf, 0.0, math.inf], [math.nan, 0.0, math.nan]),
        ([math.inf, math.inf], [math.nan, math.nan]),
        ([math.inf], [1.0]),
        ([-math.inf, -math.inf], [math.nan, math.nan]),
        ([0.0, math.nan], [math.nan, math.nan]),
        ([], []),
    ],
)
def test_shares_of_special_rows(state, dtype, row, shares):
    row = np.array(row, dtype)
    np.testing.assert_array_equal(state.fold(row).spread(row), np.array(shares, dtype))


@given(row=any_rows())
def test_spread_of_anything_never_raises(state, dtype, row):
    row = np.asarray(row, dtype)
    assert state.fold(row).spread(row).shape == row.shape
