"""On ordinary input, where the peers are right, ours agree with them."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer


@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_scipy_on_ordinary_input(axis, dtype):
    special = peer("scipy.special")
    x = np.random.default_rng(40).normal(scale=3, size=(20, 30)).astype(dtype)
    close = {"rtol": 1e-5 if dtype == "float32" else 1e-13}
    for name in ("logsumexp", "softmax", "log_softmax"):
        want = getattr(special, name)(x, axis=axis)
        got = getattr(lse, name)(x, axis=axis)
        np.testing.assert_allclose(got, want, **close)
        assert got.dtype == want.dtype


def test_scipys_signature_is_a_prefix_of_ours():
    """Positional calls as scipy documents them."""
    special = peer("scipy.special")
    a, b = np.random.default_rng(41).normal(size=(2, 4, 5))
    for arguments in ((a,), (a, 1), (a, 1, b**2), (a, 0, None, True), (a, (0, 1), b**2, True)):
        got, want = lse.logsumexp(*arguments), special.logsumexp(*arguments)
        np.testing.assert_allclose(got, want, rtol=1e-12)
        assert np.shape(got) == np.shape(want)
    for arguments in ((a, 1, b, False, True), (a, None, None, True, True)):
        for got, want in zip(lse.logsumexp(*arguments), special.logsumexp(*arguments), strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12)
            assert np.shape(got) == np.shape(want)
    np.testing.assert_allclose(lse.softmax(a, 0), special.softmax(a, 0), rtol=1e-13)
    np.testing.assert_allclose(lse.log_softmax(a, 0), special.log_softmax(a, 0), rtol=1e-13)


def test_torch_on_ordinary_input():
    torch = peer("torch")
    x = np.random.default_rng(42).normal(scale=3, size=(20, 30))
    tensor = torch.from_numpy(x)
    np.testing.assert_allclose(
        lse.logsumexp(x, axis=1), torch.logsumexp(tensor, 1).numpy(), rtol=1e-13
    )
    np.testing.assert_allclose(lse.softmax(x, axis=1), torch.softmax(tensor, 1).numpy(), rtol=1e-12)
    np.testing.assert_allclose(
        lse.log_softmax(x, axis=1), torch.log_softmax(tensor, 1).numpy(), rtol=1e-12
    )


def test_scikit_learn_on_its_digits():
    """Decision scores of a fitted classifier to the probabilities that it holds itself."""
    datasets, linear_model = peer("sklearn.datasets"), peer("sklearn.linear_model")
    x, target = datasets.load_digits(return_X_y=True)
    model = linear_model.LogisticRegression(max_iter=60, tol=1e-2).fit(x[::4] / 16, target[::4])
    scores = model.decision_function(x[1::2] / 16)
    np.testing.assert_allclose(
        lse.softmax(scores, axis=1), model.predict_proba(x[1::2] / 16), rtol=2e-13
    )
