"""Who is timed beside us. Each rival is a module that is imported only when it takes part.

A rival's module has ``contestant(cell, given, threads)``, which returns a call without arguments or None
where it does not do what the cell asks, and ``answer(result)``, which makes its result a NumPy array, or
of a loss with its gradient a pair of them.
Conversion of the input happens before the clock starts.
"""

from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["GENERAL", "LIBRARIES", "PEERS", "arrays", "installed", "load", "versions"]

# Name in the table -> the library it needs. `numpy` is the textbook formula, `logaddexp` the reduction
# np.logaddexp.reduce.
_LIBRARIES = {
    "numpy": "numpy",
    "logaddexp": "numpy",
    "scipy": "scipy",
    "torch": "torch",
    "jax": "jax",
    "numba": "numba",
    "metric_learning": "pytorch_metric_learning",
}

PEERS: tuple[str, ...] = tuple(_LIBRARIES)

# Who is asked unless a cell says otherwise: pytorch-metric-learning has one loss, and loads for seconds.
GENERAL: tuple[str, ...] = tuple(name for name in PEERS if name != "metric_learning")

# "The best peer" is the fastest of these: functions that people call. Numba's row is a loop of our own
# writing in another compiler; it is shown and compared by its own name.
LIBRARIES: tuple[str, ...] = tuple(name for name in PEERS if name != "numba")


def installed() -> tuple[str, ...]:
    """The peers whose library is installed; none is imported."""
    return tuple(name for name, library in _LIBRARIES.items() if find_spec(library))


def load(name: str) -> ModuleType:
    """Import a peer's module, and with it the library."""
    if name not in _LIBRARIES:
        raise ValueError(f"`rival` is {name!r}: use one of {', '.join(PEERS)}")
    return import_module(f"logsumexp.bench.rivals.with_{name}")


def versions(names: tuple[str, ...]) -> dict[str, str]:
    """The version of each library that took part."""
    return {library: version(library) for library in {_LIBRARIES[name] for name in names}}


def arrays(result: Any) -> NDArray[Any] | tuple[NDArray[Any], ...]:
    """A result as an array, or as a loss and its gradient: what most rivals call ``answer``."""
    if isinstance(result, tuple):
        return tuple(np.asarray(part) for part in result)
    return np.asarray(result)
