"""The logistic loss: the two-element case of State, with its gradient and its Hessian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from logsumexp import _rust
from logsumexp.losses.arguments import (
    array_of_reals,
    gradient_array,
    refuse_negative,
    refuse_shape,
    result_dtype,
    wanted_reduction,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


def logistic_loss(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: str = "mean",
    return_grad: bool = False,
    out: Array | None = None,
) -> Any:
    """The loss of a logit x against the probability z of an outcome: softplus(x) - z x.

    It is computed as z softplus(-x) + (1 - z) softplus(x), whose terms are never negative.

    Examples
    --------
    >>> import numpy as np
    >>> import logsumexp as lse
    >>> lse.logistic_loss([2.0, -1.0], [1, 0])
    np.float64(0.22009484928059767)

    With its gradient, sigmoid(x) - z divided by the number of elements:

    >>> loss, gradient = lse.logistic_loss([2.0, -1.0], [1, 0], return_grad=True)
    >>> gradient
    array([-0.05960146,  0.13447071])

    A small loss keeps all of its digits, and an infinite logit that is right costs nothing:

    >>> lse.logistic_loss(np.array([40.0, np.inf, -np.inf]), [1, 1, 0], reduction="none")
    array([4.24835426e-18, 0.00000000e+00, 0.00000000e+00])

    Parameters
    ----------
    logits : array_like, shape (...)
        The log-odds x: float16, bfloat16, float32, float64, integers or bool; any strides.
    targets : array_like, shape of `logits`
        The probability z of the outcome, from 0 to 1; bool or 0 and 1 for what has been seen.
    weight : array_like, optional
        What each element counts, >= 0. Broadcasts to the shape of `logits`. An element of weight
        0 takes no part, even if it is nan; it is still counted by the mean.
    pos_weight : array_like, optional
        What the outcome counts against its absence, >= 0: multiplies z softplus(-x). Broadcasts to
        the shape of `logits`.
    reduction : {"mean", "sum", "none"}, optional
        The mean of the losses (over the number of elements, whatever their weights), their sum,
        or every loss by itself.
    return_grad : bool, optional
        Whether the gradient with respect to `logits` is returned too, of the mean or the sum; with
        "none", of every loss by itself.
    out : ndarray, optional
        An array for the gradient, of the shape of `logits` and the dtype of the result; only with
        `return_grad`. It may be `logits` itself.

    Returns
    -------
    loss : scalar, or ndarray of the shape of `logits`
        In the type of `logits`; float64 for integers and bool.
    gradient : ndarray of the shape of `logits`
        Only with `return_grad`; `out` if that was given.

    Raises
    ------
    TypeError
        An argument holds no real numbers; `out` without `return_grad`.
    ValueError
        Shapes that do not fit, a negative weight, an unknown reduction, an `out` that does not
        fit or overlaps another argument. Nothing is computed or written then.

    Edge cases
    ----------
    The loss of (+inf, 1) and (-inf, 0) is 0, that of an infinite logit that is wrong +inf. One nan
    makes the mean and the sum nan. The mean of nothing is nan, its sum 0. No warning is printed.

    Accuracy
    --------
    Every loss and every entry of the gradient within 1 ulp in float32 and 2 ulp in float64; a float64
    gradient in which sigmoid(x) and z cancel, within 2^-98. A product of `pos_weight` and a float64 target
    below 1e-290 is known to 2^-1074, and so is what comes of it. Sums of float32 losses are kept in
    float64. The bits depend neither on the layout nor on the number of threads.

    Source
    ------
    The options are those of torch.nn.functional.binary_cross_entropy_with_logits.

    From the state
    --------------
    z finish(merge(one(0), one(-x))) + (1 - z) finish(merge(one(0), one(x))); the gradient for z = 1 is
    minus the share of the other element.
    """
    mean = wanted_reduction(reduction) == "mean"
    x, z, w, p, dtype = _arguments(logits, targets, weight, pos_weight)
    if out is not None and not return_grad:
        raise TypeError("`out` is given without `return_grad`: it receives the gradient")
    gradient = gradient_array(out, x, dtype) if return_grad else None
    losses = np.empty(x.shape, dtype) if reduction == "none" else None
    total = _rust.logistic(x, z, w, p, mean, losses, gradient)
    loss = dtype.type(_narrowed(total, dtype)) if losses is None else losses[()]
    if gradient is None:
        return loss
    return loss, gradient[()] if out is None else out


def logistic_loss_hvp(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: str = "mean",
    out: Array | None = None,
) -> Any:
    """The Hessian of the logistic loss with respect to `logits`, times a vector.

    The Hessian is diagonal, with entries w ((1 - z) + p z) sigmoid(x) sigmoid(-x).

    Examples
    --------
    >>> import numpy as np
    >>> import logsumexp as lse
    >>> lse.logistic_loss_hvp([2.0, -1.0], [1, 0], [1.0, 1.0], reduction="sum")
    array([0.10499359, 0.19661193])

    Parameters
    ----------
    logits, targets, weight, pos_weight, reduction
        As `logistic_loss`; "none" gives the second derivative of every loss times its own entry.
    vector : array_like, shape of `logits`
        What the Hessian is multiplied with.
    out : ndarray, optional
        An array for the result. It may be `logits` or `vector` itself.

    Returns
    -------
    ndarray of the shape of `logits`
        In the type of `logits`; float64 for integers and bool. `out` if that was given.

    Raises
    ------
    TypeError, ValueError
        As `logistic_loss`.

    Accuracy
    --------
    Within 1 ulp in float32 and 2 ulp in float64.

    From the state
    --------------
    The product of the two shares in merge(one(0), one(x)).
    """
    mean = wanted_reduction(reduction) == "mean"
    x, z, w, p, dtype = _arguments(logits, targets, weight, pos_weight)
    v = array_of_reals("vector", vector)
    refuse_shape("vector", v, "logits", x)
    result = gradient_array(out, x, dtype)
    _rust.logistic_hvp(x, z, w, p, mean, v, result)
    return result[()] if out is None else out


def _arguments(
    logits: Any, targets: Any, weight: Any, pos_weight: Any
) -> tuple[Array, Array, Array | None, Array | None, np.dtype[Any]]:
    """The checked arrays and the dtype of the result."""
    x, z = array_of_reals("logits", logits), array_of_reals("targets", targets)
    refuse_shape("targets", z, "logits", x)
    weights = [
        None if given is None else array_of_reals(name, given)
        for name, given in (("weight", weight), ("pos_weight", pos_weight))
    ]
    for name, array in zip(("weight", "pos_weight"), weights, strict=True):
        if array is not None:
            _refuse_no_broadcast(name, array, x)
            refuse_negative(name, array)
    return x, z, weights[0], weights[1], result_dtype(x)


def _refuse_no_broadcast(name: str, array: Array, x: Array) -> None:
    try:
        fits = np.broadcast_shapes(array.shape, x.shape) == x.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"`{name}` has shape {array.shape}, which does not broadcast to the shape {x.shape} "
            "of `logits`"
        )


def _narrowed(total: float, dtype: np.dtype[Any]) -> Any:
    """A sum as a number of that type; too large a one is inf, without a warning."""
    with np.errstate(all="ignore"):
        return np.asarray(total).astype(dtype)[()]
