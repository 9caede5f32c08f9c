"""PyTorch: tensors are recognised and refused with the way out.

Turning a tensor into an array silently would lose its gradient and its device.
"""

import sys
from typing import Any, NoReturn

from logsumexp.errors import not_served


def owns(thing: object) -> bool:
    """Whether the thing is a tensor. PyTorch may still be importing itself: then it has none."""
    tensor = getattr(sys.modules["torch"], "Tensor", None)
    return tensor is not None and isinstance(thing, tensor)


def answer(function: str, name: str, x: Any, arguments: dict[str, Any]) -> NoReturn:
    """Refuse the call, naming the first argument that is a tensor."""
    raise _refusal({name: x, **arguments})


def as_array_and_mask(name: str, x: Any, where: Any) -> NoReturn:
    """Refuse the call, naming the first argument that is a tensor."""
    raise _refusal({name: x, "where": where})


def _refusal(things: dict[str, Any]) -> TypeError:
    name, tensor = next((name, thing) for name, thing in things.items() if owns(thing))
    return not_served(name, tensor, f"{name}.numpy(force=True), tensors are not served yet")
