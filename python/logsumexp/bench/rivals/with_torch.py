"""PyTorch on the processor, with as many threads as we use; its tensors share the input's memory."""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals import arrays

__all__ = ["answer", "contestant", "differentiated"]

_LOSSES = {
    "cross_entropy": torch.nn.functional.cross_entropy,
    "logistic_loss": torch.nn.functional.binary_cross_entropy_with_logits,
}


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """The function of the same name, into `out=` where the cell has one; a gradient by autograd."""
    torch.set_num_threads(threads)
    x = torch.from_numpy(given.x)
    if given.targets is None:
        call = partial(getattr(torch, cell.function), x, dim=cell.axis)
        return call if given.out is None else partial(call, out=torch.from_numpy(given.out))
    if cell.function not in _LOSSES or cell.axis != -1:
        return None
    targets = torch.from_numpy(given.targets)
    loss = partial(_LOSSES[cell.function], target=targets, reduction=cell.reduction)
    if given.smoothing:
        loss = partial(loss, label_smoothing=given.smoothing)
    return differentiated(loss, x) if cell.grad else partial(loss, x)


def differentiated(loss: Callable[[Any], Any], x: Any) -> Callable[[], Any]:
    """Forward and backward: the gradient is made anew by every call."""
    leaf = x.detach().requires_grad_()

    def call() -> tuple[Any, Any]:
        leaf.grad = None
        found = loss(leaf)
        found.backward()
        return found, leaf.grad

    return call


def answer(result: Any) -> NDArray[Any] | tuple[NDArray[Any], ...]:
    """The tensor as an array, or the tensors as arrays; no copy."""
    if isinstance(result, tuple):
        return arrays(tuple(part.detach() for part in result))
    return arrays(result.detach())
