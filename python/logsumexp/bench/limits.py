"""What the memory allows, measured in the same run as everything else.

    read   one pass over an array: the floor of every reduction
    map    one pass that reads one array and writes another: the floor of softmax into `out=`

NumPy's int64 sum and float negation run at the speed of DRAM from one or two threads on arrays of 32 MiB
and more, and release the interpreter lock while they do.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from logsumexp.bench.timing import Contestant, Times, take_turns

__all__ = ["mapper", "measure", "reader"]

MIB = 1 << 20


def reader(x: NDArray[Any], threads: int) -> Callable[[], object]:
    """One pass over the memory of `x`, as a call to be timed."""
    words = x.reshape(-1).view(np.uint8)
    words = words[: words.size // 8 * 8].view(np.int64)
    split = _splitter(np.add.reduce, threads)
    return lambda: split(words)


def mapper(x: NDArray[Any], out: NDArray[Any] | None, threads: int) -> Callable[[], object]:
    """One pass that reads `x` and writes as much, into new memory where there is no `out`; as a call."""
    flat, split = x.reshape(-1), _splitter(np.negative, threads)
    return lambda: split(flat, (np.empty_like(x) if out is None else out).reshape(-1))


def _splitter(work: Callable[..., Any], threads: int) -> Callable[..., object]:
    """`work` on `threads` equal pieces of arrays of one axis at once."""
    if threads == 1:
        return work
    pool = ThreadPoolExecutor(threads)

    def call(*arrays: NDArray[Any]) -> None:
        cuts = np.linspace(0, arrays[0].size, threads + 1).astype(int)
        pieces = ([array[a:b] for array in arrays] for a, b in pairwise(cuts))
        for job in [pool.submit(work, *piece) for piece in pieces]:
            job.result()

    return call


def measure(threads: int, mebibytes: int = 256, seconds: float = 1.0) -> dict[str, Any]:
    """Bytes per second of `read` and `map`, with one thread and with `threads`."""
    x = np.ones(mebibytes * MIB // 4, np.float32)
    y = np.empty_like(x)
    contestants = []
    for count in sorted({1, threads}):
        contestants.append(Contestant(f"read {count}", reader(x, count)))
        contestants.append(Contestant(f"map {count}", mapper(x, y, count)))
    times = take_turns(contestants, seconds=seconds)
    return {name: _rate(name, found, x.nbytes) for name, found in times.items()}


def _rate(name: str, times: Times, size: int) -> dict[str, float]:
    moved = size * (2 if name.startswith("map") else 1)
    return {
        "bytes_per_second": moved / times.median,
        "low": moved / times.high,
        "high": moved / times.low,
    }
