"""The table of targets: each line is data. A target is time(rival) / time(ours), in one process."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from logsumexp.bench import Cell
from logsumexp.bench.rivals import GENERAL

SMALL = (8,)
ROWS_OF_TEN = (1000, 10)
CLASSES = (8192, 1000)
LONG_ROWS = (64, 128_256)
VOCABULARY = (4096, 32_000)
MIDDLE = (64, 1000, 128)
ELEMENTS = (50_000_000,)

BOTH = ("float32", "float64")
MAPS = ("softmax", "log_softmax")
READ, MAP = (*GENERAL, "read"), (*GENERAL, "map")
WITH_LOSSES = ("numpy", "scipy", "torch", "jax")
LOSSES_AND_MAP = (*WITH_LOSSES, "map")


def pair(
    function: str,
    shape: tuple[int, ...],
    targets: Iterable[dict[str, float]] = ({}, {}),
    **more: Any,
) -> Iterator[Cell]:
    """A cell for float32 and one for float64, each with its targets."""
    for dtype, wanted in zip(BOTH, targets, strict=True):
        yield Cell(function=function, dtype=dtype, shape=shape, targets=wanted, **more)


def single(
    function: str, shape: tuple[int, ...], targets: Mapping[str, float] | None = None, **more: Any
) -> Cell:
    """A loss on much float32, against those that have it."""
    return Cell(
        function=function,
        dtype="float32",
        shape=shape,
        targets=targets or {},
        rivals=WITH_LOSSES,
        **more,
    )


def both(best: float) -> tuple[dict[str, float], dict[str, float]]:
    """The same least ratio to the best peer for both types."""
    return {"best": best}, {"best": best}


# One call on a handful of numbers: what the call itself costs.
CALLS = (
    *pair("logsumexp", SMALL, ({"logaddexp": 3.0, "scipy": 200.0},) * 2, ceiling=0.4e-6),
    *pair("softmax", SMALL, ({"torch": 4.0},) * 2, ceiling=0.5e-6),
    *pair("log_softmax", SMALL, ceiling=0.5e-6),
)

SMALL_ROWS = (
    *pair("logsumexp", ROWS_OF_TEN, ({"best": 2.8}, {"best": 2.2})),
    *pair("softmax", ROWS_OF_TEN, both(2.0)),
    *pair("log_softmax", ROWS_OF_TEN, both(2.0)),
)

REDUCTIONS = (
    *pair("logsumexp", CLASSES, ({"best": 3.3}, {"best": 3.4})),
    *pair("logsumexp", CLASSES, ({"best": 3.7}, {"best": 2.6}), axis=0),
    *pair("logsumexp", MIDDLE, axis=1),
    *pair("logsumexp", LONG_ROWS, ({"best": 5.0}, {"best": 8.0}), rivals=READ),
    *pair(
        "logsumexp",
        VOCABULARY,
        ({"best": 3.2, "read": 0.85}, {"best": 8.0, "read": 0.94}),
        rivals=READ,
    ),
)

SHARES = (
    *pair("softmax", CLASSES),
    *pair("log_softmax", CLASSES),
    *pair("softmax", CLASSES, axis=0),
    *pair("log_softmax", CLASSES, axis=0),
    *pair("softmax", VOCABULARY, ({"best": 1.5}, {"best": 1.6}), out=True, rivals=MAP),
    *pair("softmax", VOCABULARY, both(3.0), rivals=MAP),
    *pair("log_softmax", VOCABULARY, ({"best": 1.3}, {"best": 1.5}), out=True, rivals=MAP),
)

# Our own function on bent input, against itself on plain input: no slower than twice.
HALF = ({"plain": 0.5}, {"plain": 0.5})
BENT = (
    *(
        cell
        for form in ("strided", "swapped", "where", "weighted", "tempered")
        for cell in pair("logsumexp", CLASSES, HALF, form=form, rivals=("plain",))
    ),
    *(
        cell
        for form in ("strided", "swapped", "where", "tempered")
        for cell in pair("softmax", CLASSES, HALF, form=form, rivals=("plain",))
    ),
    *(
        cell
        for form in ("strided", "swapped", "tempered")
        for cell in pair("cross_entropy", CLASSES, HALF, form=form, grad=True, rivals=("plain",))
    ),
)

# Two bytes an element instead of four: no slower than float32.
NARROW = tuple(
    Cell(function=function, dtype=dtype, shape=CLASSES, rivals=("plain",), targets={"plain": 1.0})
    for function in ("logsumexp", *MAPS, "cross_entropy")
    for dtype in ("float16", "bfloat16")
)

# Rows that make the work harder: the first guess of the scale fails, or the result is near 0.
HARD = (
    *pair("logsumexp", CLASSES, form="offset", rivals=("plain", *GENERAL)),
    *pair("softmax", CLASSES, form="offset", rivals=("plain", *GENERAL)),
    *pair(
        "logsumexp",
        ROWS_OF_TEN,
        ({}, {"plain": 0.25}),
        form="normalised",
        rivals=("plain", *GENERAL),
    ),
    *pair("logsumexp", CLASSES, form="normalised", rivals=("plain", *GENERAL)),
)

# Losses, by themselves and with their gradient: the mean is timed, rows and gradient are checked too.
ENTROPIES = (
    *pair("cross_entropy", ROWS_OF_TEN, both(2.0), rivals=WITH_LOSSES),
    *pair("cross_entropy", ROWS_OF_TEN, both(2.0), grad=True, rivals=WITH_LOSSES),
    *pair("cross_entropy", CLASSES, rivals=WITH_LOSSES),
    *(
        cell
        for out in (False, True)
        for cell in pair(
            "cross_entropy",
            CLASSES,
            ({"best": 10.0}, {}),
            grad=True,
            out=out,
            rivals=LOSSES_AND_MAP,
        )
    ),
    *(
        single("cross_entropy", CLASSES, {"best": 1.0}, form=form, grad=grad)
        for form in ("smoothed", "probable")
        for grad in (False, True)
    ),
    single("cross_entropy", VOCABULARY, {"best": 2.5}),
    single("cross_entropy", VOCABULARY, {"best": 3.6}, grad=True),
    single("cross_entropy", VOCABULARY, {"best": 3.6}, grad=True, out=True),
)

LOGISTIC = (
    single("logistic_loss", ELEMENTS, {"best": 3.5}),
    single("logistic_loss", ELEMENTS, {"best": 2.8}, grad=True),
    single("logistic_loss", ELEMENTS, {"best": 2.8}, grad=True, out=True),
)


def lifted(count: int) -> Cell:
    """The lifted structured loss of so many embeddings, its time and its memory."""
    return Cell(
        function="lifted_structured_loss",
        dtype="float32",
        shape=(count, 64),
        grad=True,
        rivals=("metric_learning",),
        targets={"metric_learning": 20.0},
        memory=0.05,
    )


CELLS = (
    *CALLS,
    *SMALL_ROWS,
    *REDUCTIONS,
    *SHARES,
    *BENT,
    *NARROW,
    *HARD,
    *ENTROPIES,
    *LOGISTIC,
    lifted(128),
)

# Only when asked for: one call of the peer takes minutes, and all of a machine's memory.
SLOW = (lifted(512),)

# The lines that the README shows.
README = (
    "logsumexp float64 8",
    "logsumexp float32 1000x10",
    "logsumexp float32 8192x1000",
    "logsumexp float64 8192x1000",
    "logsumexp float32 8192x1000 axis 0",
    "softmax float32 4096x32000 out=",
)
