"""The cross-entropy case by case: the contract at the edges."""

import warnings

import numpy as np
import pytest

import logsumexp as lse

inf, nan = np.inf, np.nan
LENGTHS = [3, 100, 9000]


def row(length, *numbers, rest=-1.0):
    """A row that begins with some numbers."""
    x = np.full(length, float(rest))
    x[: len(numbers)] = numbers
    return x


@pytest.fixture(autouse=True)
def _silence():
    with warnings.catch_warnings(), np.errstate(all="raise"):
        warnings.simplefilter("error")
        yield


def test_a_sure_row_keeps_its_loss():
    loss, gradient = lse.cross_entropy([40.0, 0.0], 0, return_grad=True)
    assert loss == 4.248354255291589e-18
    assert list(gradient) == [-4.248354255291589e-18, 4.248354255291589e-18]
    # float32, ten classes: elsewhere 0.9 % off.
    x = np.float32(row(10, 12, rest=0))
    loss, gradient = lse.cross_entropy(x, 0, return_grad=True)
    assert loss == np.float32(np.log1p(9 * np.exp(-12.0)))
    assert gradient[0] == np.float32(-9 * np.exp(-12.0) / (1 + 9 * np.exp(-12.0)))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_an_ignored_row_is_not_there(length, dtype):
    x = np.stack([row(length, nan, inf), row(length, 1, 2)]).astype(dtype)
    for options in ({}, {"label_smoothing": 0.1, "z_loss": 0.1}):
        losses, gradient = lse.cross_entropy(
            x, [-100, 1], reduction="none", return_grad=True, **options
        )
        assert losses[0] == 0
        assert not gradient[0].any()
        assert np.isfinite(gradient[1]).all()
        assert lse.cross_entropy(x, [-100, 1], **options) == losses[1]
        assert lse.cross_entropy(x, [7, 1], ignore_index=7, **options) == losses[1]
    product = lse.cross_entropy_hvp(x, [-100, 1], x)
    assert not product[0].any()


@pytest.mark.parametrize("length", LENGTHS)
def test_a_probability_of_nothing_on_nothing(length):
    x, q = row(length, -inf, 1), row(length, 0, 1, rest=0)
    loss, gradient = lse.cross_entropy(x, q, return_grad=True)
    assert loss == lse.cross_entropy(x, 1)
    assert gradient[0] == 0
    assert lse.cross_entropy(x, row(length, 1e-300, 1, rest=0)) == inf
    weight = row(length, 0, 1, rest=1)
    assert np.isfinite(lse.cross_entropy(x, 1, weight=weight, label_smoothing=0.5))


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("smooth", [False, True])
def test_rows_with_an_infinity(length, smooth):
    def answer(x, target):
        q = row(length, *np.eye(3)[target], rest=0) if smooth else target
        return lse.cross_entropy(x, q, return_grad=True)

    loss, gradient = answer(row(length, 0, -inf, 2), 1)
    assert loss == inf
    assert gradient[1] == -1
    assert (gradient[[0, 2]] > 0).all()
    loss, gradient = answer(row(length, inf, 1, 2), 0)
    assert loss == 0
    assert not gradient.any()
    loss, gradient = answer(row(length, inf, 1, 2), 1)
    assert loss == inf
    assert list(gradient[:3]) == [1, -1, 0]
    loss, gradient = answer(row(length, inf, inf, 2), 2)
    assert loss == inf
    assert np.isnan(gradient[:2]).all()
    assert gradient[2] == -1
    assert np.isnan(answer(row(length, inf, inf, 2), 1)[0])
    for x in (row(length, 1, nan), np.full(length, -inf)):
        loss, gradient = answer(x, 0)
        assert np.isnan(loss)
        assert np.isnan(gradient).all()


def test_the_mean_of_nothing():
    x = np.zeros((0, 3))
    loss, gradient = lse.cross_entropy(x, np.zeros(0, int), return_grad=True)
    assert np.isnan(loss)
    assert gradient.shape == (0, 3)
    assert lse.cross_entropy(x, np.zeros(0, int), reduction="sum") == 0
    assert lse.cross_entropy(x, np.zeros(0, int), reduction="none").shape == (0,)
    assert np.isnan(lse.cross_entropy(np.zeros((2, 3)), [-100, -100]))


def test_what_the_mean_divides_by():
    x, targets, weight = np.eye(4, 3), [0, 1, 2, -100], [1.0, 2.0, 5.0]
    losses = lse.cross_entropy(x, targets, weight=weight, reduction="none")
    mean = lse.cross_entropy(x, targets, weight=weight)
    assert mean == pytest.approx(losses.sum() / 8, rel=1e-15)
    mean = lse.cross_entropy(x, targets, weight=weight, normalize="count")
    assert mean == pytest.approx(losses.sum() / 3, rel=1e-15)
    q = np.full((4, 3), 0.5)
    losses = lse.cross_entropy(x, q, weight=weight, reduction="none")
    for normalize in ("weight", "count"):
        mean = lse.cross_entropy(x, q, weight=weight, normalize=normalize)
        assert mean == pytest.approx(losses.sum() / 4, rel=1e-15)


@pytest.mark.parametrize("kind", "bhilqBHILQ")
def test_classes_of_any_integer_type(kind):
    x = np.arange(6.0).reshape(2, 3)
    targets = np.array([2, 1], kind)
    want = lse.cross_entropy(x, [2, 1])
    assert lse.cross_entropy(x, targets) == want
    assert lse.cross_entropy(x, targets.astype(targets.dtype.newbyteorder())) == want
    assert lse.cross_entropy(x, np.repeat(targets, 3)[::3]) == want


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", "uint64", "bool"])
def test_the_type_of_the_result(dtype):
    x = np.array([[0, 1, 1]], dtype)
    want = x.dtype if x.dtype.kind == "f" else np.dtype("float64")
    loss, gradient = lse.cross_entropy(x, [1], return_grad=True)
    assert loss.dtype == gradient.dtype == want
    assert lse.cross_entropy(x, [1], reduction="none").dtype == want
    assert lse.cross_entropy_hvp(x, [1], x).dtype == want


def test_bfloat16():
    from tests.helpers.peers import peer

    bfloat16 = peer("ml_dtypes").bfloat16
    x = np.arange(6).reshape(2, 3).astype(bfloat16)
    loss, gradient = lse.cross_entropy(x, [0, 1], return_grad=True)
    wide = lse.cross_entropy(x.astype(float), [0, 1], return_grad=True)
    assert loss == wide[0].astype(bfloat16)
    assert (gradient == wide[1].astype(bfloat16)).all()


@pytest.mark.parametrize("length", [5, 70, 1000, 9000])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_bits_do_not_depend_on_the_layout(length, dtype):
    rng = np.random.default_rng(length)
    x = (3 * rng.normal(size=(41, length))).astype(dtype)
    x[3, 1], x[7, 0], x[9, :] = nan, inf, -inf
    targets, q = rng.integers(0, length, 41), rng.random((41, length))
    targets[5] = -100
    for target, options in ((targets, {}), (targets, {"label_smoothing": 0.1}), (q, {})):
        options = {"reduction": "none", **options}
        want = lse.cross_entropy(x, target, return_grad=True, **options)
        across = np.ascontiguousarray(x.T)
        turned = target if target.ndim == 1 else target.T
        got = lse.cross_entropy(across, turned, axis=0, return_grad=True, **options)
        assert np.array_equal(got[0], want[0], equal_nan=True)
        assert np.array_equal(got[1].T, want[1], equal_nan=True)
        swapped = x.astype(x.dtype.newbyteorder())[:, ::-1][:, ::-1]
        got = lse.cross_entropy(swapped, target, return_grad=True, **options)
        assert np.array_equal(got[0], want[0], equal_nan=True)
        assert np.array_equal(got[1], want[1], equal_nan=True)
        place = x.copy()
        got = lse.cross_entropy(place, target, return_grad=True, out=place, **options)
        assert np.array_equal(got[0], want[0], equal_nan=True)
        assert got[1] is place
        assert np.array_equal(place, want[1], equal_nan=True)
        place = np.ascontiguousarray(x.T)
        lse.cross_entropy(place, turned, axis=0, return_grad=True, out=place, **options)
        assert np.array_equal(place.T, want[1], equal_nan=True)


def test_the_total_does_not_depend_on_the_layout():
    rng = np.random.default_rng(5)
    x, targets = rng.normal(size=(3, 70, 50)).astype(np.float32), rng.integers(0, 70, (3, 50))
    want = lse.cross_entropy(np.moveaxis(x, 1, 2).copy(), targets)
    assert lse.cross_entropy(x, targets, axis=1) == want


def test_bits_do_not_depend_on_threads():
    rng = np.random.default_rng(0)
    for shape in ((7001, 10), (300, 1000), (3, 200_000)):
        x = rng.normal(size=shape).astype(np.float32)
        targets, q = rng.integers(0, shape[1], shape[0]), rng.random(shape)
        for target, options in ((targets, {}), (targets, {"label_smoothing": 0.1}), (q, {})):
            answers = []
            for count in (1, 3):
                with lse.threads(count):
                    answers.append(lse.cross_entropy(x, target, return_grad=True, **options))
            assert answers[0][0] == answers[1][0]
            assert (answers[0][1] == answers[1][1]).all()


def test_extreme_temperatures():
    x = np.array([[1.0, 2.0, 3.0]])
    assert lse.cross_entropy(x, [2], temperature=1e-300) == 0
    assert lse.cross_entropy(x, [0], temperature=5e-324) == inf
    loss, gradient = lse.cross_entropy(x, [0], temperature=1e300, return_grad=True)
    assert loss == pytest.approx(np.log(3), rel=1e-15)
    assert gradient * 1e300 == pytest.approx(np.array([[-2 / 3, 1 / 3, 1 / 3]]), rel=1e-15)
    product = lse.cross_entropy_hvp(x, [0], [[1e300, 0, 0]], temperature=1e200)
    assert np.isfinite(product).all()
