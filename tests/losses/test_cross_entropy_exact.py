"""The cross-entropy against 400 bits: losses, gradients, products, with every option."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import logsumexp as lse
from tests.helpers.ulp import error_in_ulps, exactly, mp, spacing
from tests.losses.naive import ExactRow

BUDGET = {"float16": 0.51, "float32": 1.0, "float64": 2.0}
LENGTHS = [2, 10, 64, 65, 300]
SCALES = [1e-3, 1, 5, 30]


def rows(length, dtype, scale, count=4):
    rng = np.random.default_rng(length)
    return (scale * rng.normal(size=(count, length))).astype(dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize(("length", "scale"), [*itertools.product(LENGTHS, SCALES)])
def test_losses_and_gradients_of_classes(dtype, length, scale):
    x = rows(length, dtype, scale)
    # A target of each sort: the largest element, any, the smallest.
    targets = np.array([x[0].argmax(), 1, x[2].argmin(), x[3].argmax()])
    losses, gradient = lse.cross_entropy(x, targets, reduction="none", return_grad=True)
    alone = lse.cross_entropy(x, targets, reduction="none")
    for i, target in enumerate(targets):
        exact = ExactRow(x[i], target)
        assert error_in_ulps(losses[i], exact.loss, dtype) <= BUDGET[dtype]
        assert error_in_ulps(alone[i], exact.loss, dtype) <= BUDGET[dtype]
        for got, want in zip(gradient[i], exact.gradient, strict=True):
            assert error_in_ulps(got, want, dtype) <= BUDGET[dtype]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("gap", [0.1, 2, 6, 12, 20, 30, 80])
def test_sure_rows(dtype, length, gap):
    x = rows(length, dtype, 0.1)
    x[:, 1] += gap
    losses, gradient = lse.cross_entropy(x, [1] * 4, reduction="none", return_grad=True)
    for i in range(4):
        exact = ExactRow(x[i], 1)
        assert error_in_ulps(losses[i], exact.loss, dtype) <= BUDGET[dtype]
        for got, want in zip(gradient[i], exact.gradient, strict=True):
            assert error_in_ulps(got, want, dtype) <= BUDGET[dtype]
        total = mp.fsum(exactly(number) for number in gradient[i])
        assert abs(total) <= 2 * spacing(exactly(abs(gradient[i]).max()), dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("count", "length"), [(13, 10), (9, 64), (21, 7), (11, 65), (7, 300)])
@pytest.mark.parametrize("weighted", [False, True])
def test_the_gradient_of_a_mean_is_rounded_once(dtype, count, length, weighted):
    """1/n is part of what the exponentials are multiplied with: a division of its own makes 2.2 ulp of 9 x 64."""
    rng = np.random.default_rng(count)
    x = (3 * rng.standard_normal((count, length))).astype(dtype)
    targets = rng.integers(0, length, count)
    targets[::2] = x[::2].argmax(1)
    weight = rng.random(length) + 0.1 if weighted else None
    gradient = lse.cross_entropy(x, targets, weight=weight, return_grad=True)[1]
    divisor = mp.fsum(exactly(weight[target]) for target in targets) if weighted else count
    for entries, row, target in zip(gradient, x, targets, strict=True):
        factor = exactly(weight[target]) / divisor if weighted else mp.mpf(1) / divisor
        for got, want in zip(entries, ExactRow(row, target).gradient, strict=True):
            assert error_in_ulps(got, want * factor, dtype) <= BUDGET[dtype]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("length", "scale"), [*itertools.product([*LENGTHS, 5000], [1e-3, 1, 10])])
def test_gradient_rows_sum_to_nothing(dtype, length, scale):
    x = rows(length, dtype, scale, 8)
    targets = np.random.default_rng(1).integers(0, length, 8)
    gradient = lse.cross_entropy(x, targets, return_grad=True)[1]
    for entries in gradient:
        total = mp.fsum(exactly(number) for number in entries)
        assert abs(total) <= 2 * spacing(exactly(abs(entries).max()), dtype)


@st.composite
def questions(draw):
    """Logits, targets and every option."""
    count, classes = draw(st.integers(1, 3)), draw(st.sampled_from([1, 2, 3, 10, 70]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from(["float32", "float64"]))
    x = (draw(st.sampled_from([0.1, 3.0, 40.0])) * rng.normal(size=(count, classes))).astype(dtype)
    if draw(st.booleans()):
        targets = rng.integers(0, classes, count)
        if draw(st.booleans()):
            targets[0] = -100
    else:
        targets = rng.random((count, classes)) * (rng.random((count, classes)) < 0.7)
    options = {
        "weight": draw(st.sampled_from([None, rng.random(classes) + 0.1])),
        "label_smoothing": draw(st.sampled_from([0.0, 0.1, 1.0])),
        "z_loss": draw(st.sampled_from([0.0, 1e-2])),
        "temperature": draw(st.sampled_from([1.0, 0.3, 7.0])),
        "reduction": draw(st.sampled_from(["mean", "sum", "none"])),
        "normalize": draw(st.sampled_from(["weight", "count"])),
    }
    return x, targets, options, rng.normal(size=x.shape)


@given(questions())
def test_every_option(question):
    x, targets, options, vector = question
    weight, kind = options["weight"], x.dtype.name
    keys = (weight, options["label_smoothing"], options["z_loss"], options["temperature"])
    exact = [
        None if targets.ndim == 1 and target < 0 else ExactRow(row, target, *keys)
        for row, target in zip(x, targets, strict=True)
    ]
    present = [row for row in exact if row]
    divisor = 1.0
    if options["reduction"] == "mean":
        divisor = len(present)
        if targets.ndim == 1 and weight is not None and options["normalize"] == "weight":
            divisor = float(sum(weight[target] for target in targets if target >= 0))
    loss, gradient = lse.cross_entropy(x, targets, return_grad=True, **options)
    product = lse.cross_entropy_hvp(x, targets, vector, **options)
    again = lse.cross_entropy(x, targets, **options)
    limit = BUDGET[kind] + (1 if kind == "float64" else 0)
    if options["reduction"] == "none":
        for got, other, row in zip(loss, again, exact, strict=True):
            assert error_in_ulps(got, row.loss if row else 0, kind) <= limit
            assert error_in_ulps(other, row.loss if row else 0, kind) <= limit
    elif divisor:
        want = mp.fsum(row.loss for row in present) / divisor
        assert error_in_ulps(loss, want, kind) <= limit
        assert error_in_ulps(again, want, kind) <= limit
    epsilon = float(np.finfo(kind).eps)
    for i, row in enumerate(exact):
        if row is None:
            assert not gradient[i].any()
            assert not product[i].any()
            continue
        # Differences: measured against what is subtracted.
        scale = (max(row.a) + max(row.p) * (sum(row.a) + 2 * row.z * abs(row.lse))) / row.t
        for got, want in zip(gradient[i], row.gradient, strict=True):
            assert abs(
                exactly(got) - want / divisor
            ) <= 8 * 2**-53 * scale / divisor + epsilon * abs(want / divisor)
        scale = scale / row.t * abs(vector[i]).max()
        for got, want in zip(product[i], row.product(vector[i]), strict=True):
            assert abs(exactly(got) - want / divisor) <= (16 * 2**-53 + epsilon) * scale / divisor


def test_the_gradient_is_the_derivative():
    """Differences of the exact loss itself, not of its formula."""
    x, target = [0.3, -1.2, 2.0], 1
    step = mp.mpf(2) ** -60
    gradient = lse.cross_entropy(x, target, return_grad=True)[1]
    product = lse.cross_entropy_hvp(x, target, [1.0, 0.0, 0.0])

    def loss(shifts):
        z = [exactly(number) + shift for number, shift in zip(x, shifts, strict=True)]
        return mp.log(mp.fsum(mp.exp(number) for number in z)) - z[target]

    for k in range(3):
        unit = [step * (j == k) for j in range(3)]
        slope = (loss(unit) - loss([-shift for shift in unit])) / (2 * step)
        assert abs(exactly(gradient[k]) - slope) < 1e-16
        ahead = [loss([shift * sign + step * (j == 0) * other for j, shift in enumerate(unit)])
                 for sign, other in ((1, 1), (1, -1), (-1, 1), (-1, -1))]  # fmt: skip
        bend = (ahead[0] - ahead[1] - ahead[2] + ahead[3]) / (4 * step**2)
        assert abs(exactly(product[k]) - bend) < 1e-16


def test_the_mean_of_many_loses_nothing():
    x = np.tile([[40.0, 0.0]], (10_001, 1))
    x[0] = 0.0, 1e8
    losses = lse.cross_entropy(x, np.zeros(10_001, int), reduction="none")
    want = mp.fsum(exactly(loss) for loss in losses)
    total = lse.cross_entropy(x, np.zeros(10_001, int), reduction="sum")
    assert error_in_ulps(total, want, "float64") <= 1
