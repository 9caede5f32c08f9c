"""The worst errors seen in this run, by function and type: asserted against, and printed at the end.

`within` is the one place where an answer is held against its budget (docs/accuracy.md).
"""

import numpy as np

from tables.reference import write_row
from tests.helpers.ulp import error_in_ulps, mp

BUDGET = {
    ("logsumexp", "float32"): 1.0,
    ("logsumexp", "float64"): 1.0,
    ("logmeanexp", "float32"): 1.0,
    ("logmeanexp", "float64"): 1.0,
    ("softmax", "float32"): 1.0,
    ("softmax", "float64"): 2.0,
    ("log_softmax", "float32"): 1.0,
    ("log_softmax", "float64"): 2.0,
}

# A narrow float is rounded once, from an answer within one float32 ulp: half an ulp of its own and
# that one, which is 2^-13 (float16) or 2^-16 (bfloat16) of its own.
for _function in ("logsumexp", "logmeanexp", "softmax", "log_softmax"):
    BUDGET[_function, "float16"] = 0.5 + 2.0**-13
    BUDGET[_function, "bfloat16"] = 0.5 + 2.0**-16

worst = {}


def within(function, got, exact, about, where="rows"):
    """Assert that every float of `got` is within the budget of `function` from `exact`.

    Parameters
    ----------
    function : str
    got : scalar or array of float16, bfloat16, float32 or float64
    exact : mpf or array of mpf, shape of `got`
    about : str
        What was computed, for the message: the row or how to make it.
    where : str
        The group of tests, for the summary.
    """
    got, exact = np.atleast_1d(got), np.atleast_1d(exact)
    kind = str(got.dtype)
    assert got.shape == exact.shape, f"{about}: shape {got.shape}, wanted {exact.shape}"
    errors = [error_in_ulps(*pair, kind) for pair in zip(got.flat, exact.flat, strict=True)]
    if not errors:
        return
    index = int(np.argmax(errors))
    place = f"[{index}] of " if len(errors) > 1 else ""
    seen = f"{place}{about}: got {write_row([got.flat[index]])}, exact {mp.nstr(exact.flat[index], 25)}"
    record(function, kind, where, errors[index], seen)
    budget = BUDGET[function, kind]
    assert errors[index] <= budget, (
        f"{function} {kind} is {errors[index]:.7g} ulp off, the budget is {budget:.7g}: {seen}"
    )


def record(function, kind, where, error, about):
    key = function, kind, where
    if key not in worst or error > worst[key][0]:
        worst[key] = error, about


def hexadecimal(row, most=900):
    """A row as text that loses nothing, equal neighbours counted; long ones are cut."""
    text = write_row(np.ravel(row))
    return f"[{text}]" if len(text) <= most else f"[{text[:most]} ... ({np.size(row)} in all)]"


def lines():
    """The worst error of each function, type and group, for the terminal summary."""
    for (function, kind, where), (error, about) in sorted(worst.items()):
        budget = BUDGET[function, kind]
        mark = "  " if error <= budget else "! "
        yield f"{mark}{function:12} {kind:9} {where:12} {error:<9.4g} of {budget:<8.4g} {about[:150]}"
