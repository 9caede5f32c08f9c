"""Distances between floats, in units in the last place (ulp).

Two measures, for two purposes:

    error_in_ulps(got, exact, kind) = |got - exact| / spacing(exact)    real, against 400 bits
    steps(first, second)            = floats from one to the other      whole, float against float

A correctly rounded answer has an error of at most 0.5 ulp; a budget of "1 ulp" means the first
measure. Below the normal range the spacing stays what it is there (gradual underflow), so that a
lost subnormal counts as an error, not as a rounding.
"""

from dataclasses import dataclass

import mpmath
import numpy as np

BITS = 400

# A context of its own: nobody else's precision, and nobody's precision changed.
mp = mpmath.MPContext()
mp.prec = BITS


@dataclass(frozen=True)
class Kind:
    """The shape of a binary float: `digits` of precision, range [2**lowest, 2**overflow)."""

    name: str
    digits: int
    lowest: int
    overflow: int


KINDS = {
    kind.name: kind
    for kind in (
        Kind("float16", 11, -24, 16),
        Kind("bfloat16", 8, -133, 128),
        Kind("float32", 24, -149, 128),
        Kind("float64", 53, -1074, 1024),
    )
}


def exactly(value):
    """The very number that a float (of any kind, longdouble too) holds, or an mpf unchanged."""
    if isinstance(value, mpmath.mpf | mp.mpf):
        return value
    if isinstance(value, np.longdouble) and np.isfinite(value):
        # Its range is wider than float64's, and its fraction is the sum of two float64.
        fraction, exponent = np.frexp(value)
        high = float(fraction)
        both = mp.fadd(high, float(fraction - np.longdouble(high)), exact=True)
        return mp.ldexp(both, int(exponent))
    return mp.mpf(float(value))


def spacing(exact, kind):
    """The distance between the floats around `exact`."""
    kind = KINDS[kind]
    if exact == 0:
        return mp.ldexp(1, kind.lowest)
    leading = min(mp.mag(exact), kind.overflow)
    return mp.ldexp(1, max(leading - kind.digits, kind.lowest))


def error_in_ulps(got, exact, kind):
    """How far the float `got` is from the number `exact`, in spacings of `kind` at `exact`.

    nan agrees with nan only and an infinity with itself only; an overflow of a finite answer is
    measured as if the next power of two had been returned.
    """
    got, exact = exactly(got), exactly(exact)
    if mp.isnan(exact) or mp.isnan(got):
        return 0.0 if mp.isnan(exact) and mp.isnan(got) else float("inf")
    if mp.isinf(exact):
        return 0.0 if got == exact else float("inf")
    limit = mp.ldexp(1, KINDS[kind].overflow)
    exact = min(max(exact, -limit), limit)
    got = min(max(got, -limit), limit)
    return float(abs(got - exact) / spacing(exact, kind))


def steps(first, second):
    """How many steps from float to float lead from `first` to `second` (arrays of one dtype).

    Both zeros are one place; nan to nan is 0 steps and nan to a number is as far as it goes.
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.dtype != second.dtype:
        message = f"cannot count steps from {first.dtype} to {second.dtype}"
        raise TypeError(message)
    apart = np.abs(_place(first).astype(object) - _place(second).astype(object))
    either, both = np.isnan(first) | np.isnan(second), np.isnan(first) & np.isnan(second)
    apart = np.where(either, np.array(2**64, object), apart)
    return np.where(both, np.array(0, object), apart)[()]


def _place(x):
    """The index of each float on the number line: 0 for both zeros, 1 for the smallest subnormal."""
    bits = x.view(f"i{x.dtype.itemsize}").astype(np.int64)
    magnitude = bits & ((1 << (8 * x.dtype.itemsize - 1)) - 1)
    return np.where(bits < 0, -magnitude, magnitude)
