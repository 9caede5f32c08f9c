"""The cross-entropy: how surprised the shares of a row are by its target, with gradient and Hessian."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from logsumexp import _rust
from logsumexp.losses.rows import Question

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


def cross_entropy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    axis: int = -1,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    normalize: str = "weight",
    return_grad: bool = False,
    out: Array | None = None,
) -> Any:
    """How surprised the softmax of a row is by its target: logsumexp(x) - x[target].

    With probabilities as targets, the sum of q_k (logsumexp(x) - x_k) over the classes k.

    Examples
    --------
    >>> import numpy as np
    >>> import logsumexp as lse
    >>> logits = np.array([[2.0, 0.0, -1.0], [0.5, 1.0, 0.0]])
    >>> lse.cross_entropy(logits, [0, 1])
    np.float64(0.4250578450990101)

    With its gradient, in one pass over the data:

    >>> loss, gradient = lse.cross_entropy(logits, [0, 1], return_grad=True)
    >>> gradient.round(4)
    array([[-0.0781,  0.0571,  0.021 ],
           [ 0.1536, -0.2468,  0.0932]])

    A row that is sure of its target keeps its small loss, and its gradient:

    >>> lse.cross_entropy([40.0, 0.0], 0, return_grad=True)
    (np.float64(4.248354255291589e-18), array([-4.24835426e-18,  4.24835426e-18]))

    Parameters
    ----------
    logits : array_like, shape (..., C, ...)
        The numbers: float16, bfloat16, float32, float64, integers or bool; any strides.
    targets : array_like
        The class of each row, of any integer type: the shape of `logits` without `axis`. Or
        probabilities, of a float type and the shape of `logits`; they need not sum to 1.
    axis : int, optional
        The axis of the C classes, the last one unless given. (PyTorch's is axis 1.)
    weight : array_like, shape (C,), optional
        What each class counts; finite and >= 0. A class of weight 0 takes no part.
    ignore_index : int, optional
        Rows of this class take no part, whatever they hold. For classes only.
    label_smoothing : float, optional
        What is taken from the target and given to all classes alike, in 0..1.
    z_loss : float, optional
        Adds z_loss * logsumexp(x / temperature)**2 to the loss of each row, times the weight of
        its class; finite and >= 0.
    temperature : float, optional
        The loss is that of x / temperature; finite and > 0.
    reduction : {"mean", "sum", "none"}, optional
        The mean of the losses, their sum, or the loss of every row by itself.
    normalize : {"weight", "count"}, optional
        What the mean divides by: the sum of the weights of the targets' classes, or the number of
        rows that are not ignored. For probabilities both are the number of rows.
    return_grad : bool, optional
        Whether the gradient with respect to `logits` is returned too, of the mean or the sum; with
        "none", of every loss by itself.
    out : ndarray, optional
        An array for the gradient, of the shape of `logits` and the dtype of the result; only with
        `return_grad`. It may be `logits` itself.

    Returns
    -------
    loss : scalar, or ndarray of the shape of the rows
        In the type of `logits`; float64 for integers and bool.
    gradient : ndarray of the shape of `logits`
        Only with `return_grad`; `out` if that was given.

    Raises
    ------
    IndexError
        A class that is none: the first such row and its class. Nothing is written then.
    TypeError
        An argument holds no numbers that will do; `out` without `return_grad`.
    ValueError
        Shapes that do not fit, no classes, numbers out of their range, an unknown `reduction` or
        `normalize`, an `out` that overlaps another argument. Nothing is computed or written then.
    numpy.exceptions.AxisError
        `logits` has no such axis.
    MemoryError
        There is no memory for the result.

    Edge cases
    ----------
    An ignored row adds exactly 0 to the loss and has a gradient of 0, even if it holds nan. A
    probability of 0 on a logit of -inf adds 0. A class whose logit is -inf has an infinite loss. A
    single logit of +inf is the whole mass: the loss of its class is 0, that of all others infinite;
    several make nan of their own losses. One nan makes its row nan. The mean over no row is nan, the sum 0.
    No warning is printed.

    Accuracy
    --------
    Every loss within 1 ulp in float32 and 2 ulp in float64 (3 where weights meet smoothing or
    probabilities), however sure the row is; losses are added in more than float64.
    For classes, the gradient of a row sums to 0 within 2 ulp of its largest entry: that of the target
    is minus the share of the others, not its share less 1. The bits depend neither on the layout nor
    on the number of threads.

    Source
    ------
    The options and the weighted mean are those of torch.nn.functional.cross_entropy; the z-loss is that
    of A. Chowdhery et al., "PaLM: scaling language modeling with Pathways", 2022.

    From the state
    --------------
    finish(fold(x), minus=x[target]); the gradient is spread(fold(x), x), and at the target minus the
    share of the others.
    """
    options = (ignore_index, label_smoothing, z_loss, temperature, reduction, normalize)
    question = Question(logits, targets, axis, weight, *options)
    if out is not None and not return_grad:
        raise TypeError("`out` is given without `return_grad`: it receives the gradient")
    gradient = question.place(out) if return_grad else None
    losses = question.row_place() if reduction == "none" else None
    total = _rust.cross_entropy(*question.arguments, losses, gradient)
    loss = question.number(total) if losses is None else losses[()]
    if gradient is None:
        return loss
    return loss, gradient if out is None else out


def cross_entropy_hvp(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    axis: int = -1,
    weight: npt.ArrayLike | None = None,
    ignore_index: int = -100,
    label_smoothing: float = 0.0,
    z_loss: float = 0.0,
    temperature: float = 1.0,
    reduction: str = "mean",
    normalize: str = "weight",
    out: Array | None = None,
) -> Any:
    """The Hessian of the cross-entropy with respect to `logits`, times a vector, without the Hessian.

    For a row with shares p and no z-loss it is A p (v - sum(p v)), A the sum of what the classes count.

    Examples
    --------
    >>> import numpy as np
    >>> import logsumexp as lse
    >>> lse.cross_entropy_hvp([0.0, 0.0], 0, [1.0, 0.0])
    array([ 0.25, -0.25])

    Parameters
    ----------
    logits, targets, axis, weight, ignore_index, label_smoothing, z_loss, temperature, reduction, normalize
        As `cross_entropy`; "none" counts as "sum", since every loss depends on its own row alone.
    vector : array_like, shape of `logits`
        What the Hessian is multiplied with.
    out : ndarray, optional
        An array for the result, of the shape of `logits` and the dtype of the result. It may be
        `logits` itself, but not `vector`.

    Returns
    -------
    ndarray of the shape of `logits`
        In the type of `logits`, float64 for integers and bool; `out` if that was given.

    Raises
    ------
    IndexError, TypeError, ValueError, numpy.exceptions.AxisError, MemoryError
        As `cross_entropy`.

    Edge cases
    ----------
    0 for ignored rows and for rows whose mass is a single +inf; nan for rows that hold a nan.

    Accuracy
    --------
    A few roundings of float64, then one to the type of the result; measured against the largest
    p_k |v_k| of the row.

    From the state
    --------------
    p = spread(fold(x), x).
    """
    options = (ignore_index, label_smoothing, z_loss, temperature, reduction, normalize)
    question = Question(logits, targets, axis, weight, *options)
    place = question.place(out)
    _rust.cross_entropy_hvp(*question.arguments, question.vector(vector), place)
    return place if out is None else out
