"""The lifted structured loss: one State per embedding, merged for every positive pair."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from logsumexp.errors import shown
from logsumexp.losses.arguments import array_of, array_of_reals, result_dtype
from logsumexp.losses.distances import Distances, lengths
from logsumexp.losses.negatives import Hardest, Negatives, Smooth

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


def lifted_structured_loss(
    embeddings: npt.ArrayLike,
    labels: npt.ArrayLike,
    *,
    margin: float = 1.0,
    smooth: bool = True,
    normalize: bool = False,
    return_grad: bool = False,
) -> Any:
    """How far equal labels lie apart, against the nearest other labels.

    With D the Euclidean distances (not squared), P the pairs of equal labels, each counted once, and
    k, l over the embeddings of other labels than that of the pair (i, j):

        J_ij = log(sum_k exp(margin - D_ik) + sum_l exp(margin - D_jl)) + D_ij        smooth
        J_ij = max(max_k (margin - D_ik), max_l (margin - D_jl)) + D_ij               otherwise
        loss = sum_P max(0, J_ij)^2 / (2 |P|)

    Examples
    --------
    >>> import numpy as np
    >>> import logsumexp as lse
    >>> points = np.array([[0.0, 0.0], [0.0, 1.0], [2.0, 0.0], [2.0, 1.0]])
    >>> lse.lifted_structured_loss(points, [0, 0, 1, 1])
    np.float64(0.8130806142611624)
    >>> loss, gradient = lse.lifted_structured_loss(
    ...     points, [0, 0, 1, 1], smooth=False, return_grad=True
    ... )
    >>> loss
    np.float64(0.0)

    Parameters
    ----------
    embeddings : array_like, shape (n, d)
        One embedding a row, n >= 2: float16, bfloat16, float32, float64, integers or bool.
    labels : array_like, shape (n,)
        What each embedding is one of: integers, text, anything that NumPy can compare.
    margin : float, optional
        How far other labels should lie; finite, in the units of `embeddings`.
    smooth : bool, optional
        True: all other labels count, equation (4) of the source. False: the nearest only, equation
        (3), which is never larger.
    normalize : bool, optional
        Whether every embedding is divided by its length first; one of length 0 stays as it is.
    return_grad : bool, optional
        Whether the gradient with respect to `embeddings` is returned too.

    Returns
    -------
    loss : scalar
        In the type of `embeddings`; float64 for integers and bool.
    gradient : ndarray, shape (n, d)
        Only with `return_grad`.

    Raises
    ------
    TypeError
        `embeddings` holds no real numbers, or `margin` is no number.
    ValueError
        `embeddings` has not two dimensions or fewer than two rows, `labels` has another length, or
        `margin` is not finite.

    Edge cases
    ----------
    Without a pair of equal labels, or without a pair of different ones, loss and gradient are 0. Two
    equal embeddings do not pull at each other: the subgradient at distance 0 is 0. Of several
    nearest embeddings the first one is pushed away. A nan makes everything nan.

    Accuracy
    --------
    Computed in float64. Distances that are small against the embeddings come from their
    differences. Time grows with n^2; extra memory is a few blocks of 8 MiB and some numbers a row.

    Source
    ------
    H. Oh Song, Y. Xiang, S. Jegelka, S. Savarese, "Deep metric learning via lifted structured feature
    embedding", CVPR 2016.

    From the state
    --------------
    S_i = fold(margin - D_ik) over the other labels; J_ij = finish(merge(S_i, S_j), minus=-D_ij); the
    gradient with respect to D_ik is spread.
    """
    f, codes, dtype = _arguments(embeddings, labels)
    margin = _finite(margin)
    with np.errstate(all="ignore"):
        length = lengths(f)[:, None] if normalize else np.ones((len(f), 1))
        length[length == 0] = 1.0
        loss, gradient = _loss(f / length, codes, margin, smooth, return_grad)
        result = np.asarray(loss).astype(dtype)[()]
        if gradient is None:
            return result
        if normalize:
            unit = f / length
            gradient -= np.einsum("ij,ij->i", gradient, unit)[:, None] * unit
            gradient /= length
        return result, gradient.astype(dtype)


def _loss(
    points: Array, codes: Array, margin: float, smooth: bool, return_grad: bool
) -> tuple[float, Array | None]:
    """The loss and its gradient with respect to `points`."""
    gradient = np.zeros_like(points) if return_grad else None
    if not np.isfinite(points).all():
        return math.nan, None if gradient is None else gradient + np.nan
    counts = np.bincount(codes)
    pairs = int((counts * (counts - 1) // 2).sum())
    if not pairs or len(counts) == 1:
        return 0.0, gradient

    distances = Distances(points)
    negatives: Negatives = (Smooth if smooth else Hardest)(len(points))

    def gaps(rows: slice, apart: Array) -> Array:
        return np.where(codes[rows, None] == codes, -np.inf, margin - apart)

    for rows, apart, _ in distances.blocks():
        negatives.fold(rows, gaps(rows, apart))
    squares = []
    # What each anchor pushes the other labels away with
    push = np.zeros(len(points))
    for rows, apart, near in distances.blocks():
        i, j = _pairs(codes, rows)
        loss = negatives.losses(i, j, apart[i - rows.start, j])
        active = loss > 0
        i, j, loss = i[active], j[active], loss[active]
        squares.append(float(loss @ loss))
        if gradient is not None:
            negatives.share(i, j, loss / pairs, push)
            weights = np.zeros_like(apart)
            weights[i - rows.start, j] = loss / pairs
            distances.attract(rows, _divided(weights, apart), near, gradient)
    if gradient is not None:
        for rows, apart, near in distances.blocks():
            weights = negatives.spread(rows, gaps(rows, apart))
            weights *= -push[rows, None]
            distances.attract(rows, _divided(weights, apart), near, gradient)
    return math.fsum(squares) / (2 * pairs), gradient


def _pairs(codes: Array, rows: slice) -> tuple[Array, Array]:
    """The pairs of equal labels whose first member is in `rows`, each counted once."""
    i, j = np.nonzero(codes[rows, None] == codes)
    i += rows.start
    once = i < j
    return i[once], j[once]


def _divided(weights: Array, apart: Array) -> Array:
    """Weights by distances; 0 where the distance is 0."""
    np.divide(weights, apart, out=weights, where=apart > 0)
    weights[apart == 0] = 0
    return weights


def _arguments(embeddings: Any, labels: Any) -> tuple[Array, Array, np.dtype[Any]]:
    """The embeddings in float64, the labels as numbers from 0 on, the dtype of the result."""
    x, names = array_of_reals("embeddings", embeddings), array_of("labels", labels)
    if x.ndim != 2:
        raise ValueError(f"`embeddings` has shape {x.shape}: use two dimensions, (n, d)")
    if len(x) < 2:
        raise ValueError(f"`embeddings` has shape {x.shape}: use at least two rows")
    if names.shape != x.shape[:1]:
        raise ValueError(
            f"`labels` has shape {names.shape}, but `embeddings` has shape {x.shape}: use one label a row"
        )
    codes = np.unique(names, return_inverse=True)[1]
    return x.astype(np.float64), codes, result_dtype(x)


def _finite(margin: Any) -> float:
    """Check the margin."""
    try:
        number = float(margin)
    except (TypeError, ValueError) as error:
        raise TypeError(f"`margin` is {shown(margin)}: use a finite number") from error
    if not math.isfinite(number):
        raise ValueError(f"`margin` is {number}: use a finite number")
    return number
