"""Sums that keep what rounding drops.

    s = fl(a + b),   e = (a - (s - t)) + (b - t)  with  t = s - a,   a + b = s + e exactly

Halving the row with that step until one number is left, and adding up the errors apart, is as
good as summing in twice the precision (Ogita, Rump & Oishi, "Accurate sum and dot product",
SIAM J. Sci. Comput. 26(6), 2005).
"""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """The rounded sum, and what rounding dropped."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def compensated_sum(x: Array, axis: tuple[int, ...]) -> tuple[Array, Array]:
    """Sum over axes, kept with size one: the sum, and what rounding has dropped from it."""
    if not axis:
        return x, np.zeros_like(x)
    kept = tuple(i for i in range(x.ndim) if i not in axis)
    shape = tuple(1 if i in axis else size for i, size in enumerate(x.shape))
    length = math.prod(x.shape[i] for i in axis)
    row = x.transpose(*kept, *axis).reshape(*(x.shape[i] for i in kept), length)
    dropped = np.zeros(row.shape[:-1], x.dtype)
    if length == 0:
        return dropped.reshape(shape), dropped.reshape(shape)
    while row.shape[-1] > 1:
        half = row.shape[-1] // 2
        s, e = two_sum(row[..., :half], row[..., half : 2 * half])
        dropped = dropped + e.sum(axis=-1)
        row = np.concatenate([s, row[..., 2 * half :]], axis=-1)
    # An infinite sum drops nothing.
    total = row[..., 0]
    dropped = np.where(np.isfinite(total), dropped, 0)
    return total.reshape(shape), dropped.reshape(shape)
