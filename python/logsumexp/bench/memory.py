"""The memory that one call takes beyond its input: its result, and whatever it needs on the way.

A process of its own for every contestant, which computes a small cell first (so that what is loaded on the
first call does not count), then makes the input, sets back the system's high-water mark, and calls once.
Linux only: elsewhere the mark cannot be set back, and nothing is said.
"""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import logsumexp as lse
from logsumexp.bench import ours, rivals
from logsumexp.bench.cells import Cell
from logsumexp.bench.data import inputs

__all__ = ["peak"]

_STATUS, _MARK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak(cell: Cell, name: str, threads: int) -> int | None:
    """Bytes that a contestant's call takes at its peak; None where the system does not tell.

    Parameters
    ----------
    cell : Cell
        What is computed.
    name : str
        ``ours``, or the name of a peer.
    threads : int
        How many we use, and the peers that can be told.
    """
    if not _MARK.exists():
        return None
    question = {
        "cell": {
            key: value for key, value in vars(cell).items() if key not in ("targets", "rivals")
        },
        "name": name,
        "threads": threads,
    }
    process = subprocess.run(  # noqa: S603 - this very module
        [sys.executable, "-m", __name__],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(process.stdout.split()[-1])


def _measured(cell: Cell, name: str, threads: int) -> int:
    contestant: Any = (ours if name == "ours" else rivals.load(name)).contestant
    lse.set_num_threads(threads)
    small = replace(cell, shape=(min(16, cell.shape[0]), *cell.shape[1:]))
    contestant(small, inputs(small), threads)()
    call = contestant(cell, inputs(cell), threads)
    before = _read("VmRSS")
    _MARK.write_text("5", encoding="ascii")
    # Kept, so that the result is counted by everyone.
    result = call()
    after = _read("VmHWM")
    del result
    return max(0, after - before)


def _read(field: str) -> int:
    """A field of the process's status, in bytes."""
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {field}")


def _main() -> None:
    question = json.load(sys.stdin)
    cell = question["cell"] | {"shape": tuple(question["cell"]["shape"])}
    print(_measured(Cell(**cell), question["name"], question["threads"]))


if __name__ == "__main__":
    _main()
