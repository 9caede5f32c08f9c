"""NumPy: lists, numbers, subclasses, masked arrays and all that NumPy can make an array of.

The one adapter that calls the compiled functions.
"""

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from logsumexp import _rust
from logsumexp.errors import not_an_array, wrong_out

Mask = npt.NDArray[Any] | None


def owns(thing: object) -> bool:
    """NumPy is asked last and takes everything."""
    return True


def answer(function: str, name: str, x: Any, arguments: dict[str, Any]) -> Any:
    """Make exact arrays of all arguments and call the compiled function again."""
    array, mask = as_array_and_mask(name, x, arguments.get("where"))
    b, out = arguments.get("b"), arguments.get("out")
    if b is not None:
        arguments["b"], mask = as_array_and_mask("b", b, mask)
        if type(b) in (bool, int, float) and arguments.get("dtype") is None:
            # As in NumPy, a plain Python number does not widen the result.
            arguments["dtype"] = array.dtype if array.dtype.kind in "fcV" else np.float64
    if mask is not None:
        arguments["where"] = mask
    if out is not None:
        if not isinstance(out, np.ndarray) or _is_masked(out):
            raise wrong_out(out)
        arguments["out"] = out.view(np.ndarray)
    result = getattr(_rust, function)(array, **arguments)
    if out is None:
        return result
    return (out, result[1]) if isinstance(result, tuple) else out


def as_array_and_mask(name: str, x: Any, where: Any) -> tuple[npt.NDArray[Any], Mask]:
    """Turn an argument into an exact array; masked elements become False in the mask."""
    mask: Mask = None if where is None else _as_array("where", where)
    if _is_masked(where):
        mask = np.asarray(where.filled(False))
    if _is_masked(x) and x.mask is not np.False_:
        present = ~np.ma.getmaskarray(x)
        mask = present if mask is None else _both(mask, present)
    return _as_array(name, x), mask


def real_logsumexp(
    x: npt.NDArray[Any], axis: tuple[int, ...], b: Mask, where: Mask
) -> npt.NDArray[Any]:
    """log|sum b exp(x)| of exact real arrays, the axes kept with size one."""
    options: dict[str, Any] = {"keepdims": True, "return_sign": True, "where": where}
    return np.asarray(_rust.logsumexp(x, axis, b, **options)[0])


def _both(mask: npt.NDArray[Any], present: npt.NDArray[np.bool]) -> npt.NDArray[Any]:
    """Join two masks; one that is wrong is passed on, to be refused with the other checks."""
    if mask.dtype != np.bool:
        return mask
    try:
        return mask & present
    except ValueError:
        return mask


def _as_array(name: str, x: Any) -> npt.NDArray[Any]:
    try:
        return np.asarray(x)
    except (TypeError, ValueError) as error:
        raise not_an_array(name, x, error) from error


def _is_masked(thing: object) -> bool:
    """Whether the thing is a masked array; `numpy.ma` is not imported for that."""
    module = sys.modules.get("numpy.ma")
    return module is not None and isinstance(thing, module.MaskedArray)
