"""The progress bar: on a terminal and only after a second, on standard error and never in a pipe."""

import os
import pty
import re
import select
import subprocess
import time

import numpy as np
import pytest

from tests.cli.running import SLOW, command, environment, process

EAGER = SLOW + "\nimport logsumexp.cli.progress as progress\nprogress.PATIENCE = 0.2\n"


@pytest.fixture
def source(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((512, 100)))
    return tmp_path / "x.npy"


def on_a_terminal(*arguments, before):
    """Run with standard error on a terminal of 80 columns; answer the status and what it showed."""
    ours, theirs = pty.openpty()
    run = subprocess.Popen(
        command(*arguments, before=before),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment(TERM="xterm-256color", COLUMNS="80"),
    )
    os.close(theirs)
    shown, deadline = b"", time.monotonic() + 30
    while time.monotonic() < deadline:
        if not select.select([ours], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(ours, 4096)
        except OSError:  # Linux says EIO when the other side has closed
            break
        if not piece:
            break
        shown += piece
    os.close(ours)
    return run.wait(timeout=10), shown.decode()


def test_a_long_run_shows_rate_and_time_left(source, tmp_path):
    status, shown = on_a_terminal("softmax", source, "-o", tmp_path / "y.npy", before=EAGER)
    assert status == 0
    assert "softmax" in shown
    assert re.search(r"\d+%", shown)
    assert re.search(r"[kM]B/s", shown)
    assert re.search(r"\d+:\d\d", shown)
    assert (tmp_path / "y.npy").exists()


def test_it_leaves_nothing_behind(source, tmp_path):
    _, shown = on_a_terminal("softmax", source, "-o", tmp_path / "y.npy", before=EAGER)
    last = re.sub(r"\x1b\[\??[0-9;]*[hlm]", "", shown).rstrip("\r\n")
    assert last.endswith("\r\x1b[2K")  # back to the start of the line, and all of it erased
    assert "\x1b[?25h" in shown  # the cursor is back


def test_a_short_run_shows_nothing(source, tmp_path):
    status, shown = on_a_terminal("softmax", source, "-o", tmp_path / "y.npy", before="")
    assert (status, shown) == (0, "")


def test_a_pipe_gets_nothing(source, tmp_path):
    ended = process("softmax", source, "-o", tmp_path / "y.npy", before=EAGER)
    assert (ended.status, ended.out, ended.err) == (0, "", "")


def test_standard_output_holds_the_result_alone(source):
    ended = process("logsumexp", source, "-o", "-", before=EAGER)
    assert ended.err == ""
    assert len([float(line) for line in ended.out.splitlines()]) == 512


def test_an_interrupted_run_gives_the_cursor_back(source, tmp_path):
    # Three seconds of work, interrupted after two: a busy machine has shown the bar by then.
    slower = EAGER.replace("time.sleep(0.02)", "time.sleep(0.06)")
    alarm = slower + "import signal, os; signal.setitimer(signal.ITIMER_REAL, 2)\n"
    alarm += "signal.signal(signal.SIGALRM, lambda *_: os.kill(os.getpid(), signal.SIGTERM))\n"
    status, shown = on_a_terminal("softmax", source, "-o", tmp_path / "y.npy", before=alarm)
    assert status == 143
    assert "softmax" in shown
    assert "\x1b[?25h" in shown
    assert [path.name for path in tmp_path.iterdir()] == ["x.npy"]
