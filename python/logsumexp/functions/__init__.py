"""Functions that NumPy computes: on longdouble and on complex numbers.

The compiled functions check every argument and come here when a number is longdouble or complex,
types that have no kernels. What is here follows the same contract; only speed is left to NumPy.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def answer(
    function: str,
    x: Array,
    arguments: dict[str, Any],
    return_sign: bool,
    shape: tuple[int, ...],
    out: Array | None,
) -> Any:
    """Answer a checked call.

    Parameters
    ----------
    function : str
        The name of the public function.
    x : ndarray
        The numbers.
    arguments : dict
        `axis` (a tuple), `b`, `where`, `temperature` and `dtype`, all of them checked.
    return_sign : bool
        Whether the sign of the total is wanted too.
    shape : tuple of ints
        The shape of the result.
    out : ndarray or None
        An array for the result, checked.

    Returns
    -------
    ndarray or scalar, or a tuple of two
        What the public function answers.
    """
    from logsumexp.functions import complex as complex_numbers
    from logsumexp.functions import longdouble

    b, dtype = arguments["b"], arguments.pop("dtype")
    module = complex_numbers if np.iscomplexobj(x) or np.iscomplexobj(b) else longdouble
    if function != "logsumexp":
        arguments.pop("b")
    with np.errstate(all="ignore"):
        if function != "logsumexp":
            return _shaped(getattr(module, function)(x, **arguments), dtype, shape, out)
        if not return_sign:
            return _shaped(module.logsumexp(x, **arguments), dtype, shape, out)
        value, sign = module.logsumexp_and_sign(x, **arguments)
        real = dtype.type(0).real.dtype
        return _shaped(value, real, shape, out), _shaped(sign, dtype, shape, None)


def _shaped(result: Array, dtype: Any, shape: tuple[int, ...], out: Array | None) -> Any:
    result = result.astype(dtype, copy=False).reshape(shape)
    if out is None:
        return result[()]
    np.copyto(out, result)
    return out
