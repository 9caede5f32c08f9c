"""A record: what was measured, where, when, with which versions, by which command. Kept as JSON."""

import contextlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import logsumexp as lse
from logsumexp.bench import machine, rivals
from logsumexp.bench.cells import Cell

__all__ = ["Record", "compare", "load", "new", "plain", "save"]

LIMITS = ("map", "read")


@dataclass
class Record:
    """One run.

    `cells` holds a dict per cell: ``name``, ``cell`` (its definition), ``rows`` (contestant to ``ulp``,
    ``seconds``, and ``bytes`` where memory is asked for), ``ratios`` (rival to time(rival) / time(ours)),
    ``missed`` (the targets that were not reached), ``beyond`` (those of them that ask for more than the
    memory gave in the same minutes), or ``skipped`` or ``failed`` with the reason.
    """

    command: str
    date: str
    machine: dict[str, Any]
    versions: dict[str, str]
    threads: int
    config: str
    timed: bool
    limits: dict[str, Any] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)

    @property
    def failures(self) -> list[str]:
        """The cells whose answer was outside its budget, with the reason."""
        return [f"{cell['name']}: {cell['failed']}" for cell in self.cells if "failed" in cell]


def new(command: str, chosen: tuple[str, ...], timed: bool) -> Record:
    """An empty record of this machine, now."""
    versions = {"logsumexp": lse.__version__, "numpy": np.__version__} | rivals.versions(chosen)
    return Record(
        command=command,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=machine.describe(),
        versions=dict(sorted(versions.items())),
        threads=lse.get_num_threads(),
        config=_config(),
        timed=timed,
    )


def _config() -> str:
    """What show_config says, whether it prints or returns it."""
    printed = io.StringIO()
    show: Any = lse.show_config
    with contextlib.redirect_stdout(printed):
        returned = show()
    return printed.getvalue().strip() or ("" if returned is None else str(returned))


def plain(cell: Cell) -> dict[str, Any]:
    """A cell as JSON can hold it."""
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in vars(cell).items()
    }


def compare(cell: Cell, found: dict[str, Any]) -> None:
    """Add the ratios to a timed cell, and which targets it missed."""
    timed = {name: row["seconds"] for name, row in found["rows"].items() if "seconds" in row}
    ours = timed.pop("ours")["median"]
    ratios = {name: seconds["ratio"] for name, seconds in timed.items()}
    if peers := [ratio for name, ratio in ratios.items() if name in rivals.LIBRARIES]:
        ratios["best"] = min(peers)
    found["ratios"] = ratios
    found["missed"], found["beyond"] = _judge(cell, ratios, timed)
    if cell.ceiling is not None and ours > cell.ceiling:
        found["missed"].append(f"{ours * 1e6:.2f} us, wanted {cell.ceiling * 1e6:g} us")
    taken = {name: row["bytes"] for name, row in found["rows"].items() if "bytes" in row}
    if cell.memory is not None and len(taken) > 1:
        part = taken.pop("ours") / max(1, min(taken.values()))
        if part > cell.memory:
            found["missed"].append(
                f"memory {part:.1%} of the leanest peer's, wanted {cell.memory:.1%}"
            )


def _judge(
    cell: Cell, ratios: dict[str, float], timed: dict[str, dict[str, float]]
) -> tuple[list[str], list[str]]:
    """The ratios that are missed, and those of them that the memory does not let anyone reach."""
    # What must be read (and written) anyway takes this part of our time, in the quicker quarter of its samples
    limit = next((name for name in LIMITS if name in timed), None)
    least = ratios[limit] * timed[limit]["low"] / timed[limit]["median"] if limit else 0.0
    missed, beyond = [], []
    for name, wanted in cell.targets.items():
        if name not in ratios or ratios[name] >= wanted:
            continue
        words = f"{name} {ratios[name]:.2f}x, wanted {wanted:g}x"
        if name != limit and ratios[name] / wanted < least:
            beyond.append(f"{words}; {limit} alone is {ratios[name] / least:.2f}x")
        else:
            missed.append(words)
    return missed, beyond


def save(record: Record, path: str | Path) -> None:
    """Write a record as JSON."""
    Path(path).write_text(
        json.dumps(asdict(record), indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )


def load(path: str | Path) -> Record:
    """Read what :func:`save` wrote."""
    return Record(**json.loads(Path(path).read_text(encoding="utf-8")))
