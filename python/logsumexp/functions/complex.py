"""The functions on complex numbers, built from the real ones.

    total = sum b e^a = sum |e^a| (Re w + i Im w),    w = b e^(i Im a)
    logsumexp = log|total| + i angle(total)

The real and the imaginary part are each a logsumexp with weights, which keep log|total| right near
0 and for any size of `a`; the angle comes from plain sums, scaled by the largest element. Where
the total is infinite, 0 or nan, the textbook formula decides, as C99 and SciPy do.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from logsumexp.adapters.numpy import real_logsumexp
from logsumexp.functions import longdouble
from logsumexp.functions.summation import compensated_sum

Array = npt.NDArray[Any]
Axis = tuple[int, ...]


def logsumexp_and_sign(
    x: Array, axis: Axis, b: Array | None, where: Array | None, temperature: float
) -> tuple[Array, Array]:
    """The logarithm of the absolute total, and the direction of the total in the plane."""
    x, weights, present = _prepare(x, b, where, temperature)
    log_size, total = _log_size_and_total(x, axis, weights, present)
    direction = np.sign(total)
    infinite = ~np.isfinite(log_size)
    if np.any(infinite):
        plain = _plain_total(x, axis, weights, present)
        log_size = np.where(infinite, np.log(np.abs(plain)), log_size)
        direction = np.where(infinite, np.sign(plain), direction)
    return temperature * log_size, direction


def logsumexp(
    x: Array, axis: Axis, b: Array | None, where: Array | None, temperature: float
) -> Array:
    """The logarithm of the total, its imaginary part in (-pi, pi] times the temperature."""
    narrow = x.dtype.type(0).real.dtype.type
    x, weights, present = _prepare(x, b, where, temperature)
    log_size, total = _log_size_and_total(x, axis, weights, present)
    angle = np.angle(total)
    value = _join(log_size, np.where(angle.astype(narrow) <= -narrow(np.pi), np.pi, angle))
    infinite = ~np.isfinite(log_size)
    if np.any(infinite):
        value = np.where(infinite, np.log(_plain_total(x, axis, weights, present)), value)
    return _scaled(value, temperature)


def logmeanexp(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """The logarithm of the mean of the elements that take part."""
    value = logsumexp(x, axis, None, where, temperature)
    return value - temperature * np.log(longdouble.count(x, axis, where))


def softmax(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """Each element divided by the total, after exp."""
    x, _, present = _prepare(x, None, where, temperature)
    m = _largest(x, axis, present)
    mass = np.where(present, np.exp(x - m), 0)
    return np.asarray(mass / np.sum(mass, axis=axis, keepdims=True))


def log_softmax(x: Array, axis: Axis, where: Array | None, temperature: float) -> Array:
    """Each element minus the logarithm of the total, after moving the largest real part to 0."""
    x, _, present = _prepare(x, None, where, temperature)
    moved = x - _largest(x, axis, present)
    share = moved - logsumexp(moved, axis, None, present, 1.0)
    return np.where(present, share, -np.inf)


def _prepare(
    x: Array, b: Array | None, where: Array | None, temperature: float
) -> tuple[Array, Array, Array]:
    """Numbers, weights and mask of one shape, at least in double precision."""
    double = np.promote_types(x.dtype, np.complex128)
    if b is not None:
        double = np.promote_types(double, b.dtype)
    x = _scaled(x.astype(double), 1 / temperature) if temperature != 1 else x.astype(double)
    weights = np.ones((), double) if b is None else b.astype(double)
    x, weights = np.broadcast_arrays(x, weights)
    # A weight of 0 removes its element, even if that is infinite or nan.
    present = np.broadcast_to(np.True_ if where is None else where, x.shape) & (weights != 0)
    return x, weights, present


def _log_size_and_total(
    x: Array, axis: Axis, weights: Array, present: Array
) -> tuple[Array, Array]:
    """log|total| and the total, scaled by the largest element."""
    turned = np.where(x.imag == 0, weights, weights * np.exp(_join(np.zeros_like(x.real), x.imag)))
    parts = [real_logsumexp(x.real, axis, part, present) for part in (turned.real, turned.imag)]
    doubled = 2 * np.stack(parts)
    log_size = real_logsumexp(doubled, (0,), None, None)[0] / 2
    m = np.max(x.real, axis=axis, keepdims=True, initial=-np.inf, where=present)
    mass = np.where(present, np.exp(x.real - np.where(np.isfinite(m), m, 0)), 0)
    sums = [compensated_sum(mass * part, axis) for part in (turned.real, turned.imag)]
    real, imaginary = (total + dropped for total, dropped in sums)
    return log_size, _join(real, imaginary)


def _plain_total(x: Array, axis: Axis, weights: Array, present: Array) -> Array:
    mass = np.exp(x) if np.all(weights == 1) else weights * np.exp(x)
    return np.asarray(np.sum(mass, axis=axis, keepdims=True, where=present))


def _largest(x: Array, axis: Axis, present: Array) -> Array:
    """The element with the largest real part, then imaginary part; 0 where it is not finite."""
    m = np.max(np.where(present, x, -np.inf), axis=axis, keepdims=True, initial=-np.inf)
    return np.where(np.isfinite(m), m, 0)


def _join(real: Array, imaginary: Array) -> Array:
    """A complex array from its parts, which infinities in one of them do not spoil."""
    joined = np.empty(np.shape(real), np.promote_types(real.dtype, np.complex64))
    joined.real, joined.imag = real, imaginary
    return joined


def _scaled(x: Array, factor: float) -> Array:
    return _join(x.real * factor, x.imag * factor)
