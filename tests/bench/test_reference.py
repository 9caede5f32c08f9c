"""Exact answers are exact, and an error of one ulp is seen as one."""

from dataclasses import replace
from decimal import Decimal

import mpmath
import numpy as np
import pytest

from logsumexp.bench import Cell
from logsumexp.bench.data import FORMS, inputs
from logsumexp.bench.reference import Exact, answers, far_off, known, ulps

CELL = Cell(function="logsumexp", dtype="float64", shape=(3, 5, 4), axis=1)


def by_mpmath(cell, given):
    """The same by another route: unshifted, 60 digits."""
    x = np.moveaxis(given.x, cell.axis, -1).reshape(-1, cell.length)
    bends = [given.keywords.get(name, np.ones(cell.shape)) for name in ("b", "where")]
    weights = np.moveaxis(bends[0] * bends[1], cell.axis, -1).reshape(x.shape)
    found = []
    with mpmath.workdps(60):
        t = mpmath.mpf(given.keywords.get("temperature", 1.0))
        for row, weight in zip(x, weights, strict=True):
            total = mpmath.fsum(
                float(w) * mpmath.exp(float(v) / t) for v, w in zip(row, weight, strict=True)
            )
            found.append(t * mpmath.log(total))
    return found


@pytest.mark.parametrize("form", FORMS)
def test_logsumexp(form):
    cell = replace(CELL, form=form)
    given = inputs(cell)
    (found,) = answers(cell, known(cell, given))
    wanted = by_mpmath(cell, given)
    assert len(found.values) == len(wanted) == 12
    for place, value in zip(found.positions, found.values, strict=True):
        with mpmath.workdps(60):
            assert abs(mpmath.mpf(str(value)) - wanted[place]) < mpmath.mpf("1e-30")


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
def test_elements_stand_where_they_belong(function):
    cell = replace(CELL, function=function)
    given = inputs(cell)
    (found,) = answers(cell, known(cell, given))
    shares = np.exp(given.x) / np.exp(given.x).sum(axis=1, keepdims=True)
    wanted = (shares if function == "softmax" else np.log(shares)).reshape(-1)
    np.testing.assert_allclose([float(v) for v in found.values], wanted[found.positions], 1e-12)
    assert len(set(found.positions.tolist())) == 60


@pytest.mark.parametrize(("dtype", "unit"), [("float32", 2.0**-23), ("float64", 2.0**-52)])
def test_ulps(dtype, unit):
    exact = Exact(np.array([0, 2]), [Decimal(1), Decimal(-3)])
    right = np.array([1, 99, -3], dtype)
    assert ulps(right, exact, dtype) == 0
    assert ulps(right + np.array([unit, 0, 0], dtype), exact, dtype) == 1
    assert ulps(right - np.array([0, 0, 2 * unit], dtype), exact, dtype) == 1
    assert ulps(np.array([1, 99, np.nan], dtype), exact, dtype) == float("inf")


@pytest.mark.parametrize(("off", "far"), [(0.0, False), (1e-6, True), (np.nan, True)])
def test_a_gradient_is_measured_against_its_largest_entry(off, far):
    exact = Exact.gradient([0, 1], [Decimal("1e-4"), Decimal("-1e-9")])
    assert far_off(np.array([1e-4, -1e-9 + off]), exact) == far


def parts(cell):
    """What the reference says of a loss, as floats, and its input."""
    given = inputs(cell)
    mean, rest = answers(cell, known(cell, given))
    return given, float(mean.values[0]), rest.positions, [float(value) for value in rest.values]


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("form", ["plain", "tempered", "smoothed", "probable"])
def test_cross_entropy(form, axis):
    cell = replace(CELL, function="cross_entropy", shape=(6, 7), axis=axis, form=form)
    given, mean, positions, values = parts(cell)
    t, e = given.keywords.get("temperature", 1.0), given.smoothing
    logs = given.x / t
    logs = logs - np.log(np.exp(logs).sum(axis=axis, keepdims=True))
    if form == "probable":
        q = given.targets
    else:
        q = np.full(given.x.shape, e / given.x.shape[axis])
        chosen = np.expand_dims(given.targets, axis)
        np.put_along_axis(q, chosen, np.take_along_axis(q, chosen, axis) + 1 - e, axis)
    losses = -(q * logs).sum(axis=axis)
    np.testing.assert_allclose(values, losses[positions], 1e-12)
    assert mean == pytest.approx(losses.mean(), rel=1e-13)

    _, again, positions, values = parts(replace(cell, grad=True))
    assert again == mean
    slopes = (np.exp(logs) * q.sum(axis=axis, keepdims=True) - q) / (len(losses) * t)
    np.testing.assert_allclose(values, slopes.reshape(-1)[positions], 1e-11, 1e-16)
    assert len(positions) == cell.elements


def test_logistic_loss():
    cell = replace(CELL, function="logistic_loss", shape=(300,), axis=-1)
    given, mean, positions, values = parts(cell)
    losses = np.logaddexp(0, np.where(given.targets, -given.x, given.x))
    np.testing.assert_allclose(values, losses[positions], 1e-12)
    assert mean == pytest.approx(losses.mean(), rel=1e-13)
    assert {0, 299} <= set(positions.tolist())
    *_, slopes = parts(replace(cell, grad=True))
    wanted = (1 / (1 + np.exp(-given.x)) - given.targets) / 300
    np.testing.assert_allclose(slopes, wanted[positions], 1e-9)


def test_lifted_structured_loss():
    cell = replace(CELL, function="lifted_structured_loss", shape=(17, 3), axis=-1, grad=True)
    given, loss, positions, slopes = parts(cell)

    def written(x):
        apart = np.linalg.norm(x[:, None] - x, axis=-1)
        alike = given.targets[:, None] == given.targets
        pulls = np.where(alike, 0, np.exp(1 - apart)).sum(axis=1)
        i, j = np.nonzero(np.triu(alike, 1))
        pairs = np.log(pulls[i] + pulls[j]) + apart[i, j]
        return (np.maximum(0, pairs) ** 2).sum() / (2 * len(i))

    assert loss == pytest.approx(written(given.x), rel=1e-13)
    for position, slope in list(zip(positions.tolist(), slopes, strict=True))[::2]:
        step = np.zeros(given.x.size)
        step[position] = 1e-6
        step = step.reshape(given.x.shape)
        differences = (written(given.x + step) - written(given.x - step)) / 2e-6
        # A central difference with this step is right to 1e-9.
        assert slope == pytest.approx(differences, abs=1e-8)
