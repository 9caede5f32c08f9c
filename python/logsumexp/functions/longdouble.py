"""The functions on longdouble numbers, in NumPy's own arithmetic.

    m = max(x_i + log|b_i|),    total = sum sign(b_i) exp(x_i + log|b_i| - m)
    logsumexp = m + log|total|

Elements at the maximum are exact ones, small differences from them are kept by expm1, and the sum
is compensated, so that opposite signs may cancel. All arguments are checked; axes are kept with
size one.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from logsumexp.functions.summation import compensated_sum, two_sum

Array = npt.NDArray[Any]
Axis = tuple[int, ...]

SMALL = np.longdouble(-0.5)
"""Above this exponent, exp is kept as 1 + expm1."""


def logsumexp_and_sign(
    x: Array, axis: Axis, b: Array | None, where: Array | None, temperature: float
) -> tuple[Array, Array]:
    """The logarithm of the absolute total, and the sign of the total."""
    x = x.astype(np.longdouble) / temperature
    sign = np.ones_like(x) if b is None else np.sign(b.astype(np.longdouble))
    if b is not None:
        x = x + np.log(np.abs(b.astype(np.longdouble)))
    x, sign = np.broadcast_arrays(x, sign)
    present = sign != 0 if where is None else (sign != 0) & where
    x, sign = np.where(present, x, -np.inf), np.where(present, sign, 0)
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf)
    exponent = _below(x, m)
    near = exponent > SMALL
    parts = np.where(near, sign, sign * np.exp(exponent))
    total, dropped = compensated_sum(parts, axis)
    small, _ = compensated_sum(np.where(near, sign * np.expm1(exponent), 0), axis)
    total, dropped = two_sum(total, dropped + small)
    value = temperature * (m + (np.log(np.abs(total)) + np.log1p(dropped / total)))
    value = np.where(total == 0, np.where(m == np.inf, np.nan, -np.inf), value)
    value = np.where(np.isnan(m), np.nan, value)
    return value, np.where(np.isnan(value), np.nan, np.sign(total))


def logsumexp(
    x: Array, axis: Axis, b: Array | None, where: Array | None, temperature: float
) -> Array:
    """The logarithm of the total; nan where the total is negative."""
    value, sign = logsumexp_and_sign(x, axis, b, where, temperature)
    return np.where(sign < 0, np.nan, value)


def logmeanexp(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """The logarithm of the mean of the elements that take part."""
    value = logsumexp(x, axis, None, where, temperature)
    return value - temperature * np.log(count(x, axis, where).astype(np.longdouble))


def softmax(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """Each element's share of the total."""
    exponent, m, present = _exponents(x, axis, where, temperature)
    mass = np.where(present, np.exp(exponent), 0)
    total, dropped = compensated_sum(mass, axis)
    share = mass / (total + dropped)
    return np.where(present, _special(share, exponent, m, axis, 0), 0)


def log_softmax(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """The logarithm of each element's share, without going through the share."""
    exponent, m, present = _exponents(x, axis, where, temperature)
    top = np.sum(present & (exponent == 0), axis=axis, keepdims=True).astype(np.longdouble)
    below = np.where(present & (exponent != 0), np.exp(exponent), 0)
    rest, dropped = compensated_sum(below, axis)
    share = exponent - (np.log(top) + np.log1p((rest + dropped) / top))
    return np.where(present, _special(share, exponent, m, axis, -np.inf), -np.inf)


def count(x: Array, axis: Axis, where: Array | None) -> Array:
    """The number of elements that take part in each row."""
    present = np.broadcast_to(np.True_ if where is None else where, x.shape)
    return np.asarray(np.sum(present, axis=axis, keepdims=True))


def _below(x: Array, m: Array) -> Array:
    """The distance from the maximum: 0 at the maximum also where that is infinite."""
    return np.where((x == m) & (x != -np.inf), 0, np.where(x == -np.inf, -np.inf, x - m))


def _exponents(
    x: Array, axis: Axis, where: Array | None, temperature: float
) -> tuple[Array, Array, Array]:
    x = x.astype(np.longdouble) / temperature
    present = np.broadcast_to(np.True_ if where is None else where, x.shape)
    m = np.max(x, axis=axis, keepdims=True, initial=-np.inf, where=present)
    return _below(x, m), m, present


def _special(share: Array, exponent: Array, m: Array, axis: Axis, nothing: float) -> Array:
    """Rows whose maximum is infinite: the limit, and nan where there is none."""
    at_top = exponent == 0
    several = np.sum(at_top, axis=axis, keepdims=True) > 1
    limit = np.where(at_top, np.where(several, np.nan, share), nothing)
    share = np.where(m == np.inf, limit, share)
    return np.where((m == -np.inf) | np.isnan(m), np.nan, share)
