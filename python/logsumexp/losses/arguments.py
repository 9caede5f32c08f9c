"""The arrays of the losses: made from any argument, and their checks."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np

from logsumexp.errors import wrong_out

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


SERVED = frozenset({"float16", "bfloat16", "float32", "float64"})
"""The float types that have kernels."""


def array_of(name: str, thing: Any) -> Array:
    """Turn an argument into an exact array."""
    # Not before the first call: `import logsumexp` is to import little.
    from logsumexp.adapters import as_array

    return as_array(name, thing)


def unmasked_array(name: str, thing: Any, remedy: str) -> Array:
    """Turn an argument into an exact array; a mask is refused, with what serves instead."""
    if _is_masked(thing) and np.any(thing.mask):
        raise TypeError(f"`{name}` has masked elements: {remedy}")
    return array_of(name, thing)


def array_of_reals(name: str, thing: Any) -> Array:
    """Turn an argument into an exact array of real numbers that have kernels."""
    array = unmasked_array(name, thing, "use `weight` to leave elements out")
    if array.dtype.kind in "biu" or array.dtype.name in SERVED:
        return array
    raise TypeError(
        f"`{name}` has dtype {array.dtype}: use float16, bfloat16, float32, float64, integers or bool"
    )


def result_dtype(x: Array) -> np.dtype[Any]:
    """The dtype of a result for `x`, in the byte order of the machine."""
    return x.dtype.newbyteorder("=") if x.dtype.name in SERVED else np.dtype(np.float64)


def refuse_negative(name: str, array: Array) -> None:
    """Refuse weights below zero."""
    if array.dtype.kind in "bu" or not array.size:
        return
    with np.errstate(all="ignore"):
        least = np.fmin.reduce(array, axis=None)
    if least < 0:
        raise ValueError(f"`{name}` holds {least}: use numbers >= 0")


def exact_out(out: Any) -> Array:
    """The array itself that results are written to."""
    if not isinstance(out, np.ndarray) or _is_masked(out):
        raise wrong_out(out)
    return out.view(np.ndarray)


def _is_masked(thing: object) -> bool:
    """Whether the thing is a masked array; `numpy.ma` is not imported for that."""
    module = sys.modules.get("numpy.ma")
    return module is not None and isinstance(thing, module.MaskedArray)
