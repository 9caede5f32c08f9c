"""Lifted structured loss: against its equations as they are written, and against pytorch-metric-learning."""

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import logsumexp as lse
from logsumexp.losses import distances
from tests.helpers.peers import peer
from tests.helpers.ulp import mp

random = np.random.default_rng(90)


def written(points, labels, margin=1.0, smooth=True):
    """Equations (3) and (4), loop by loop, in 400 bits."""
    points = [[mp.mpf(x) for x in row] for row in points]
    apart = [
        [mp.sqrt(sum((a - b) ** 2 for a, b in zip(p, q, strict=True))) for q in points]
        for p in points
    ]
    count, total, pairs = len(points), mp.mpf(0), 0
    for i in range(count):
        for j in range(i + 1, count):
            if labels[i] != labels[j]:
                continue
            pairs += 1
            others = [(a, k) for a in (i, j) for k in range(count) if labels[k] != labels[a]]
            gaps = [margin - apart[a][k] for a, k in others]
            if gaps:
                inner = mp.log(sum(map(mp.exp, gaps))) if smooth else max(gaps)
                total += max(mp.mpf(0), inner + apart[i][j]) ** 2
    return total / (2 * pairs) if pairs else mp.mpf(0)


BATCHES = {
    "three classes": (random.normal(size=(10, 3)), np.arange(10) % 3),
    "far away": (random.normal(size=(8, 2)) + 1e6, np.arange(8) // 2),
    "near duplicates": (
        np.repeat(random.normal(size=(4, 3)), 2, 0) + 1e-9 * random.normal(size=(8, 3)),
        np.array([0, 0, 1, 1, 0, 0, 1, 1]),
    ),
    "tiny": (1e-200 * random.normal(size=(6, 2)), np.array([0, 0, 1, 1, 2, 2])),
    "one without a partner": (random.normal(size=(5, 4)), np.array([0, 0, 1, 1, 2])),
}


@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize("name", BATCHES)
def test_loss_as_written(name, smooth):
    points, labels = BATCHES[name]
    for margin in (1.0, 0.0, 2.5):
        got = lse.lifted_structured_loss(points, labels, margin=margin, smooth=smooth)
        want = float(written(points.tolist(), labels, margin, smooth))
        assert got == pytest.approx(want, rel=1e-9 if name == "far away" else 1e-12, abs=1e-300)


@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize("smooth", [True, False])
@pytest.mark.parametrize("name", ["three classes", "one without a partner"])
def test_gradient_against_differences(name, smooth, normalize):
    points, labels = BATCHES[name]
    _, gradient = lse.lifted_structured_loss(
        points, labels, smooth=smooth, normalize=normalize, return_grad=True
    )

    def loss(rows):
        if normalize:
            rows = [[x / mp.norm(row) for x in row] for row in rows]
        return written(rows, labels, smooth=smooth)

    step = mp.mpf(2) ** -60
    for i, k in [(0, 0), (1, 2), (3, 1), (len(points) - 1, 0)]:
        moved = []
        for sign in (1, -1):
            rows = [[mp.mpf(x) for x in row] for row in points.tolist()]
            rows[i][k] += sign * step
            moved.append(loss(rows))
        slope = float((moved[0] - moved[1]) / (2 * step))
        assert gradient[i, k] == pytest.approx(slope, rel=1e-10, abs=1e-13)


def test_gradient_of_near_duplicates_is_finite_and_balanced():
    points, labels = BATCHES["near duplicates"]
    _, gradient = lse.lifted_structured_loss(points, labels, return_grad=True)
    assert np.isfinite(gradient).all()
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-12)


@pytest.mark.parametrize("smooth", [True, False])
def test_equal_embeddings(smooth):
    points = np.array([[0, 0], [0, 0], [200, 0]], np.float32)
    loss, gradient = lse.lifted_structured_loss(points, [0, 0, 1], smooth=smooth, return_grad=True)
    assert loss == 0
    assert loss.dtype == gradient.dtype == np.float32
    np.testing.assert_array_equal(gradient, 0)
    _, gradient = lse.lifted_structured_loss(np.ones((4, 2)), [0, 0, 1, 1], return_grad=True)
    np.testing.assert_array_equal(gradient, 0)


@pytest.mark.parametrize("labels", [[0, 0, 0, 0], [0, 1, 2, 3]], ids=["one label", "no pair"])
@pytest.mark.parametrize("smooth", [True, False])
def test_nothing_to_compare(labels, smooth):
    points = random.normal(size=(4, 3))
    loss, gradient = lse.lifted_structured_loss(points, labels, smooth=smooth, return_grad=True)
    assert loss == 0
    np.testing.assert_array_equal(gradient, np.zeros((4, 3)))


def test_a_nan_makes_everything_nan():
    points = random.normal(size=(4, 3))
    points[1, 1] = np.nan
    loss, gradient = lse.lifted_structured_loss(points, [0, 0, 1, 1], return_grad=True)
    assert np.isnan(loss)
    assert np.isnan(gradient).all()


@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 12),
    st.integers(1, 4),
    st.floats(-5, 5),
    st.sampled_from([1e-3, 1.0, 30.0]),
)
def test_laws(seed, count, size, margin, scale):
    """(3) <= (4); labels are names only; the order of the rows is nothing; the forces balance."""
    random = np.random.default_rng(seed)
    points = random.normal(size=(count, size)) * scale
    labels = random.integers(3, size=count)

    def loss(points, labels, **options):
        return lse.lifted_structured_loss(points, labels, margin=margin, **options)

    smooth, gradient = loss(points, labels, return_grad=True)
    assert loss(points, labels, smooth=False) <= smooth
    assert loss(points, np.array(["a", "c", "b"])[labels]) == smooth
    order = random.permutation(count)
    assert loss(points[order], labels[order]) == pytest.approx(smooth, rel=1e-10)
    np.testing.assert_allclose(gradient.sum(axis=0), 0, atol=1e-12 * max(1, np.abs(gradient).max()))


@pytest.mark.parametrize("smooth", [True, False])
def test_blocks_change_nothing_but_the_last_bits(monkeypatch, smooth):
    points, labels = random.normal(size=(60, 5)), np.arange(60) % 7
    points[3] = points[10] + 1e-9
    want = lse.lifted_structured_loss(points, labels, smooth=smooth, return_grad=True)
    monkeypatch.setattr(distances, "ELEMENTS", 7 * 60)
    got = lse.lifted_structured_loss(points, labels, smooth=smooth, return_grad=True)
    assert got[0] == pytest.approx(want[0], rel=1e-13)
    np.testing.assert_allclose(got[1], want[1], rtol=1e-9, atol=1e-13)


def test_memory_does_not_grow_with_the_square():
    """2000 embeddings: one matrix of distances would be 32 MB for each of several steps."""
    points, labels = random.normal(size=(2000, 8)), np.arange(2000) // 4

    def peak(elements):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(distances, "ELEMENTS", elements)
            tracemalloc.start()
            lse.lifted_structured_loss(points, labels, return_grad=True)
            found = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return found

    assert peak(1 << 16) < 8e6


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_pytorch_metric_learning(dtype):
    """Its loss is equation (4), once its own normalisation is switched off."""
    torch, losses, measures = (
        peer(name)
        for name in ("torch", "pytorch_metric_learning.losses", "pytorch_metric_learning.distances")
    )
    x = random.normal(size=(32, 6)).astype(dtype)
    labels = np.arange(32) // 4
    for normalize in (False, True):
        measure = measures.LpDistance(normalize_embeddings=normalize)
        theirs = losses.LiftedStructureLoss(neg_margin=1, pos_margin=0, distance=measure)
        tensor = torch.tensor(x, requires_grad=True)
        want = theirs(tensor, torch.tensor(labels))
        want.backward()
        got, gradient = lse.lifted_structured_loss(x, labels, normalize=normalize, return_grad=True)
        tolerance = 1e-4 if dtype == "float32" else 1e-10
        assert got == pytest.approx(want.item(), rel=tolerance)
        np.testing.assert_allclose(
            gradient, tensor.grad.numpy(), rtol=tolerance, atol=tolerance * np.abs(gradient).max()
        )


GOOD = np.zeros((3, 2))


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ((GOOD[:1], [0]), ValueError, r"`embeddings` has shape \(1, 2\): use at least two rows"),
        ((GOOD[0], [0, 1]), ValueError, r"`embeddings` has shape \(2,\): use two dimensions"),
        ((GOOD, [0, 1]), ValueError, r"`labels` has shape \(2,\).*\(3, 2\)"),
        ((GOOD, [[0], [1], [2]]), ValueError, r"`labels` has shape \(3, 1\)"),
        ((GOOD.astype(complex), [0, 1, 2]), TypeError, "`embeddings` has dtype complex128"),
    ],
)
def test_errors(arguments, error, text):
    with pytest.raises(error, match=text):
        lse.lifted_structured_loss(*arguments)


@pytest.mark.parametrize("margin", [math.nan, math.inf, "wide", None])
def test_a_margin_that_is_no_number(margin):
    with pytest.raises((TypeError, ValueError), match=r"`margin` is .*use a finite number"):
        lse.lifted_structured_loss(GOOD, [0, 0, 1], margin=margin)
