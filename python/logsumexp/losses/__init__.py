"""Losses, with their gradients: from the same State.

The compiled losses answer exact arrays on their own and come here with anything else.
"""

from __future__ import annotations

from typing import Any

from logsumexp import _rust
from logsumexp.losses.arguments import exact_out, refuse_negative, unmasked_array

__all__ = ["answer", "refuse_negative"]

REMEDIES = {
    "cross_entropy": "use `ignore_index` to leave rows out",
    "logistic_loss": "use `weight` to leave elements out",
}
"""What serves instead of a mask."""


def answer(function: str, arrays: tuple[Any, ...], options: dict[str, Any]) -> Any:
    """Make exact arrays of all arguments and call the compiled function again.

    Parameters
    ----------
    function : str
        The name of the public function.
    arrays : tuple
        The logits, the targets and, for a Hessian, the vector.
    options : dict
        The keywords as given.

    Returns
    -------
    ndarray or scalar, or a tuple of two
        What the public function answers.
    """
    remedy = REMEDIES[function.removesuffix("_hvp")]
    names = ("logits", "targets", "vector")[: len(arrays)]
    exact = [unmasked_array(name, thing, remedy) for name, thing in zip(names, arrays, strict=True)]
    for name in ("weight", "pos_weight"):
        if options.get(name) is not None:
            options[name] = unmasked_array(name, options[name], remedy)
    out = options.get("out")
    if out is not None:
        options["out"] = exact_out(out)
    result = getattr(_rust, function)(*exact, **options)
    if out is None:
        return result
    return (result[0], out) if isinstance(result, tuple) else out
