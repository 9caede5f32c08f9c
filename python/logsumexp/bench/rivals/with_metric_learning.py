"""pytorch-metric-learning: the lifted structured loss, every pair against every pair."""

from collections.abc import Callable
from typing import Any

import torch
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import LiftedStructureLoss

from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs
from logsumexp.bench.rivals.with_torch import answer, differentiated

__all__ = ["answer", "contestant"]


def contestant(cell: Cell, given: Inputs, threads: int) -> Callable[[], Any] | None:
    """Equation (4) on the embeddings as they are: its own default divides them by their length."""
    if cell.function != "lifted_structured_loss":
        return None
    torch.set_num_threads(threads)
    criterion = LiftedStructureLoss(distance=LpDistance(normalize_embeddings=False))
    labels = torch.from_numpy(given.wanted)
    x = torch.from_numpy(given.x)
    if cell.grad:
        return differentiated(lambda leaf: criterion(leaf, labels), x)
    return lambda: criterion(x, labels)
