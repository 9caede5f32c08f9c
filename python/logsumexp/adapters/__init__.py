"""Adapters: what is not a `numpy.ndarray` itself is turned into one, and the call made again.

The compiled functions answer a `numpy.ndarray` on their own and come here with anything else. An
adapter is a module of this package, named after its framework, with the three functions of
`Adapter`. A framework is looked at only if the program has imported it already; the adapters do
not know each other, and only `logsumexp.adapters.numpy` calls the compiled functions.
"""

import sys
from enum import Enum
from importlib import import_module
from typing import Any, Protocol, cast

import numpy.typing as npt

Arguments = dict[str, Any]
"""The arguments that were given beside the first, by name."""

ARRAYS = ("b", "where", "out")
"""The arguments that may be arrays."""


class Framework(Enum):
    """The frameworks that have an adapter, in the order in which they are asked; NumPy last."""

    TORCH = "torch"
    NUMPY = "numpy"


class Adapter(Protocol):
    """What an adapter offers."""

    def owns(self, thing: object) -> bool:
        """Whether the thing is an array of this framework."""

    def answer(self, function: str, name: str, x: Any, arguments: Arguments) -> Any:
        """Answer a call of the public function of that name; `name` is its first argument's."""

    def as_array_and_mask(
        self, name: str, x: Any, where: Any
    ) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
        """Turn an argument called `name` into an exact array, with a mask if one is needed."""


def adapter_for(*things: object) -> Adapter:
    """Find the adapter of the first framework that owns one of the things."""
    for framework in Framework:
        if framework.value in sys.modules:
            adapter = cast(Adapter, import_module(f"logsumexp.adapters.{framework.value}"))
            if any(adapter.owns(thing) for thing in things):
                return adapter
    raise AssertionError("NumPy owns everything")


def answer(function: str, name: str, x: Any, arguments: Arguments) -> Any:
    """Answer a call of the public function of that name."""
    things = [arguments[key] for key in ARRAYS if key in arguments]
    return adapter_for(x, *things).answer(function, name, x, arguments)


def as_array(name: str, x: Any) -> npt.NDArray[Any]:
    """Turn an argument called `name` into an exact array."""
    return as_array_and_mask(name, x, None)[0]


def as_array_and_mask(
    name: str, x: Any, where: Any
) -> tuple[npt.NDArray[Any], npt.NDArray[Any] | None]:
    """Turn an argument called `name` into an exact array, with a mask if one is needed."""
    return adapter_for(x, where).as_array_and_mask(name, x, where)
