"""lse loss in blocks: where the files are cut changes no bit; sums are exact; memory is bounded."""

import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logsumexp.cli import cutting
from logsumexp.cli.scoring import pairs
from logsumexp.cli.scoring.total import Total
from tests.cli.running import lse, process
from tests.cli.scores import saved, scored
from tests.cli.test_memory import REPORT, large, pytestmark, resident
from tests.cli.test_progress import on_a_terminal

__all__ = ["large", "pytestmark"]

SHAPE = (11, 6, 13)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("soft", [False, True])
def test_the_cut_changes_nothing(tmp_path, monkeypatch, order, axis, soft):
    generator = np.random.default_rng(4)
    x = np.asarray(generator.normal(scale=4, size=SHAPE), order=order)
    rows = SHAPE[:axis] + SHAPE[axis + 1 :]
    t = generator.integers(0, SHAPE[axis], rows)
    t[generator.random(rows) < 0.2] = -100
    if soft:
        t = np.moveaxis(generator.dirichlet(np.ones(SHAPE[axis]), rows), -1, axis)
    options = ["--axis", axis, "--fit-temperature"]
    whole = scored(tmp_path, x, t, *options)
    # The same rows in another layout: each row's bits are its own, and so are those of their sums.
    last = np.moveaxis(x, axis, -1)
    other = scored(tmp_path, last, np.moveaxis(t, axis, -1) if soft else t, *options[2:])
    assert other == whole
    for room in (1, 40, 300):
        monkeypatch.setattr(pairs, "ROOM", room)
        for run in (1, 4, 4096):  # gathered, gathered or turned, turned
            monkeypatch.setattr(cutting, "SHORTEST_RUN", run)
            assert scored(tmp_path, x, t, *options) == whole


def test_the_first_bad_loss_is_named_however_it_is_cut(tmp_path, monkeypatch):
    x, t = np.zeros((50, 4)), np.zeros(50, int)
    t[[3, 5]] = -100
    x[17, 0] = -np.inf
    for room in (1, 9, 2**20):
        monkeypatch.setattr(pairs, "ROOM", room)
        assert "row 17 has a loss of inf" in lse("loss", *saved(tmp_path, x, t)).out


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(st.lists(st.lists(finite, max_size=20), min_size=1, max_size=5), st.integers(1, 9))
def test_totals_are_exact(blocks, count):
    total = Total()
    for block in blocks:
        total.add(np.array(block, np.float64))
    exact = sum((Fraction(number) for block in blocks for number in block), Fraction(0)) / count
    try:
        wanted = float(exact)
    except OverflowError:
        wanted = float("inf") if exact > 0 else float("-inf")
    assert total.mean(count) == wanted


def test_totals_hold_what_is_not_finite():
    for given_numbers, wanted in (([1, np.inf], np.inf), ([np.inf, -np.inf], np.nan)):
        total = Total()
        for number in given_numbers:
            total.add(np.array([number, 2.0]))
        np.testing.assert_equal(total.mean(3), wanted)


def run(logits, targets, *options):
    """What a run of its own prints, and how many MiB it had in memory at most."""
    ended = process("loss", logits, targets, "--json", *options, before=REPORT)
    memory = resident(ended)
    return json.loads(ended.out), memory


def sparse(path, shape, dtype, order="C"):
    """A file of zeros that takes no space on the disk."""
    with path.open("wb") as file:
        header = {"descr": dtype, "fortran_order": order == "F", "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + int(np.prod(shape)) * np.dtype(dtype).itemsize)
    return path


LIMIT = 128
"""MiB, an eighth of the file: the libraries take about 50, the blocks and their copies the rest."""


def test_memory_is_bounded(large, tmp_path):
    t = sparse(tmp_path / "t.npy", (2**17,), "<i8")
    found, memory = run(large["C"], t, "--fit-temperature")
    assert memory < LIMIT
    assert found["loss"] == np.log(2**10)
    assert found["rows"] == 2**17
    assert found["fit"]["best_temperature"] == "any"


def test_memory_is_bounded_for_probabilities(large, tmp_path):
    t = sparse(tmp_path / "t.npy", (2**17, 2**10), "<f4")
    found, memory = run(large["C"], t)
    assert memory < LIMIT
    assert found["loss"] == 0


def test_memory_is_bounded_for_turned_rows(tmp_path):
    x = sparse(tmp_path / "x.npy", (2**10, 2**16), "<f8", "F")
    t = sparse(tmp_path / "t.npy", (2**10,), "<i8")
    found, memory = run(x, t)
    assert memory < LIMIT
    assert found["loss"] == pytest.approx(np.log(2**16), rel=1e-15)


SLOW = """
import time
import logsumexp.cli.progress as progress
import logsumexp.cli.scoring.pairs as pairs
progress.PATIENCE, pairs.ROOM = 0.2, 400
first = pairs.Pairs.block
pairs.Pairs.block = lambda *arguments: (time.sleep(0.02), first(*arguments))[1]
"""


def test_a_long_run_shows_its_progress(tmp_path):
    x, t = saved(tmp_path, np.zeros((400, 50)), np.zeros(400, int))
    status, shown = on_a_terminal("loss", x, t, "--fit-temperature", before=SLOW)
    assert status == 0
    for phase in ("loss", "fitting"):
        assert phase in shown
    assert "%" in shown
