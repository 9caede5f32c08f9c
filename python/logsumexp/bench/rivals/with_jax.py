"""JAX on the processor: compiled once, the answer waited for. It uses every core it finds."""

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
from jax import numpy as jnp

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals import arrays

__all__ = ["answer", "contestant"]

answer = arrays


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """The compiled function of the same name, or the loss as people write it; it has no `out=`."""
    # Without this float64 input is silently rounded to float32.
    jax.config.update("jax_enable_x64", True)
    processor = jax.devices("cpu")[0]
    x = jax.device_put(given.x, processor)
    if given.targets is None:
        function = jax.jit(partial(getattr(jax.nn, cell.function), axis=cell.axis))
        return partial(_wait, function, x)
    if cell.function not in _LOSSES or cell.axis != -1:
        return None
    loss = partial(_LOSSES[cell.function], mean=cell.reduction == "mean")
    if given.smoothing:
        loss = partial(loss, smoothing=given.smoothing)
    function = jax.jit(jax.value_and_grad(loss) if cell.grad else loss)
    return partial(_wait, function, x, jax.device_put(given.targets, processor))


def _wait(function: Callable[..., Any], *arguments: Any) -> Any:
    return jax.block_until_ready(function(*arguments))


def _cross_entropy(x: Any, targets: Any, mean: bool, smoothing: float = 0.0) -> Any:
    logs = jax.nn.log_softmax(x, axis=-1)
    if targets.ndim == x.ndim:
        losses = -jnp.sum(targets * logs, axis=-1)
    else:
        losses = -jnp.take_along_axis(logs, targets[..., None], axis=-1)[..., 0]
    if smoothing:
        losses = (1 - smoothing) * losses - smoothing * jnp.mean(logs, axis=-1)
    return jnp.mean(losses) if mean else losses


def _logistic_loss(x: Any, targets: Any, mean: bool) -> Any:
    losses = jax.nn.softplus(x) - x * targets
    return jnp.mean(losses) if mean else losses


_LOSSES = {"cross_entropy": _cross_entropy, "logistic_loss": _logistic_loss}
