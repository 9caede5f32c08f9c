"""PyTorch on the processor, with as many threads as we use; its tensors share the input's memory."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs

__all__ = ["answer", "contestant"]


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any]:
    """The function of the same name, into `out=` where the cell has one."""
    torch.set_num_threads(threads)
    call = partial(getattr(torch, cell.function), torch.from_numpy(given.x), dim=cell.axis)
    if given.out is None:
        return call
    return partial(call, out=torch.from_numpy(given.out))


def answer(result: Any) -> NDArray[Any]:
    """The tensor as an array; no copy."""
    return np.asarray(result.numpy())
