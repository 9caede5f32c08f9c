"""Error texts of the Python side: which argument, what was given, what is wanted."""

from typing import Any


def shown(thing: object) -> str:
    """Name an object for an error text: its type, as a person would write it."""
    kind = type(thing)
    module = kind.__module__.split(".")[0]
    return kind.__name__ if module == "builtins" else f"{module}.{kind.__name__}"


def not_an_array(name: str, thing: object, error: Exception) -> Exception:
    """Build the error for an object that NumPy cannot make an array of."""
    kind = type(error) if type(error) in (TypeError, ValueError) else TypeError
    return kind(f"`{name}` is {shown(thing)}, of which NumPy makes no array: {error}")


def not_served(name: str, thing: object, remedy: str) -> TypeError:
    """Build the error for an array of a framework that is not served."""
    return TypeError(f"`{name}` is {shown(thing)}: use {remedy}")


def wrong_out(thing: Any) -> TypeError:
    """Build the error for an `out` that cannot be written to."""
    return TypeError(f"`out` is {shown(thing)}: use a numpy.ndarray")
