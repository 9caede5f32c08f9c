"""The floating types that can be explained, and the limits that explain what goes wrong."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from logsumexp.cli.refusal import Refusal

__all__ = ["Kind", "kind_of"]


@dataclass(frozen=True)
class Kind:
    """A floating type and its limits.

    Parameters
    ----------
    name : str
        float16, bfloat16, float32 or float64.
    dtype : numpy.dtype
        The type itself.
    bits : int
        Bits of precision, the leading one included.
    largest, tiny, smallest : float
        The largest float, the smallest normal one, the smallest above 0.
    """

    name: str
    dtype: np.dtype[Any]
    bits: int
    largest: float
    tiny: float
    smallest: float

    @property
    def overflows_above(self) -> float:
        """Exp of more than this is inf."""
        return math.log(self.largest)

    @property
    def underflows_below(self) -> float:
        """Exp of less than this rounds to 0."""
        return math.log(self.smallest) - math.log(2)


def kind_of(name: str) -> Kind:
    """Look up a type by its name.

    Parameters
    ----------
    name : {'float16', 'bfloat16', 'float32', 'float64'}
        bfloat16 comes from the library ml_dtypes.
    """
    if name == "bfloat16":
        try:
            import ml_dtypes
        except ImportError:
            fact = "needs the library ml_dtypes"
            remedy = "pip install 'logsumexp[files]'"
            raise Refusal("--dtype bfloat16", fact, remedy) from None
        dtype, limits = np.dtype(ml_dtypes.bfloat16), ml_dtypes.finfo(ml_dtypes.bfloat16)
    else:
        dtype = np.dtype(name)
        limits = np.finfo(dtype)
    return Kind(
        name,
        dtype,
        int(limits.nmant) + 1,
        float(limits.max),
        float(limits.smallest_normal),
        float(limits.smallest_subnormal),
    )
