"""Run cells: first the answers, then the times.

Our answer must be within the budget that the package promises, or the cell fails and is not timed. A
rival's error is shown beside its time; one that is far off (or nan, or inf) is called wrong and is not
timed, for its time says nothing.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

import logsumexp as lse
from logsumexp.bench import limits, machine, memory, ours, record, reference, rivals
from logsumexp.bench.cells import Cell
from logsumexp.bench.data import ALIKE, Inputs, inputs
from logsumexp.bench.reference import Exact, far_off, ulps
from logsumexp.bench.timing import Contestant, take_turns

__all__ = ["run"]

# What the package promises, in ulp; narrow types are rounded once from a wider result.
BUDGET = {
    ("logsumexp", "float32"): 1.0,
    ("logsumexp", "float64"): 1.0,
    ("softmax", "float32"): 1.0,
    ("softmax", "float64"): 2.0,
    ("log_softmax", "float32"): 1.0,
    ("log_softmax", "float64"): 2.0,
    ("cross_entropy", "float32"): 1.0,
    ("cross_entropy", "float64"): 2.0,
    ("logistic_loss", "float32"): 1.0,
    ("logistic_loss", "float64"): 2.0,
    ("lifted_structured_loss", "float32"): 1.0,
}
NARROW_BUDGET = 0.501
BY_ROWS = ("cross_entropy", "logistic_loss")  # losses that can be asked of every row

MEMORY_FACTOR = 8  # times the input: its copies, the results, the rivals' temporaries
PAIRS_FACTOR = 6  # times a float for every pair of pairs, which pytorch-metric-learning makes


def run(
    cells: Iterable[Cell],
    *,
    only: Iterable[str] | None = None,
    seconds: float = 1.0,
    timed: bool = True,
    command: str = "",
    progress: Callable[[str], object] = lambda line: None,
) -> record.Record:
    """Check, then time, the cells.

    Parameters
    ----------
    cells : iterable of Cell
        What to measure.
    only : iterable of str, optional
        The rivals to time; by default every one that is installed.
    seconds : float
        How long each contestant of a cell is timed, about.
    timed : bool
        False checks the answers and times nothing.
    command : str
        What the user typed: kept in the record.
    progress : callable
        Told the name of each cell as it starts.

    Returns
    -------
    Record
        Times, errors, ratios, limits, machine and versions.
    """
    present = rivals.installed()
    chosen = present if only is None else tuple(only)
    if absent := [name for name in chosen if name not in present]:
        raise ValueError(f"`rival` is {absent[0]!r}: not installed, here are {', '.join(present)}")
    found = record.new(command, chosen, timed)
    threads = lse.get_num_threads()
    if timed:
        progress("limits of the memory")
        found.limits = limits.measure(threads, seconds=min(1.0, seconds))
    known = _Known()
    for cell in cells:
        progress(cell.name)
        found.cells.append(_cell(cell, chosen, threads, seconds if timed else None, known))
    return found


class _Known:
    """What is known of the latest input: neighbouring cells often differ in the function alone."""

    def __init__(self) -> None:
        self.key: Any = None
        self.about: Any = None

    def answers(self, cell: Cell, given: Inputs) -> tuple[Exact, ...]:
        kind = cell.function if given.targets is not None else "rows"
        key = (kind, cell.dtype, cell.shape, cell.axis, cell.form)
        if key != self.key:
            self.about, self.key = reference.known(cell, given), key
        return reference.answers(cell, self.about)


def _cell(
    cell: Cell, chosen: tuple[str, ...], threads: int, seconds: float | None, known: _Known
) -> dict[str, Any]:
    found: dict[str, Any] = {"name": cell.name, "cell": record.plain(cell), "rows": {}}
    free, needed = machine.available_memory(), _needed(cell, chosen)
    if free is not None and free < needed:
        return found | {"skipped": f"needs {needed >> 20} MiB, {free >> 20} are free"}
    try:
        given = inputs(cell)
    except ImportError as error:
        return found | {"skipped": str(error)}
    answers = known.answers(cell, given)
    field = []
    for name in ("ours", *cell.rivals):
        if name in rivals.PEERS and name not in chosen:
            continue
        contestant = _contestant(name, cell, given, threads, answers, found["rows"])
        if contestant is not None:
            field.append(contestant)
        if name == "ours":
            ulp = found["rows"]["ours"].get("ulp")
            budget = BUDGET.get((cell.function, cell.dtype), NARROW_BUDGET)
            if ulp is None or ulp > budget:
                ulp = float("inf") if ulp is None else ulp
                return found | {"failed": f"our error is {ulp:.3g} ulp, the budget is {budget:g}"}
    if seconds is not None:
        for name, times in take_turns(field, seconds=seconds).items():
            found["rows"][name]["seconds"] = times.as_dict()
        if cell.memory is not None:
            for contestant in field:
                taken = memory.peak(cell, contestant.name, threads)
                if taken is not None:
                    found["rows"][contestant.name]["bytes"] = taken
        record.compare(cell, found)
    return found


def _needed(cell: Cell, chosen: tuple[str, ...]) -> int:
    """Bytes that the contestants may need."""
    size = np.dtype("f8" if cell.dtype == "float64" else "f4").itemsize
    if "metric_learning" in cell.rivals and "metric_learning" in chosen:
        count = cell.shape[0]
        return PAIRS_FACTOR * size * count * (ALIKE - 1) * count * (count - ALIKE)
    return MEMORY_FACTOR * size * cell.elements


def _contestant(
    name: str,
    cell: Cell,
    given: Inputs,
    threads: int,
    answers: tuple[Exact, ...],
    rows: dict[str, Any],
) -> Contestant | None:
    """Who is to be timed, the answer checked and its error noted; None who is not."""
    rows[name] = {}
    if name == "read":
        return Contestant(name, limits.reader(given.x, threads))
    if name == "map":
        return Contestant(name, limits.mapper(given.x, given.out, threads))
    if name == "plain":
        wide = cell.dtype if cell.dtype == "float64" else "float32"
        plain = replace(cell, dtype=wide, form="plain", out=False)
        return Contestant(name, ours.contestant(plain, inputs(plain), threads))
    peer: Any = ours if name == "ours" else rivals.load(name)
    make: Callable[[Cell], Any] = partial(peer.contestant, given=given, threads=threads)
    call = make(cell)
    if call is None:
        del rows[name]
        return None
    with np.errstate(all="ignore"):
        start = time.perf_counter()
        result = call()
        took = time.perf_counter() - start
        parts = _parts(peer.answer(result))
        if cell.function in BY_ROWS and not cell.grad:
            # A mean says little: the errors of its rows cancel.
            parts = (*parts, *_parts(peer.answer(make(replace(cell, reduction="none"))())))
    ulp = max(ulps(*pair, cell.dtype) for pair in zip(parts, answers, strict=True))
    if not isfinite(ulp) or (name != "ours" and any(map(far_off, parts, answers))):
        rows[name] = {"ulp": None, "wrong": True}
        return None
    rows[name] = {"ulp": ulp}
    return Contestant(name, call, took)


def _parts(result: Any) -> tuple[NDArray[Any], ...]:
    """A result as a tuple of arrays."""
    return result if isinstance(result, tuple) else (result,)
