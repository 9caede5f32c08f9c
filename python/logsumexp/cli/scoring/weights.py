"""What each class counts: one number a class, in a file of its own.

A loss is then the weighted mean of `logsumexp.cross_entropy`: the sum of the weighted losses, over the
sum of the weights of the targets' classes, or over the rows where targets are probabilities. Accuracy
and calibration still count rows.
"""

import math
from dataclasses import dataclass

import numpy as np

from logsumexp.cli.files.source import Source
from logsumexp.cli.refusal import Refusal

__all__ = ["Weights"]


@dataclass(frozen=True)
class Weights:
    """The weights of the classes.

    Parameters
    ----------
    name : str
        The file they came from.
    numbers : ndarray of float64, shape (classes,)
        Finite and not negative.
    """

    name: str
    numbers: np.ndarray

    @classmethod
    def beside(cls, logits: Source, source: Source, classes: int) -> "Weights":
        """Read the weights of the classes of `logits`; axes of length 1 do not matter."""
        shape = source.numbers.shape
        # Before anything is read: it may be a large file that was meant for something else.
        if max(shape, default=1) != math.prod(shape) or math.prod(shape) != classes:
            fact = f"holds {math.prod(shape)} numbers in shape {shape}"
            of = f"{logits.name} has {classes} class{'' if classes == 1 else 'es'}"
            raise Refusal(source.name, f"{fact}, but {of}", "give one weight a class")
        whole = source.numbers.window(tuple(slice(0, extent) for extent in shape))
        numbers = np.ascontiguousarray(whole, np.float64).reshape(-1)
        wrong = ~((numbers >= 0) & (numbers < np.inf))
        if wrong.any():
            here = int(wrong.argmax())
            fact = f"holds {numbers[here]:g} for class {here}"
            raise Refusal(source.name, fact, "weights are finite and not negative")
        return cls(source.name, numbers)

    def nothing_left(self) -> Refusal:
        """What is said where all rows together weigh nothing."""
        fact = "gives the weight 0 to the classes of all rows"
        return Refusal(self.name, fact, "some class that occurs must count")
