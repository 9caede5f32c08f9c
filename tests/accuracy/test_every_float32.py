"""All float32 z against 0: log1p(exp(z)) and its two shares, the elementary functions of everything else.

float64 is a fine reference here: its own error is below 2^-28 of a float32 ulp. By default every
1009th number is tried (a prime, so that no pattern of the last bits is skipped), by hand all of them.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.scoreboard import BUDGET, record

LOWEST = -120.0  # exp(z) has vanished by then


def spacing(x):
    """The float32 spacing at each float64."""
    _, exponent = np.frexp(x)
    return np.ldexp(1.0, np.maximum(exponent - 24, -149))


def worst(got, exact):
    """The largest error in ulp and where it is."""
    errors = np.abs(got.astype(np.float64) - exact) / spacing(exact)
    index = int(np.argmax(errors))
    return float(errors[index]), index


def check(z):
    """z against 0, in either order of the two, as a batch of rows of two."""
    wide, zero = z.astype(np.float64), np.zeros_like(z)
    small = np.exp(wide)
    exact = {
        ("logsumexp", None): np.log1p(small),
        ("softmax", 0): 1 / (1 + small),
        ("softmax", 1): small / (1 + small),
        ("log_softmax", 0): -np.log1p(small),
        ("log_softmax", 1): wide - np.log1p(small),
    }
    for order in (1, -1):
        rows = np.stack([zero, z][::order], 1)
        for (function, element), want in exact.items():
            got = getattr(lse, function)(rows, axis=-1)
            error, index = worst(got if element is None else got[:, ::order][:, element], want)
            record(function, "float32", "every z", error, f"[0, {float(z[index]).hex()}]")
            assert error <= BUDGET[function, "float32"], (
                f"{function}([0, {float(z[index]).hex()}]) is {error:.7g} ulp off"
            )


def negative_floats(step):
    """Every `step`-th float32 from -0 down to LOWEST."""
    last = int(np.float32(LOWEST).view(np.uint32))
    return np.arange(1 << 31, last, step, dtype=np.uint32)


def test_every_1009th():
    check(negative_floats(1009).view(np.float32))


@pytest.mark.exhaustive
def test_all_of_them():
    size = 1 << 22
    first, last = 1 << 31, int(np.float32(LOWEST).view(np.uint32))
    for start in range(first, last, size):
        check(np.arange(start, min(start + size, last), dtype=np.uint32).view(np.float32))
