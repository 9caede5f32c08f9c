"""Wrong answers are not timed, targets can be missed, records come back as they were."""

import re
from dataclasses import asdict, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import logsumexp as lse
from bench.cells import CELLS, README, SLOW
from bench.table import BLOCK, block
from logsumexp.bench import SHORT, Cell, lines, load, markdown, run, save
from logsumexp.bench.data import inputs
from logsumexp.bench.memory import peak
from logsumexp.bench.record import compare
from logsumexp.bench.timing import Contestant, take_turns

CELL = Cell(
    function="logsumexp", dtype="float64", shape=(20, 10), rivals=("numpy", "plain", "read")
)


@pytest.fixture(scope="module")
def record():
    cells = [
        replace(CELL, targets={"numpy": 1e-9}),
        replace(CELL, targets={"best": 1e9}, ceiling=1e-12),
        replace(CELL, form="offset"),
        replace(CELL, function="softmax", out=True),
    ]
    return run(cells, only=["numpy"], seconds=0.02, command="a test")


def test_times_errors_and_ratios(record):
    rows = record.cells[0]["rows"]
    assert set(rows) == {"ours", "numpy", "plain", "read"}
    assert all(row["seconds"]["low"] <= row["seconds"]["high"] for row in rows.values())
    assert rows["ours"]["ulp"] <= 1
    assert set(record.cells[0]["ratios"]) == {"numpy", "plain", "read", "best"}
    assert record.limits["read 1"]["bytes_per_second"] > 1e8
    assert not record.failures


def test_targets_reached_and_missed(record):
    assert record.cells[0]["missed"] == []
    # Nothing reads its input a thousand million times as fast as NumPy computes
    assert len(record.cells[1]["missed"]) == len(record.cells[1]["beyond"]) == 1
    text = "\n".join(lines(record))
    assert "reached: numpy" in text
    assert "MISSED: " in text
    assert "BEYOND this memory: best" in text


def test_wrong_rival_is_not_timed(record):
    naive = record.cells[2]["rows"]["numpy"]
    assert naive == {"ulp": None, "wrong": True}
    assert "wrong" in markdown(record, [record.cells[2]["name"]])


def test_our_wrong_answer_fails(monkeypatch):
    monkeypatch.setattr(lse, "logsumexp", lambda x, axis: np.log(np.exp(x).sum(axis)) + 1e-12)
    found = run([CELL], only=["numpy"], timed=False)
    assert len(found.failures) == 1
    assert "failed: our error" in "\n".join(lines(found))


LOSS = replace(CELL, function="cross_entropy", dtype="float32", rivals=("numpy",))


@pytest.mark.parametrize("grad", [False, True])
def test_our_wrong_loss_fails(monkeypatch, grad):
    """A mean that is right hides neither a wrong row nor a wrong entry of the gradient."""
    right = lse.cross_entropy

    def wrong(x, targets, *, reduction="mean", **keywords):
        found = right(x, targets, reduction=reduction, **keywords)
        if reduction == "none":
            found[0] += 1e-5
        if grad:
            found[1][0, 0] += 1e-5
        return found

    cell = replace(LOSS, grad=grad)
    assert not run([cell], only=["numpy"], timed=False).failures
    monkeypatch.setattr(lse, "cross_entropy", wrong)
    assert len(run([cell], only=["numpy"], timed=False).failures) == 1


def test_no_memory_skips(monkeypatch):
    monkeypatch.setattr("logsumexp.bench.machine.available_memory", lambda: 1000)
    found = run([CELL], only=["numpy"], timed=False)
    assert "needs" in found.cells[0]["skipped"]


def test_memory_of_a_call():
    if not Path("/proc/self/clear_refs").exists():
        pytest.skip("only Linux tells the peak of one call")
    cell = Cell(function="softmax", dtype="float64", shape=(1024, 1024), rivals=("numpy",))
    ours, theirs = (peak(cell, name, 1) for name in ("ours", "numpy"))
    # The result is 8 MiB; the formula holds the exponentials as well.
    assert 7 << 20 < ours < 12 << 20
    assert 15 << 20 < theirs < 20 << 20
    found = run([replace(cell, memory=0.01)], only=["numpy"], seconds=0.02)
    assert "memory" in found.cells[0]["missed"][-1]
    assert re.search(r" (?:[789]|1[01])\.\d+ MiB", "\n".join(lines(found)))


def test_unknown_rival():
    with pytest.raises(ValueError, match="`rival` is 'abacus'"):
        run([CELL], only=["abacus"])


def test_record_comes_back(record, tmp_path):
    save(record, tmp_path / "record.json")
    again = load(tmp_path / "record.json")
    save(again, tmp_path / "again.json")
    assert (tmp_path / "record.json").read_text() == (tmp_path / "again.json").read_text()
    assert list(lines(again)) == list(lines(record))
    assert asdict(again)["command"] == "a test"


def test_page_block_is_found_again(record, monkeypatch):
    monkeypatch.setattr("bench.table.README", (record.cells[0]["name"],))
    assert BLOCK.search(f"before\n{block(record, 'r.json')}\nafter").group(1) == "r.json"


def test_turns_are_shared_out():
    order = []
    field = [Contestant(name, lambda name=name: order.append(name)) for name in "ab"]
    times = take_turns(field, seconds=0.05)
    assert set(times) == {"a", "b"}
    assert min(found.samples for found in times.values()) >= 3
    runs = sum(1 for one, two in pairwise(order) if one != two)
    assert runs >= 3, "each contestant's samples came in one lump"


class Clock:
    """A machine whose speed changes by half every tenth of a second, and nothing else."""

    now = 0.0

    def perf_counter(self) -> float:
        return self.now

    def spend(self, seconds: float) -> None:
        self.now += seconds * (1 + int(self.now * 10) % 2)


def test_ratios_do_not_see_the_speed_of_the_machine(monkeypatch):
    clock = Clock()
    monkeypatch.setattr("logsumexp.bench.timing.time", clock)
    field = [
        Contestant("one", lambda: clock.spend(1e-3)),
        Contestant("two", lambda: clock.spend(2e-3)),
    ]
    times = take_turns(field, seconds=0.3)
    assert times["one"].low < times["one"].high, "the speed did not change"
    assert times["one"].ratio == 1
    # A sample on the border of two speeds may be off by half
    assert times["two"].ratio == pytest.approx(2, rel=0.01)


def timed(**seconds):
    """The rows of a cell whose contestants took so long, and its median and quartiles alike."""
    return {
        name: {"seconds": {"low": taken, "median": taken, "ratio": taken / seconds["ours"]}}
        for name, taken in seconds.items()
    }


@pytest.mark.parametrize(
    ("limit", "missed", "beyond"),
    [
        (0.5, ["numpy 6.00x, wanted 10x"], []),
        (0.7, [], ["numpy 6.00x, wanted 10x; read alone is 8.57x"]),
    ],
)
def test_beyond_the_memory(limit, missed, beyond):
    """Ten times as fast as 6 s is 0.6 s: missed where reading takes less, out of reach where it takes more."""
    found = {"name": "a cell", "rows": timed(ours=1.0, numpy=6.0, read=limit)}
    compare(replace(CELL, targets={"numpy": 10.0, "read": 0.4}), found)
    assert (found["missed"], found["beyond"]) == (missed, beyond)


def test_a_share_of_the_limit_is_never_beyond():
    found = {"name": "a cell", "rows": timed(ours=1.0, numpy=6.0, read=0.7)}
    compare(replace(CELL, targets={"read": 0.9}), found)
    assert (found["missed"], found["beyond"]) == (["read 0.70x, wanted 0.9x"], [])


def test_what_takes_minutes_is_called_once():
    calls = []
    field = [Contestant("slow", lambda: calls.append(1), took=180.0), Contestant("quick", int)]
    times = take_turns(field, seconds=0.02)
    assert not calls
    assert (times["slow"].median, times["slow"].samples) == (180.0, 1)
    assert times["quick"].samples >= 3


@pytest.mark.parametrize("shape", [(10, 10), (4096, 32_000), (50_000_000,), (1, 1000)])
def test_cut(shape):
    cell = replace(CELL, shape=shape)
    cut = cell.cut(64_000)
    assert cut.elements <= 64_000
    assert cut == cell or cut.elements > 32_000
    assert cell.cut(10) == cell or cell.cut(10).shape[1:] == shape[1:]


def test_inputs_are_the_same_in_every_run():
    for cell in SHORT[:3]:
        np.testing.assert_array_equal(inputs(cell).x, inputs(cell).x)


def test_definitions_hold_together():
    names = [cell.name for cell in (*CELLS, *SLOW)]
    assert len(set(names)) == len(names)
    assert set(README) <= set(names)
    for cell in CELLS:
        assert set(cell.targets) <= {"best", *cell.rivals}
