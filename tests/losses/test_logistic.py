"""The logistic loss, its gradient and its curvature against 400 bits, and against torch where that is right."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import logsumexp as lse
from tests.helpers.logistic import exact
from tests.helpers.peers import peer
from tests.helpers.ulp import error_in_ulps, exactly, mp

LIMITS = {"float16": 0.5001, "float32": 1.0, "float64": 2.0}
SMALL = 60

TARGETS = {
    "hard": lambda random, x: (random.random(len(x)) < 0.5).astype(x.dtype),
    "soft": lambda random, x: random.random(len(x)).astype(x.dtype),
    "smoothed": lambda random, x: np.where(random.random(len(x)) < 0.5, 0.95, 0.05).astype(x.dtype),
    "tiny": lambda random, x: (10.0 ** random.uniform(-30, -1, len(x))).astype(x.dtype),
}


def logits(random, dtype):
    """Ordinary logits, tiny ones, and ones whose losses reach down to the subnormal numbers."""
    reach = {"float16": 15, "float32": 102, "float64": 744}[dtype]
    parts = [random.normal(size=SMALL) * scale for scale in (3, 0.01, reach / 20)]
    return np.concatenate([*parts, random.uniform(-reach, reach, SMALL)]).astype(dtype)


def worst(got, wanted, dtype):
    return max(error_in_ulps(a, b, dtype) for a, b in zip(got, wanted, strict=True))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("targets", TARGETS)
@pytest.mark.parametrize("dtype", LIMITS)
def test_against_400_bits(dtype, targets, weighted):
    random = np.random.default_rng(70)
    x = logits(random, dtype)
    z = TARGETS[targets](random, x)
    weights = {}
    if weighted:
        weights = {
            name: (random.random(len(x)) * 4).astype(dtype) for name in ("weight", "pos_weight")
        }
    loss, gradient = lse.logistic_loss(x, z, reduction="none", return_grad=True, **weights)
    curvature = lse.logistic_loss_hvp(x, z, np.ones_like(x), reduction="none", **weights)
    columns = [x, z, *weights.values()]
    wanted = zip(*(exact(*row) for row in zip(*columns, strict=True)), strict=True)
    for got, want in zip((loss, gradient, curvature), wanted, strict=True):
        assert got.dtype == x.dtype
        assert worst(got, want, dtype) <= LIMITS[dtype]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_gradients_that_cancel(dtype):
    """Targets next to sigmoid(x): the error stays small against the target."""
    x = np.random.default_rng(71).normal(size=200).astype(dtype) * 2
    z = (1 / (1 + np.exp(-x.astype("float64")))).astype(dtype)
    _, gradient = lse.logistic_loss(x, z, reduction="none", return_grad=True)
    for got, a, b in zip(gradient, x, z, strict=True):
        want = exact(a, b)[1]
        allowed = 1.0 if dtype == "float32" else 2.0 + error_in_ulps(2.0**-98, mp.mpf(0), dtype)
        close = abs(exactly(got) - want) <= 2.0**-98
        assert error_in_ulps(got, want, dtype) <= allowed or close


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("count", [1, 7, 16, 511, 512, 513, 40_000])
@pytest.mark.parametrize("shift", [-30, 0])
def test_sum_and_mean(dtype, count, shift):
    """The reduced forms against an exact sum; small losses keep their digits."""
    random = np.random.default_rng(count)
    x = (random.normal(size=count) * 3 + shift).astype(dtype)
    z = np.zeros(count, dtype) if shift else random.random(count).astype(dtype)
    losses = lse.logistic_loss(x.astype("float64"), z.astype("float64"), reduction="none")
    total = math.fsum(losses)
    for reduction, want in (("sum", total), ("mean", total / count)):
        got = lse.logistic_loss(x, z, reduction=reduction)
        with_gradient, gradient = lse.logistic_loss(x, z, reduction=reduction, return_grad=True)
        assert got.dtype == gradient.dtype == x.dtype
        assert error_in_ulps(got, mp.mpf(want), dtype) <= 2 * LIMITS[dtype]
        assert error_in_ulps(with_gradient, mp.mpf(want), dtype) <= 2 * LIMITS[dtype]


def test_gradient_against_differences():
    """mpmath's derivative of the definition is what the gradient and the Hessian say."""
    for x, z, p in [(0.3, 1.0, 1.0), (-4.0, 0.25, 3.0), (9.0, 0.0, 0.5)]:
        _, gradient = lse.logistic_loss([x], [z], pos_weight=[p], return_grad=True)
        curvature = lse.logistic_loss_hvp([x], [z], [2.0], pos_weight=[p])
        first = mp.diff(lambda t, z=z, p=p: exact(t, z, 1, p)[0], x)
        second = mp.diff(lambda t, z=z, p=p: exact(t, z, 1, p)[0], x, 2)
        assert gradient[0] == pytest.approx(float(first), rel=1e-14)
        assert curvature[0] == pytest.approx(2 * float(second), rel=1e-14)


def test_torch_samples():
    """torch's own sample inputs, with every option that they hold."""
    peer("torch")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch = peer("torch")
        tests = peer("torch.testing._internal.common_methods_invocations")
    name = "nn.functional.binary_cross_entropy_with_logits"
    (info,) = [info for info in tests.op_db if info.name == name]
    seen = 0
    for sample in info.sample_inputs("cpu", torch.float64, requires_grad=True):
        x, (z,), options = sample.input, sample.args, sample.kwargs
        want = info.op(x, z, **options)
        want.sum().backward()
        arrays = {
            key: value.detach().numpy() if isinstance(value, torch.Tensor) else value
            for key, value in options.items()
        }
        if any(
            np.any(arrays.get(key, 0) < 0)
            for key in ("weight", "pos_weight")
            if arrays.get(key) is not None
        ):
            continue
        loss, gradient = lse.logistic_loss(
            x.detach().numpy(), z.detach().numpy(), return_grad=True, **arrays
        )
        np.testing.assert_allclose(loss, want.detach().numpy(), rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(gradient, x.grad.numpy(), rtol=1e-12, atol=1e-13)
        seen += 1
    assert seen


@given(
    st.floats(-1e300, 1e300), st.floats(0, 1), st.floats(0, 1e3), st.sampled_from(["mean", "sum"])
)
def test_losses_are_not_negative_and_symmetric(x, z, p, reduction):
    """Swapping the outcomes and the sign of the logit changes nothing without pos_weight."""
    loss, gradient = lse.logistic_loss(
        [x], [z], pos_weight=p, reduction=reduction, return_grad=True
    )
    assert loss >= 0
    assert not np.isnan(gradient).any()
    if z in (0.0, 1.0):
        one, slope = lse.logistic_loss([x], [z], return_grad=True)
        other, back = lse.logistic_loss([-x], [1 - z], return_grad=True)
        assert one == other
        assert slope[0] == -back[0]
