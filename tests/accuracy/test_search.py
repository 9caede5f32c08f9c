"""Hypothesis looks for rows that break a budget, climbing towards the largest error it has seen."""

import numpy as np
import pytest
from hypothesis import given, settings, target
from hypothesis import strategies as st

import logsumexp as lse
from tests.helpers.oracle import Row, weighted
from tests.helpers.rows import elements, finite_rows
from tests.helpers.scoreboard import hexadecimal, within
from tests.helpers.ulp import error_in_ulps

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
LIMIT = {"float32": 3e38, "float64": 1.7e308}


@pytest.fixture(scope="module", params=FUNCTIONS)
def function(request):
    return request.param


@pytest.fixture(scope="module", params=LIMIT)
def dtype(request):
    return request.param


def climb(got, exact, dtype):
    """Tell hypothesis how bad an answer is."""
    pairs = zip(np.ravel(got), np.ravel(exact), strict=True)
    error = max(error_in_ulps(*pair, dtype) for pair in pairs)
    target(error if np.isfinite(error) else 1e300)


@given(data=st.data())
@settings(max_examples=150)
def test_rows(function, dtype, data):
    row = data.draw(finite_rows(max_size=10, dtype=dtype, limit=LIMIT[dtype]), label="row")
    got, exact = getattr(lse, function)(row), getattr(Row(row), function)
    climb(got, exact, dtype)
    within(function, got, exact, hexadecimal(row), "search")


@given(data=st.data(), temperature=st.floats(1e-3, 1e3))
@settings(max_examples=100)
def test_rows_with_a_temperature(function, dtype, data, temperature):
    row = data.draw(finite_rows(max_size=6, dtype=dtype, limit=1e4), label="row")
    got = getattr(lse, function)(row, temperature=temperature)
    exact = getattr(Row(row, temperature), function)
    climb(got, exact, dtype)
    within(function, got, exact, f"t = {temperature.hex()} {hexadecimal(row)}", "search t")


@given(data=st.data(), size=st.integers(1, 6))
@settings(max_examples=100)
def test_rows_with_weights(dtype, data, size):
    numbers = st.lists(elements(dtype, 1e30), min_size=size, max_size=size)
    a, b = (np.array(data.draw(numbers, label=name), dtype) for name in "ab")
    exact, sign = weighted(a, b)
    got, got_sign = lse.logsumexp(a, b=b, return_sign=True)
    about = f"a = {hexadecimal(a)}, b = {hexadecimal(b)}"
    assert got_sign == sign, about
    climb(got, exact, dtype)
    within("logsumexp", got, exact, about, "search b")


@given(data=st.data())
@settings(max_examples=60)
def test_rows_with_a_mask(function, dtype, data):
    row = data.draw(finite_rows(min_size=2, max_size=10, dtype=dtype, limit=1e30), label="row")
    where = np.array(data.draw(st.lists(st.booleans(), min_size=len(row), max_size=len(row))))
    where[0] = True
    got, exact = getattr(lse, function)(row, where=where), getattr(Row(row[where]), function)
    got = got if "exp" in function else got[where]
    within(function, got, exact, f"{hexadecimal(row)} where {where.astype(int)}", "search where")
