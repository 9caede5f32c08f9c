"""What a run is asked for: a function, its axes, its temperature, its type."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

import logsumexp as lse

__all__ = ["Task"]

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "softmax": lse.softmax,
    "log_softmax": lse.log_softmax,
    "logsumexp": lse.logsumexp,
    "logmeanexp": lse.logmeanexp,
}
ELEMENTWISE = ("softmax", "log_softmax")


@dataclass(frozen=True)
class Task:
    """A function and how to call it.

    Parameters
    ----------
    name : {'softmax', 'log_softmax', 'logsumexp', 'logmeanexp'}
        The public function.
    axes : tuple of int
        The axes it runs along, not negative.
    temperature : float
        Finite and above 0.
    dtype : numpy.dtype or None
        The type of the result; None leaves it to the function.
    """

    name: str
    axes: tuple[int, ...]
    temperature: float
    dtype: np.dtype[Any] | None

    def __call__(self, x: np.ndarray, axis: tuple[int, ...], **options: Any) -> Any:
        """Call the function; `axis` may differ from the task's, as for a probe of one number."""
        return FUNCTIONS[self.name](
            x, axis=axis, temperature=self.temperature, dtype=self.dtype, **options
        )

    @property
    def elementwise(self) -> bool:
        """Whether the result has the shape of the input."""
        return self.name in ELEMENTWISE

    def result_shape(self, shape: Sequence[int]) -> tuple[int, ...]:
        """The shape of the result for an input of `shape`."""
        if self.elementwise:
            return tuple(shape)
        return tuple(extent for axis, extent in enumerate(shape) if axis not in self.axes)

    def result_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        """The type of the result, asked of the function itself with one number."""
        return np.asarray(self(np.ones(1, dtype), axis=(0,))).dtype
