"""The reference tables: every function within its budget of the correctly rounded answers.

An answer within 1 ulp of the exact one is at most one float away from the correctly rounded one,
an answer within 2 ulp at most two.
"""

import random

import numpy as np
import pytest

import logsumexp as lse
from tables import cases, reference
from tests.helpers.oracle import Row, weighted
from tests.helpers.scoreboard import BUDGET, within
from tests.helpers.ulp import steps

DTYPES = ["float32", "float64"]
FUNCTIONS = reference.FUNCTIONS


def off_budget(function, dtype, compute):
    """Every case of a table whose answer is further away than the budget, as text."""
    for case in reference.read(dtype):
        x, want = (reference.read_row(case[key], dtype) for key in ("x", function))
        got = compute(x, case.get("temperature", 1.0))
        away = np.max(steps(np.ravel(got), want))
        if away > BUDGET[function, dtype]:
            yield f"{case['name']}: {away} floats away, x = {case['x'][:300]}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_row_of_the_table(function, dtype):
    compute = getattr(lse, function)
    wrong = list(off_budget(function, dtype, lambda x, t: compute(x, temperature=t)))
    assert not wrong, f"{len(wrong)} cases:\n" + "\n".join(wrong)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_row_of_the_table_along_axis_0(function, dtype):
    def compute(x, temperature):
        got = getattr(lse, function)(np.stack([x, x[::-1]], 1), axis=0, temperature=temperature)
        return got[..., 0]

    wrong = list(off_budget(function, dtype, compute))
    assert not wrong, f"{len(wrong)} cases:\n" + "\n".join(wrong)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_weighted_row_of_the_table(dtype):
    wrong = []
    for case in reference.read(f"weights_{dtype}"):
        a, b, want = (reference.read_row(case[key], dtype) for key in ("a", "b", "logsumexp"))
        got, sign = lse.logsumexp(a, b=b, return_sign=True)
        away = steps(np.atleast_1d(got), want)[0]
        if away > 1 or sign != case["sign"]:
            wrong.append(f"{case['name']}: {away} floats, sign {sign} of {case['sign']}, {case}")
    assert not wrong, f"{len(wrong)} cases:\n" + "\n".join(wrong)


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_tables_are_what_their_script_writes(dtype):
    """All inputs are written again, and a sample of the answers."""
    written, rng = reference.read(dtype), random.Random(99)  # noqa: S311
    fresh = list(cases.rows(dtype, random.Random(1)))  # noqa: S311
    assert [_inputs(case) for case in written] == [_inputs(case) for case in fresh]
    for index in rng.sample(range(len(fresh)), 40):
        assert reference.solve(fresh[index], dtype) == written[index]
    weights = cases.weights(dtype, random.Random(2))  # noqa: S311
    solved = [reference.solve_weighted(case, dtype) for case in weights]
    assert solved == reference.read(f"weights_{dtype}")


def _inputs(case):
    return {key: value for key, value in case.items() if key not in FUNCTIONS}


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_tables_agree_with_the_oracle(dtype):
    """Two ways to the same numbers: the table's formula is not the oracle's."""
    for case in reference.read(dtype):
        x = reference.read_row(case["x"], dtype)
        if len(x) > 700:
            continue
        exact = Row(x, case.get("temperature", 1.0))
        for function in FUNCTIONS:
            want = np.ravel(getattr(exact, function))
            rounded = [reference.nearest(number, dtype) for number in want]
            assert reference.write_row(rounded) == case[function], case["name"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_weighted_tables_agree_with_the_oracle(dtype):
    for case in reference.read(f"weights_{dtype}"):
        a, b = (reference.read_row(case[key], dtype) for key in ("a", "b"))
        exact, sign = weighted(a, b)
        assert sign == case["sign"]
        rounded = reference.write_row([reference.nearest(exact, dtype)])
        assert rounded == case["logsumexp"], case["name"]


def test_the_worst_cases_of_the_peers_in_ulp():
    """The measured error, fractions included, of the rows that peers get wrong."""
    for name, x in cases.WRONG_ELSEWHERE.items():
        for dtype in DTYPES:
            row = np.array(x, dtype)
            for function in FUNCTIONS:
                exact = getattr(Row(row), function)
                within(function, getattr(lse, function)(row), exact, name, "named")
