"""The picture of an explanation: fits its terminal, says all that matters without colour."""

import os
import pty
import subprocess

import numpy as np
import pytest

from tests.cli.running import command, environment, lse

ROWS = [
    "11 12 -1000 5 10 0.001",
    "-100 1000 -100 5 10 0.001",
    "-1000 1000 -1000 5 10 0.001",
    "0.1 0.2 0.333333333333 -1e-300 -1.2345678e-12",
    "-123456.789 -123456.987",
    "1",
]


def shown(numbers, *options, width=80):
    ended = lse("explain", *numbers.split(), *options)
    assert (ended.status, ended.err) == (0, "")
    return ended.out


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("numbers", ROWS)
def test_eighty_columns_are_enough(numbers, dtype):
    lines = shown(numbers, "--dtype", dtype).splitlines()
    assert max(map(len, lines)) <= 80
    assert not any("\N{HORIZONTAL ELLIPSIS}" in line for line in lines)
    assert sum("max + log(sum(exp(x - max)))" in line for line in lines) == 1  # nothing wraps


def test_the_steps_are_side_by_side():
    lines = shown(ROWS[1]).splitlines()
    [exp] = [line for line in lines if "inf \N{BLACK LEFT-POINTING TRIANGLE} overflow" in line]
    assert exp.split() == ["1000", "inf", "\N{BLACK LEFT-POINTING TRIANGLE}", "overflow", "0", "1"]
    [nan] = [line for line in lines if "inf / inf" in line]
    assert nan.split()[1:6] == ["nan", "\N{BLACK LEFT-POINTING TRIANGLE}", "inf", "/", "inf"]
    steps = [
        line.split()[0]
        for line in lines
        if line[1:8].strip() in ("max", "exp", "sum", "log", "softmax")
    ]
    assert steps == ["max", "exp", "sum", "log", "softmax"]


def test_the_verdict():
    lines = {line.split()[0]: line for line in shown(ROWS[1]).splitlines() if line.strip()}
    assert "no digit right" in shown(ROWS[1])
    text = shown(ROWS[0])
    assert "exact     12.4082164907367133237" in text
    assert "0.207 ulp, 3e-17" in text
    assert lines["textbook"].split()[1] == "exp(1000)"


def test_many_numbers_are_thinned_out():
    text = shown(" ".join(map(str, range(100))), "--dtype", "float16")
    assert "and 89 more" in text
    assert len(text.splitlines()) < 60
    assert "99" in text


def test_colour_on_a_terminal_only():
    assert "\x1b[" not in shown(ROWS[1])
    ours, theirs = pty.openpty()
    subprocess.run(
        command("explain", *ROWS[1].split()),
        stdout=theirs,
        env=environment(TERM="xterm-256color", COLUMNS="80"),
        check=True,
    )
    os.close(theirs)
    text = b""
    try:
        while piece := os.read(ours, 4096):
            text += piece
    except OSError:  # Linux says EIO at the end
        pass
    os.close(ours)
    assert b"\x1b[1;31minf" in text


def test_a_terminal_without_unicode():
    ended = subprocess.run(
        command("explain", *ROWS[1].split()),
        env=environment(PYTHONIOENCODING="ascii"),
        capture_output=True,
        check=True,
    )
    assert b"inf ? overflow" in ended.stdout


def test_wide_terminals_show_every_digit(monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    assert repr(float(np.exp(-0.5))) in shown("1.5 1.0")
