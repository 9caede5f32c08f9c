"""The arguments that the losses share, and their checks."""

from __future__ import annotations

import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from logsumexp.errors import shown

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


REDUCTIONS = ("mean", "sum", "none")


SERVED = frozenset({"float16", "bfloat16", "float32", "float64"})
"""The float types that have kernels."""


def wanted_reduction(reduction: Any) -> str:
    """Check the name of a reduction."""
    if isinstance(reduction, str) and reduction in REDUCTIONS:
        return reduction
    raise ValueError(f"`reduction` is {reduction!r}: use 'mean', 'sum' or 'none'")


def array_of(name: str, thing: Any) -> Array:
    """Turn an argument into an exact array."""
    # Not before the first call: `import logsumexp` is to import little.
    from logsumexp.adapters import as_array

    return as_array(name, thing)


def array_of_reals(name: str, thing: Any) -> Array:
    """Turn an argument into an exact array of real numbers that have kernels."""
    array = array_of(name, thing)
    if _is_masked(thing) and np.any(thing.mask):
        raise TypeError(f"`{name}` has masked elements: use `weight` to leave elements out")
    if is_served(array.dtype):
        return array
    raise TypeError(
        f"`{name}` has dtype {array.dtype}: use float16, bfloat16, float32, float64, integers or bool"
    )


# NumPy makes the name of a dtype anew whenever it is asked for, in more time than a small loss takes.
@lru_cache(maxsize=64)
def is_served(dtype: np.dtype[Any]) -> bool:
    """Whether numbers of that type have kernels."""
    return dtype.kind in "biu" or dtype.name in SERVED


def result_dtype(x: Array) -> np.dtype[Any]:
    """The dtype of a result for `x`, in the byte order of the machine."""
    return _result_of(x.dtype)


@lru_cache(maxsize=64)
def _result_of(dtype: np.dtype[Any]) -> np.dtype[Any]:
    return dtype.newbyteorder("=") if dtype.name in SERVED else np.dtype(np.float64)


def refuse_shape(name: str, array: Array, other: str, x: Array) -> None:
    """Refuse an array that has not the shape of another."""
    if array.shape != x.shape:
        raise ValueError(f"`{name}` has shape {array.shape}, but `{other}` has shape {x.shape}")


def refuse_negative(name: str, array: Array) -> None:
    """Refuse weights below zero."""
    if array.dtype.kind in "bu" or not array.size:
        return
    with np.errstate(all="ignore"):
        least = np.fmin.reduce(array, axis=None)
    if least < 0:
        raise ValueError(f"`{name}` holds {least}: use numbers >= 0")


def gradient_array(out: Any, x: Array, dtype: np.dtype[Any]) -> Array:
    """Give `out` after its checks, or a new array, with the layout of `x`."""
    if out is None:
        return np.empty_like(x, dtype)
    if not isinstance(out, np.ndarray) or _is_masked(out):
        raise TypeError(f"`out` is {shown(out)}: use a numpy.ndarray")
    if out.shape != x.shape or out.dtype.newbyteorder("=") != dtype:
        raise ValueError(
            f"`out` has shape {out.shape} and dtype {out.dtype}, but the gradient has shape "
            f"{x.shape} and dtype {dtype}"
        )
    return out.view(np.ndarray)


def _is_masked(thing: object) -> bool:
    """Whether the thing is a masked array; `numpy.ma` is not imported for that."""
    module = sys.modules.get("numpy.ma")
    return module is not None and isinstance(thing, module.MaskedArray)
