"""The rows of the reference tables, by name: what peers get wrong, and each danger at several sizes.

Random numbers come from `random.Random`, whose sequence is fixed by its documentation; every number
is rounded to the type of the table before anything is computed from it.
"""

import math
from collections.abc import Iterator
from random import Random

import numpy as np

from tables.reference import Case, write_row

INF = math.inf
SIZES = [
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    15,
    16,
    17,
    31,
    33,
    63,
    64,
    65,
    127,
    129,
    511,
    513,
    1000,
    1025,
    4097,
    5000,
]
TEMPERATURES = [0.1, 0.5, 3.0, 1e-3, 1e3]

# Rows that SciPy, torch, JAX or NumPy get wrong, all of them or most.
WRONG_ELSEWHERE = {
    "two halves": [math.log(0.5)] * 2,
    "small loss": [0.0, -40.0],
    "seven at -600": [-600.0] * 7 + [0.0],
    "confident pair": [20.0, 0.0],
    "confident ten": [12.0] + [0.0] * 9,
    "offset 1e5": [1e5, 1e5 - 1, 1e5 - 2, 1e5 - 3],
    "share of 1e-44": [0.0, -100.0],
    "softplus 20.0001": [0.0, 20.0001],
    "bytes": [255.0, 0.0],
    "half absent": [0.0, -INF],
    "huge pair": [1000.0, 1000.0],
    "log-matmul entry": [0.0 - 800.0, -800.0 + 0.0],
}

OFFSETS = {
    "float32": [1e5, -1e5, 1e10, 3e38, -3e38],
    "float64": [1e5, -1e5, 1e15, 1e300, -1e300, 1.7e308],
}
SUBNORMAL_GAPS = {
    "float32": [87, 90, 95, 100, 103, 103.9, 104.5],
    "float64": [708, 715, 730, 744, 745, 745.2],
}

WEIGHTS = {
    "cancel, one left": ([1000.0, 1000.0, 999.0], [1.0, -1.0, 1.0]),
    "cancel 1e20, order 1": ([math.log(1e20), math.log(1.1), math.log(1e20)], [1.0, 1.0, -1.0]),
    "cancel 1e20, order 2": ([math.log(1e20), math.log(1e20), math.log(1.1)], [1.0, -1.0, 1.0]),
    "cancel 1e20, order 3": ([math.log(1.1), math.log(1e20), math.log(1e20)], [1.0, 1.0, -1.0]),
    "nearly equal": ([1e-20, 0.0], [1.0, -1.0]),
    "nothing left": ([3.0, 3.0], [2.0, -2.0]),
    "zero weight": ([5.0, 10000.0], [1.0, 0.0]),
    "all weights zero": ([5.0, 6.0], [0.0, 0.0]),
    "negative total": ([1.0, 1.0, 1.0], [1.0, -1.0, -1.0]),
    "small loss": ([0.0, -40.0], [1.0, 1.0]),
    "weight hides the maximum": ([80.0, 79.0], [1e-38, 1.0]),
}
WEIGHTS_FLOAT64 = {
    "weight of 1e-310": ([1000.0, 999.0], [1e-310, 1.0]),
    "weights at both ends": ([700.0, -700.0, 0.0], [1e-308, 1e308, 1.0]),
    "smallest weight": ([0.0], [5e-324]),
    "one plus one ulp": ([0.0, 0.0], [0.5, 0.5000000000000001]),
}


def rows(dtype: str, rng: Random) -> Iterator[Case]:
    """Every case of one table: {"name", "x"} and a temperature where it is not 1."""
    for name, x in WRONG_ELSEWHERE.items():
        yield _case(name, x, dtype)
    for size in SIZES:
        for name, x in _sized(size, rng):
            yield _case(f"{name}, n = {size}", x, dtype)
    for offset in OFFSETS[dtype]:
        yield _case(f"at {offset:g}", [offset, offset * (1 - 1e-7), offset - 1, offset / 2], dtype)
        yield _case(f"0 and {offset:g}", [0.0, offset], dtype)
        yield _case(f"+-{offset:g}", [offset, -offset], dtype)
    for gap in SUBNORMAL_GAPS[dtype]:
        yield _case(f"subnormal, gap {gap:g}", [0.25, 0.0 - gap, -gap, -gap - 0.5], dtype)
        yield _case(f"subnormal result, gap {gap:g}", [0.0, -gap], dtype)
    for temperature in TEMPERATURES:
        for size in (1, 2, 3, 10, 65):
            x = [rng.gauss(0, 5) for _ in range(size)]
            yield _case(f"temperature, n = {size}", x, dtype, temperature)
            near = [temperature * math.log(p) for p in _probabilities(size, rng)]
            yield _case(f"temperature near zero, n = {size}", near, dtype, temperature)


def weights(dtype: str, rng: Random) -> Iterator[Case]:
    """Every weighted case of one table: {"name", "a", "b"}."""
    named = WEIGHTS | (WEIGHTS_FLOAT64 if dtype == "float64" else {})
    for name, (a, b) in named.items():
        yield {"name": name, "a": _text(a, dtype), "b": _text(b, dtype)}
    for size in (1, 2, 3, 5, 17, 64, 129):
        for name, draw in (
            ("positive", lambda: rng.expovariate(1)),
            ("signed", lambda: rng.gauss(0, 1)),
        ):
            a, b = [rng.gauss(0, 4) for _ in range(size)], [draw() for _ in range(size)]
            yield {"name": f"{name}, n = {size}", "a": _text(a, dtype), "b": _text(b, dtype)}
    for size in (2, 5, 20):
        a = [x for _ in range(size) for x in [rng.gauss(0, 4)] * 2]
        b = [1.0, -1.0] * size
        a[0] += 1e-5
        yield {"name": f"pairs, n = {2 * size}", "a": _text(a, dtype), "b": _text(b, dtype)}


def _sized(size: int, rng: Random) -> Iterator[tuple[str, list[float]]]:
    """The dangers that any row may hold; long rows of few values, so that the table stays small."""
    distinct = min(size, 40)
    counts = [size // distinct + (index < size % distinct) for index in range(distinct)]

    def spread(values: list[float]) -> list[float]:
        return [x for x, count in zip(values, counts, strict=True) for _ in range(count)]

    yield "normal", spread([rng.gauss(0, 1) for _ in counts])
    yield "wide", spread([rng.gauss(0, 40) for _ in counts])
    yield "confident", spread([30.0, *(rng.gauss(0, 3) for _ in counts[1:])])
    yield "equal", [rng.gauss(0, 1)] * size
    if size > 1:
        total = sum(count * math.exp(-index) for index, count in enumerate(counts))
        near = [-index - math.log(total) for index in range(distinct)]
        yield "log-probabilities", spread(near)
        yield "small loss", [0.0] + [-rng.uniform(30, 80)] * (size - 1)
        yield "absent", spread([-INF, *(rng.gauss(0, 3) for _ in counts[1:])])


def _probabilities(size: int, rng: Random) -> list[float]:
    parts = [rng.expovariate(1) for _ in range(size)]
    return [part / sum(parts) for part in parts]


def _case(name: str, x: list[float], dtype: str, temperature: float | None = None) -> Case:
    case = {"name": name, "x": _text(x, dtype)}
    return case if temperature is None else case | {"temperature": temperature}


def _text(x: list[float], dtype: str) -> str:
    return write_row(np.array(x, dtype))
