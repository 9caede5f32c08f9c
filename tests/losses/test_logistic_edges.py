"""Logistic loss: special values, types, layouts, threads, errors."""

import threading

import ml_dtypes
import numpy as np
import pytest

import logsumexp as lse

DTYPES = ["float16", "float32", "float64", ml_dtypes.bfloat16]


@pytest.mark.parametrize("dtype", DTYPES)
def test_infinite_and_nan(dtype):
    x = np.array([np.inf, -np.inf, np.inf, -np.inf, np.nan, np.inf], dtype)
    z = np.array([1, 0, 0, 1, 1, 0.5], dtype)
    loss, gradient = lse.logistic_loss(x, z, reduction="none", return_grad=True)
    np.testing.assert_array_equal(loss.astype("float64"), [0, 0, np.inf, np.inf, np.nan, np.inf])
    np.testing.assert_array_equal(gradient.astype("float64"), [0, 0, 1, -1, np.nan, 0.5])
    assert loss.dtype == gradient.dtype == x.dtype


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("dtype", DTYPES)
def test_reduced_special_values(dtype, reduction):
    def loss(x, z, **options):
        return float(lse.logistic_loss(np.array(x, dtype), z, reduction=reduction, **options))

    assert loss([np.inf, -np.inf], [1, 0]) == 0
    assert loss([np.inf, 1.0], [0, 1]) == np.inf
    assert np.isnan(loss([np.nan, 1.0], [0, 1]))
    assert loss([np.nan, np.inf], [0, 0], weight=[0, 0]) == 0
    nothing = loss(np.zeros(0), np.zeros(0))
    assert np.isnan(nothing) if reduction == "mean" else nothing == 0


@pytest.mark.parametrize("targets", [np.bool, np.int64, np.uint8, np.float16, np.float64])
def test_types_of_targets(targets):
    x = np.array([1.5, -2.0, 0.25], np.float32)
    z = np.array([1, 0, 1])
    want = lse.logistic_loss(x, z.astype(np.float32))
    got = lse.logistic_loss(x, z.astype(targets))
    assert got == want
    assert got.dtype == np.float32


def test_integers_count_as_float64():
    assert lse.logistic_loss([3, -1], [1, 0]).dtype == np.float64
    loss, gradient = lse.logistic_loss(2, 1, return_grad=True)
    assert isinstance(loss, np.float64)
    assert isinstance(gradient, np.float64)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_bits_do_not_depend_on_layout_or_threads(dtype):
    random = np.random.default_rng(80)
    x = random.normal(size=(300, 401)).astype(dtype)
    z = random.random((300, 401)).astype(dtype)
    with lse.threads(1):
        want = lse.logistic_loss(x, z), *lse.logistic_loss(x, z, return_grad=True)
    swapped = x.dtype.newbyteorder()
    layouts = {
        "fortran": (np.asfortranarray(x), z),
        "negative": (x[::-1, ::-1].copy()[::-1, ::-1], np.repeat(z, 2, axis=1)[:, ::2]),
        "swapped": (x.astype(swapped), z.astype(swapped)),
    }
    for threads in (1, 2, 3):
        with lse.threads(threads):
            for a, b in [(x, z), *layouts.values()]:
                got = lse.logistic_loss(a, b), *lse.logistic_loss(a, b, return_grad=True)
                for one, other in zip(got, want, strict=True):
                    np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_an_element_alone_and_among_others(dtype):
    random = np.random.default_rng(81)
    x, z = random.normal(size=100).astype(dtype), random.random(100).astype(dtype)
    z[::3] = (1 / (1 + np.exp(-x[::3].astype("float64")))).astype(dtype)
    loss, gradient = lse.logistic_loss(x, z, reduction="none", return_grad=True)
    for i in range(100):
        alone = lse.logistic_loss(x[i], z[i], reduction="none", return_grad=True)
        assert (loss[i], gradient[i]) == alone


def test_weights_broadcast():
    x, z = np.random.default_rng(82).normal(size=(2, 4, 3)), np.ones((4, 3))
    x = x[0]
    row = np.array([1.0, 2.0, 3.0])
    full = np.broadcast_to(row, x.shape).copy()
    for name in ("weight", "pos_weight"):
        assert lse.logistic_loss(x, z, **{name: row}) == lse.logistic_loss(x, z, **{name: full})
    assert lse.logistic_loss(x, z, weight=2.0) == 2 * lse.logistic_loss(x, z)


def test_out_may_be_the_logits():
    random = np.random.default_rng(83)
    x, z = random.normal(size=5000), random.random(5000)
    loss, want = lse.logistic_loss(x, z, return_grad=True)
    copy = x.copy()
    again, gradient = lse.logistic_loss(copy, z, return_grad=True, out=copy)
    assert gradient is copy
    assert again == loss
    np.testing.assert_array_equal(gradient, want)
    copy = x.copy()
    assert lse.logistic_loss_hvp(copy, z, z, out=copy) is copy
    np.testing.assert_array_equal(copy, lse.logistic_loss_hvp(x, z, z))


X, Z = np.zeros((2, 3)), np.ones((2, 3))
BAD = [
    ({"targets": np.ones((3, 2))}, ValueError, r"`targets`.*\(3, 2\).*`logits`.*\(2, 3\)"),
    ({"targets": 1.0}, ValueError, r"`targets` has shape \(\)"),
    ({"weight": np.ones(2)}, ValueError, r"`weight` has shape \(2,\).*\(2, 3\)"),
    ({"weight": np.ones((1, 2, 3))}, ValueError, r"`weight` has shape \(1, 2, 3\)"),
    ({"weight": -1.0}, ValueError, r"`weight` holds -1.0: use numbers >= 0"),
    ({"pos_weight": [1, -2, np.nan]}, ValueError, r"`pos_weight` holds -2"),
    (
        {"reduction": "average"},
        ValueError,
        r"`reduction` is 'average': use 'mean', 'sum' or 'none'",
    ),
    ({"reduction": None}, ValueError, r"`reduction` is None"),
    ({"logits": X.astype(complex)}, TypeError, r"`logits` has dtype complex128"),
    ({"logits": X.astype("longdouble")}, TypeError, r"`logits` has dtype .*: use float16"),
    ({"targets": Z.astype(str)}, TypeError, r"`targets` has dtype <U"),
    ({"targets": [[1], [1, 2]]}, ValueError, r"`targets` is list"),
    ({"logits": np.ma.masked_equal(X, 0)}, TypeError, r"`logits` has masked elements"),
]


@pytest.mark.parametrize(("change", "error", "text"), BAD)
def test_errors_come_before_anything_is_written(change, error, text):
    out = np.full((2, 3), 7.0)
    arguments = {"logits": X, "targets": Z, **change}
    with pytest.raises(error, match=text):
        lse.logistic_loss(**arguments, return_grad=True, out=out)
    with pytest.raises(error, match=text):
        lse.logistic_loss_hvp(**arguments, vector=X, out=out)
    assert (out == 7).all()


def test_errors_of_out():
    with pytest.raises(TypeError, match="without `return_grad`"):
        lse.logistic_loss(X, Z, out=np.empty((2, 3)))
    refused = [
        (np.empty((3, 2)), ValueError, r"`out` has shape \(3, 2\)"),
        (np.empty((2, 3), np.float32), ValueError, r"dtype float32.*dtype float64"),
        ([0.0], TypeError, "`out` is list: use a numpy.ndarray"),
    ]
    read_only = np.empty((2, 3))
    read_only.flags.writeable = False
    refused.append((read_only, ValueError, "`out` is read-only"))
    refused.append((Z, ValueError, "`out` overlaps `targets`"))
    memory = np.zeros(9)
    x = memory[:6].reshape(2, 3)
    for out, error, text in refused:
        with pytest.raises(error, match=text):
            lse.logistic_loss(X, Z, return_grad=True, out=out)
    with pytest.raises(ValueError, match="`out` overlaps `logits`"):
        lse.logistic_loss(x, Z, return_grad=True, out=memory[3:].reshape(2, 3))
    with pytest.raises(ValueError, match=r"`vector` has shape \(3,\)"):
        lse.logistic_loss_hvp(X, Z, np.zeros(3))
    assert (Z == 1).all()


def test_many_python_threads():
    x, z = np.random.default_rng(84).normal(size=(2, 100_000)).astype("float32")
    z = (z > 0).astype("float32")
    want, found = lse.logistic_loss(x, z), []
    workers = [
        threading.Thread(target=lambda: found.append(lse.logistic_loss(x, z))) for _ in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert found == [want] * 4


@pytest.mark.parametrize("count", [5, 512, 2048, 70_001])
@pytest.mark.parametrize("soft", [False, True])
def test_a_float32_gradient_has_the_same_bits_everywhere(count, soft):
    """Side by side, strided, in place, with other threads: among the targets are those that cancel."""
    random = np.random.default_rng(count)
    x = 3 * random.standard_normal(count, dtype=np.float32)
    z = (random.random(count) < 0.5).astype(np.float32)
    if soft:
        z = (1 / (1 + np.exp(-x.astype(float)))).astype(np.float32)
        z[::3] = random.random(len(z[::3]))
    loss, want = lse.logistic_loss(x, z, return_grad=True)
    apart = np.zeros((count, 2), np.float32)[:, 0]
    for targets, out in ((z, apart), (np.repeat(z, 2)[::2], None), (z.astype(">f4"), x.copy())):
        got = lse.logistic_loss(x, targets, return_grad=True, out=out)
        assert got[0] == loss
        assert (got[1] == want).all()
    place = x.copy()
    assert lse.logistic_loss(place, z, return_grad=True, out=place)[0] == loss
    assert (place == want).all()
    with lse.threads(1):
        got = lse.logistic_loss(x, z, return_grad=True)
    assert got[0] == loss
    assert (got[1] == want).all()
