"""The arguments of a loss over rows, and their checks: before anything is computed or written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from logsumexp.errors import shown
from logsumexp.losses.arguments import (
    SERVED,
    array_of,
    gradient_array,
    is_served,
    result_dtype,
    wanted_reduction,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Array = npt.NDArray[Any]


REDUCTIONS = {"none": 0, "sum": 1, "mean": 2}
LARGE = 6e4
"""Below this a number overflows in no float type."""

ROWS = 3
"""The number under which the compiled function knows the mean over rows."""


class Question:
    """The checked arguments, as the compiled function takes them."""

    def __init__(
        self,
        logits: Any,
        targets: Any,
        axis: Any,
        weight: Any,
        ignore_index: Any,
        label_smoothing: Any,
        z_loss: Any,
        temperature: Any,
        reduction: Any,
        normalize: Any,
    ) -> None:
        x = self.logits = _numbers("logits", logits)
        reduction = wanted_reduction(reduction)
        if not isinstance(normalize, str) or normalize not in ("weight", "count"):
            raise ValueError(f"`normalize` is {normalize!r}: use 'weight' or 'count'")
        axis = self.axis = _axis(axis, x)
        smoothing = _number("label_smoothing", label_smoothing, 0.0, 1.0)
        z = _number("z_loss", z_loss, 0.0, math.inf)
        t = _number("temperature", temperature, math.ulp(0.0), math.inf)
        rows = self.rows = x.shape[:axis] + x.shape[axis + 1 :]
        if not x.shape[axis]:
            raise ValueError(
                f"`logits` has shape {x.shape}: use at least one class along axis {axis}"
            )
        ignore = _integer("ignore_index", ignore_index)
        z_targets, ignored = _targets(targets, x, axis, rows, ignore)
        way = ROWS if reduction == "mean" and normalize == "count" else REDUCTIONS[reduction]
        weights = None if weight is None else _weights(weight, x.shape[axis])
        self.arguments = (x, z_targets, weights, axis, (ignored, smoothing, z, t, way))
        self.dtype = result_dtype(x)

    def place(self, out: Any) -> Array:
        """Give `out` after its checks, or a new array with the layout of the logits."""
        return gradient_array(out, self.logits, self.dtype)

    def row_place(self) -> Array:
        """Memory for one loss a row."""
        return np.empty(self.rows, self.dtype)

    def number(self, total: float) -> Any:
        """Round a number to the type of the result."""
        if self.dtype.itemsize == 8 or abs(total) < LARGE:
            return self.dtype.type(total)
        with np.errstate(all="ignore"):
            return self.dtype.type(total)

    def vector(self, vector: Any) -> Array:
        """Check the vector of a product."""
        array = _numbers("vector", vector)
        if array.shape != self.logits.shape:
            raise ValueError(
                f"`vector` has shape {array.shape}, but `logits` has shape {self.logits.shape}"
            )
        return array


def _array(name: str, thing: Any) -> Array:
    if type(thing) is np.ndarray:
        array: Array = thing
        return array
    if isinstance(thing, np.ma.MaskedArray) and np.ma.is_masked(thing):
        raise TypeError(f"`{name}` has masked elements: use `ignore_index` to leave rows out")
    return array_of(name, thing)


def _numbers(name: str, thing: Any) -> Array:
    array = _array(name, thing)
    if is_served(array.dtype):
        return array
    raise TypeError(
        f"`{name}` has dtype {array.dtype}: use float16, bfloat16, float32, float64, integers or bool"
    )


def _axis(axis: Any, x: Array) -> int:
    count = x.ndim
    if type(axis) is int and -count <= axis < count:
        return axis % count
    number = _integer("axis", axis)
    if not count:
        raise ValueError("`logits` has no dimensions: use at least one, that of the classes")
    if -count <= number < count:
        return number % count
    plural = "" if count == 1 else "s"
    raise np.exceptions.AxisError(
        f"`axis` is {axis!r}, but `logits` has {count} dimension{plural}: use -{count}..{count - 1}"
    )


def _integer(name: str, number: Any) -> int:
    if type(number) is int:
        return number
    if not isinstance(number, bool):
        try:
            return int(number.__index__())
        except (AttributeError, TypeError):
            pass
    raise TypeError(f"`{name}` is {number!r}: use an int")


def _number(name: str, number: Any, least: float, most: float) -> float:
    if type(number) is float and least <= number <= most and number < math.inf:
        return number
    wanted = {0.0: "a finite number >= 0"}.get(least, "a finite number > 0")
    if most == 1.0:
        wanted = "a number in 0..1"
    try:
        value = float(number)
    except (TypeError, ValueError):
        raise TypeError(f"`{name}` is {shown(number)}: use {wanted}") from None
    if not least <= value <= most or math.isinf(value):
        raise ValueError(f"`{name}` is {value}: use {wanted}")
    return value


def _targets(
    targets: Any, x: Array, axis: int, rows: tuple[int, ...], ignore: int
) -> tuple[Array, int | None]:
    """The targets, and the ignored class; None for probabilities."""
    array = _array("targets", targets)
    kind = array.dtype.kind
    if kind in "iu":
        if array.shape != rows:
            raise ValueError(
                f"`targets` holds classes in shape {array.shape}, but `logits` has shape {x.shape} "
                f"and classes along axis {axis}: use shape {rows}"
            )
        # A class beyond 127 bits is in no array: any number that is none will do.
        return array, ignore if abs(ignore) < 2**70 else 2**70
    if array.dtype.name not in SERVED:
        raise TypeError(
            f"`targets` has dtype {array.dtype}: use an integer type for classes, or float16, "
            "bfloat16, float32 or float64 for probabilities"
        )
    if array.shape != x.shape:
        message = (
            f"`targets` has dtype {array.dtype} and shape {array.shape}, but `logits` has shape "
            f"{x.shape}: probabilities have its shape"
        )
        if array.shape == rows:
            raise TypeError(f"{message}, and classes have an integer type")
        raise ValueError(message)
    if ignore >= 0:
        raise ValueError(
            f"`ignore_index` is {ignore}, but `targets` holds probabilities: it is for classes only"
        )
    return array, None


def _weights(weight: Any, classes: int) -> Array:
    array = _numbers("weight", weight)
    if array.shape != (classes,):
        raise ValueError(
            f"`weight` has shape {array.shape}, but `logits` has {classes} classes: use shape ({classes},)"
        )
    array = np.ascontiguousarray(array, np.float64)
    wrong = ~((array >= 0) & (array < np.inf))
    if wrong.any():
        place = int(wrong.argmax())
        raise ValueError(
            f"`weight` holds {array[place]} for class {place}: use finite numbers >= 0"
        )
    return array
