"""Run cells: first the answers, then the times.

Our answer must be within the budget that the package promises, or the cell fails and is not timed. A
rival's error is shown beside its time; one that is far off (or nan, or inf) is called wrong and is not
timed, for its time says nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from math import isfinite
from typing import Any

import numpy as np

import logsumexp as lse
from logsumexp.bench import limits, machine, record, rivals
from logsumexp.bench.cells import Cell
from logsumexp.bench.data import Inputs, inputs
from logsumexp.bench.reference import Exact, Sample, exact, sample, ulps
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
}
NARROW_BUDGET = 0.501

FAR_OFF = 1e-3  # of the larger of 1 and the exact answer
MEMORY_FACTOR = 8  # times the input: its copies, the results, the rivals' temporaries


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
    rows = _Rows()
    for cell in cells:
        progress(cell.name)
        found.cells.append(_cell(cell, chosen, threads, seconds if timed else None, rows))
    return found


class _Rows:
    """The exact rows of the latest input: neighbouring cells often differ in the function alone."""

    def __init__(self) -> None:
        self.key: Any = None
        self.rows: Sample = {}

    def answers(self, cell: Cell, given: Inputs) -> Exact:
        key = (cell.dtype, cell.shape, cell.axis, cell.form)
        if key != self.key:
            self.rows, self.key = sample(cell, given), key
        return exact(cell, self.rows)


def _cell(
    cell: Cell, chosen: tuple[str, ...], threads: int, seconds: float | None, rows: _Rows
) -> dict[str, Any]:
    found: dict[str, Any] = {"name": cell.name, "cell": record.plain(cell), "rows": {}}
    size = cell.elements * np.dtype("f8" if cell.dtype == "float64" else "f4").itemsize
    free = machine.available_memory()
    if free is not None and free < MEMORY_FACTOR * size:
        return found | {"skipped": f"needs {MEMORY_FACTOR * size >> 20} MiB, {free >> 20} are free"}
    try:
        given = inputs(cell)
    except ImportError as error:
        return found | {"skipped": str(error)}
    answers = rows.answers(cell, given)
    ours = partial(getattr(lse, cell.function), given.x, axis=cell.axis, **given.keywords)
    if given.out is not None:
        ours = partial(ours, out=given.out)
    ulp = ulps(np.asarray(ours()), answers, cell.dtype)
    found["rows"]["ours"] = {"ulp": ulp} if isfinite(ulp) else {"ulp": None, "wrong": True}
    budget = BUDGET.get((cell.function, cell.dtype), NARROW_BUDGET)
    if not ulp <= budget:
        return found | {"failed": f"our error is {ulp:.3g} ulp, the budget is {budget:g}"}
    field = [Contestant("ours", ours)]
    for name in cell.rivals:
        if name in rivals.PEERS and name not in chosen:
            continue
        call = _rival(name, cell, given, threads, answers, found["rows"])
        if call is not None:
            field.append(Contestant(name, call))
    if seconds is not None:
        for name, times in take_turns(field, seconds=seconds).items():
            found["rows"][name]["seconds"] = times.as_dict()
        record.compare(cell, found)
    return found


def _rival(
    name: str, cell: Cell, given: Inputs, threads: int, answers: Exact, rows: dict[str, Any]
) -> Callable[[], Any] | None:
    """A rival's call, its answer checked, or None when it is not to be timed."""
    if name == "read":
        rows[name] = {}
        return limits.reader(given.x, threads)
    if name == "plain":
        rows[name] = {}
        wide = cell.dtype if cell.dtype == "float64" else "float32"
        plain = inputs(replace(cell, dtype=wide, form="plain", out=False))
        return partial(getattr(lse, cell.function), plain.x, axis=cell.axis)
    peer = rivals.load(name)
    call: Callable[[], Any] | None = peer.contestant(cell, given, threads)
    if call is None:
        return None
    with np.errstate(all="ignore"):
        result = peer.answer(call())
    rows[name] = {"ulp": ulps(result, answers, cell.dtype)}
    got = result.reshape(-1)[answers.positions].astype(np.float64)
    wanted = np.array([float(value) for value in answers.values])
    near = np.abs(got - wanted) <= FAR_OFF * np.maximum(1, np.abs(wanted))
    if not (isfinite(rows[name]["ulp"]) and near.all()):
        rows[name] = {"ulp": None, "wrong": True}
        return None
    return call
