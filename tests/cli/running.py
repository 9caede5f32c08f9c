"""Two ways to run `lse`: inside this process, which is fast, and as a process, which is real."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

import logsumexp
from logsumexp.cli.app import app

PACKAGE = Path(logsumexp.__file__).parents[1]


@dataclass(frozen=True)
class Ended:
    status: int
    out: str
    err: str


def lse(*arguments, stdin=None):
    """Run a subcommand in this process."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], input=stdin)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def command(*arguments, before=""):
    """The command of a process that runs `lse`, after some Python of the test's own."""
    code = f"import sys\n{before}\nfrom logsumexp.cli import main\nsys.exit(main())"
    return [sys.executable, "-c", code, *map(str, arguments)]


def environment(**more):
    """This environment, with the package under test found first."""
    path = os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, **more}


def process(*arguments, before="", stdin=None, cwd=None, **more):
    """Run a subcommand in a process of its own."""
    ended = subprocess.run(
        command(*arguments, before=before),
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**more),
        timeout=60,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


# Blocks of 8 kB, and a rest after each: a run that can be met half-way.
SLOW = """
import time
import logsumexp.cli.working as working
working.BLOCK_BYTES = 2**13
first = working.whole_rows
def slow(*arguments):
    first(*arguments)
    time.sleep(0.02)
working.whole_rows = slow
"""


def begun(folder, *arguments, before=SLOW):
    """Start a slow run, and come back when its temporary file is there and being filled."""
    run = subprocess.Popen(
        command(*arguments, before=before),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    deadline = time.monotonic() + 20
    while not (parts := list(folder.glob(".*.part"))) or parts[0].stat().st_size == 0:
        assert run.poll() is None, run.stderr.read().decode()
        assert time.monotonic() < deadline, "the run did not begin to write"
        time.sleep(0.01)
    time.sleep(0.1)
    assert run.poll() is None, "the run was over before it could be stopped"
    return run


def stopped(run, number=signal.SIGTERM):
    """Send a signal, and answer how the run ended."""
    run.send_signal(number)
    out, err = run.communicate(timeout=20)
    return Ended(run.returncode, out.decode(), err.decode())


def refused(ended, *words):
    """The whole contract of a refusal: status 2, one line, nothing printed, these words in it."""
    assert ended.status == 2, ended
    assert ended.out == ""
    assert ended.err.startswith("lse: ")
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err, ended.err
    return True
