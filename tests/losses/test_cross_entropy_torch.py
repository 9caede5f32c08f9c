"""The cross-entropy against PyTorch, on PyTorch's own samples, where PyTorch is right."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer

torch = peer("torch")


def samples():
    """PyTorch's sample inputs of its cross_entropy, in float64."""
    # torch.testing asks for it.
    peer("expecttest")
    from torch.testing._internal.common_methods_invocations import op_db

    torch.manual_seed(0)
    (entry,) = (op for op in op_db if op.name == "nn.functional.cross_entropy")
    yield from entry.sample_inputs("cpu", torch.float64, requires_grad=True)


def ours(logits, targets, keywords, **options):
    """The same call here: PyTorch's classes are axis 1, or axis 0 of a single row."""
    keywords = dict(keywords)
    if keywords.get("weight") is not None:
        keywords["weight"] = keywords["weight"].numpy()
    axis = 0 if logits.ndim == 1 else 1
    x, y = logits.detach().numpy(), targets.detach().numpy()
    return lse.cross_entropy(x, y, axis=axis, **keywords, **options)


def test_the_samples_of_torch():
    count = 0
    for sample in samples():
        logits, targets, keywords = sample.input, sample.args[0], sample.kwargs
        logits = logits.detach().requires_grad_()
        if targets.is_floating_point() and keywords.get("ignore_index", -100) >= 0:
            continue
        if keywords.get("weight") is not None:
            # PyTorch draws negative ones too, which are refused here.
            keywords = {**keywords, "weight": keywords["weight"].detach().abs()}
        want = torch.nn.functional.cross_entropy(logits, targets, **keywords)
        loss, gradient = ours(logits, targets, keywords, return_grad=True)
        assert loss.shape == tuple(want.shape)
        assert loss == pytest.approx(want.detach().numpy(), rel=1e-12, nan_ok=True)
        want.sum().backward()
        assert gradient == pytest.approx(logits.grad.numpy(), rel=1e-10, abs=1e-14, nan_ok=True)
        count += 1
    assert count > 20


@pytest.mark.parametrize("seed", range(4))
def test_hessian_products_of_torch(seed):
    rng = np.random.default_rng(seed)
    x, v = rng.normal(size=(2, 3, 5))
    targets, weight = torch.tensor(rng.integers(0, 5, 3)), torch.tensor(rng.random(5))
    keywords = {"weight": weight, "label_smoothing": 0.1 * seed}

    def loss(logits):
        return torch.nn.functional.cross_entropy(logits, targets, **keywords)

    want = torch.autograd.functional.hvp(loss, torch.tensor(x), torch.tensor(v))[1].numpy()
    got = lse.cross_entropy_hvp(
        x, targets.numpy(), v, weight=weight.numpy(), label_smoothing=0.1 * seed
    )
    assert got == pytest.approx(want, rel=1e-10, abs=1e-15)


def test_torch_loses_what_is_kept_here():
    x = torch.tensor([40.0, 0.0], dtype=torch.float64)
    assert torch.nn.functional.cross_entropy(x, torch.tensor(0)) == 0
    assert lse.cross_entropy(x.numpy(), 0) == 4.248354255291589e-18
