"""Exact answers are exact, and an error of one ulp is seen as one."""

from dataclasses import replace
from decimal import Decimal

import mpmath
import numpy as np
import pytest

from logsumexp.bench import Cell
from logsumexp.bench.data import FORMS, inputs
from logsumexp.bench.reference import Exact, exact, sample, ulps

CELL = Cell(function="logsumexp", dtype="float64", shape=(3, 5, 4), axis=1)


def by_mpmath(cell, given):
    """The same by another route: unshifted, 60 digits."""
    x = np.moveaxis(given.x, cell.axis, -1).reshape(-1, cell.length)
    bends = [given.keywords.get(name, np.ones(cell.shape)) for name in ("b", "where")]
    weights = np.moveaxis(bends[0] * bends[1], cell.axis, -1).reshape(x.shape)
    answers = []
    with mpmath.workdps(60):
        t = mpmath.mpf(given.keywords.get("temperature", 1.0))
        for row, weight in zip(x, weights, strict=True):
            total = mpmath.fsum(
                float(w) * mpmath.exp(float(v) / t) for v, w in zip(row, weight, strict=True)
            )
            answers.append(t * mpmath.log(total))
    return answers


@pytest.mark.parametrize("form", FORMS)
def test_logsumexp(form):
    cell = replace(CELL, form=form)
    given = inputs(cell)
    found = exact(cell, sample(cell, given))
    wanted = by_mpmath(cell, given)
    assert len(found.values) == len(wanted) == 12
    for place, value in zip(found.positions, found.values, strict=True):
        with mpmath.workdps(60):
            assert abs(mpmath.mpf(str(value)) - wanted[place]) < mpmath.mpf("1e-30")


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
def test_elements_stand_where_they_belong(function):
    cell = replace(CELL, function=function)
    given = inputs(cell)
    found = exact(cell, sample(cell, given))
    shares = np.exp(given.x) / np.exp(given.x).sum(axis=1, keepdims=True)
    wanted = (shares if function == "softmax" else np.log(shares)).reshape(-1)
    np.testing.assert_allclose([float(v) for v in found.values], wanted[found.positions], 1e-12)
    assert len(set(found.positions.tolist())) == 60


@pytest.mark.parametrize(("dtype", "unit"), [("float32", 2.0**-23), ("float64", 2.0**-52)])
def test_ulps(dtype, unit):
    answers = Exact(np.array([0, 2]), [Decimal(1), Decimal(-3)])
    right = np.array([1, 99, -3], dtype)
    assert ulps(right, answers, dtype) == 0
    assert ulps(right + np.array([unit, 0, 0], dtype), answers, dtype) == 1
    assert ulps(right - np.array([0, 0, 2 * unit], dtype), answers, dtype) == 1
    assert ulps(np.array([1, 99, np.nan], dtype), answers, dtype) == float("inf")
