# The compiled module. The functions answer arrays of any supported dtype with an array or a NumPy
# scalar, which no type can tell apart from the arguments alone: their results are Any.

from typing import Any, ClassVar, SupportsFloat, SupportsIndex, TypeAlias, TypedDict, final

import numpy as np
import numpy.typing as npt

__all__ = [
    "State",
    "__version__",
    "config",
    "cross_entropy",
    "cross_entropy_hvp",
    "get_num_threads",
    "log_softmax",
    "logistic_loss",
    "logistic_loss_hvp",
    "logmeanexp",
    "logsumexp",
    "restore_state",
    "set_num_threads",
    "softmax",
]

__version__: str

_Axis: TypeAlias = SupportsIndex | tuple[SupportsIndex, ...] | None

def logsumexp(
    a: npt.ArrayLike,
    axis: _Axis = None,
    b: npt.ArrayLike | None = None,
    keepdims: bool = False,
    return_sign: bool = False,
    *,
    where: npt.ArrayLike | None = None,
    temperature: SupportsFloat = 1.0,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def logmeanexp(
    a: npt.ArrayLike,
    axis: _Axis = None,
    keepdims: bool = False,
    *,
    where: npt.ArrayLike | None = None,
    temperature: SupportsFloat = 1.0,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def softmax(
    x: npt.ArrayLike,
    axis: _Axis = None,
    *,
    where: npt.ArrayLike | None = None,
    temperature: SupportsFloat = 1.0,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def log_softmax(
    x: npt.ArrayLike,
    axis: _Axis = None,
    *,
    where: npt.ArrayLike | None = None,
    temperature: SupportsFloat = 1.0,
    dtype: npt.DTypeLike | None = None,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...

@final
class State:
    __hash__: ClassVar[None]  # type: ignore[assignment]

    @staticmethod
    def fold(
        x: npt.ArrayLike, axis: _Axis = None, *, where: npt.ArrayLike | None = None
    ) -> State: ...
    @staticmethod
    def one(x: npt.ArrayLike) -> State: ...
    @staticmethod
    def empty(
        shape: SupportsIndex | tuple[SupportsIndex, ...] = (),
        dtype: npt.DTypeLike | None = None,
    ) -> State: ...
    def merge(self, other: State) -> State: ...
    def shift(self, c: npt.ArrayLike) -> State: ...
    def finish(self, minus: npt.ArrayLike = 0) -> Any: ...
    def spread(self, x: npt.ArrayLike, *, where: npt.ArrayLike | None = None) -> Any: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype[Any]: ...
    @property
    def max(self) -> npt.NDArray[np.float64]: ...
    @property
    def top(self) -> npt.NDArray[np.float64]: ...
    @property
    def rest(self) -> npt.NDArray[np.float64]: ...
    def __or__(self, other: State, /) -> State: ...
    def __ror__(self, other: State, /) -> State: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __ne__(self, other: object, /) -> bool: ...
    def __reduce__(self) -> tuple[Any, ...]: ...

def cross_entropy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    axis: SupportsIndex = -1,
    weight: npt.ArrayLike | None = None,
    ignore_index: SupportsIndex = -100,
    label_smoothing: SupportsFloat = 0.0,
    z_loss: SupportsFloat = 0.0,
    temperature: SupportsFloat = 1.0,
    reduction: str = "mean",
    normalize: str = "weight",
    return_grad: bool = False,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def cross_entropy_hvp(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    axis: SupportsIndex = -1,
    weight: npt.ArrayLike | None = None,
    ignore_index: SupportsIndex = -100,
    label_smoothing: SupportsFloat = 0.0,
    z_loss: SupportsFloat = 0.0,
    temperature: SupportsFloat = 1.0,
    reduction: str = "mean",
    normalize: str = "weight",
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def logistic_loss(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: str = "mean",
    return_grad: bool = False,
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def logistic_loss_hvp(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    vector: npt.ArrayLike,
    *,
    weight: npt.ArrayLike | None = None,
    pos_weight: npt.ArrayLike | None = None,
    reduction: str = "mean",
    out: npt.NDArray[Any] | None = None,
) -> Any: ...
def set_num_threads(n: SupportsIndex) -> None: ...
def get_num_threads() -> int: ...
def restore_state(
    shape: tuple[int, ...],
    dtype: np.dtype[Any] | None,
    rows: tuple[int, tuple[int, ...]] | None,
    mixed: bool,
    numbers: npt.ArrayLike,
) -> State: ...

class _Config(TypedDict):
    version: str
    build: str
    cpu_features: str
    path: str
    threads: int
    threads_available: int

def config() -> _Config: ...
