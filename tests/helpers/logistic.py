"""The logistic loss from its definition, in 400-bit arithmetic, for numbers and one element.

loss      = w (p z softplus(-x) + (1 - z) softplus(x))
gradient  = w ((1 - z) sigmoid(x) - p z sigmoid(-x))
curvature = w ((1 - z) + p z) sigmoid(x) sigmoid(-x)
"""

from tests.helpers.ulp import exactly, mp

# Enough to subtract a float64 subnormal from 1.
WIDE = 2600


def exact(x, z, weight=1, pos_weight=1):
    """The loss, its first and its second derivative."""
    with mp.workprec(WIDE):
        x, z, w, p = (exactly(value) for value in (x, z, weight, pos_weight))
        yes, no = _softplus(-x), _softplus(x)
        up, down = 1 / (1 + mp.exp(-x)), 1 / (1 + mp.exp(x))
        return (
            w * (p * z * yes + (1 - z) * no),
            w * ((1 - z) * up - p * z * down),
            w * ((1 - z) + p * z) * up * down,
        )


def _softplus(x):
    return mp.log1p(mp.exp(x)) if x < 0 else x + mp.log1p(mp.exp(-x))
