"""show_config and the environment: which kernel path runs, and what asking for another one does."""

import os
import re
import subprocess
import sys

import pytest

import logsumexp as lse
from tests.helpers.states import ISAS, path_of


def show(isa):
    environment = {**os.environ, "LOGSUMEXP_ISA": isa} if isa is not None else dict(os.environ)
    if isa is None:
        environment.pop("LOGSUMEXP_ISA", None)
    command = [sys.executable, "-c", "import logsumexp; logsumexp.show_config()"]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=60, check=False
    )


def test_show_config_tells_a_person(capsys):
    lse.show_config()
    text = capsys.readouterr().out
    for fact in ("logsumexp", "path", "threads"):
        assert fact in text
    assert lse.__version__ in text
    assert str(lse.get_num_threads()) in text


def test_some_path_is_chosen():
    assert path_of(None)


def test_the_portable_path_can_always_be_asked_for():
    assert "portable" in path_of("portable")


@pytest.mark.parametrize("isa", ISAS)
def test_a_path_is_taken_or_the_choice_is_told(isa):
    """Asked for, a path runs; where the processor lacks it, the run says so or takes another."""
    run = show(isa)
    if run.returncode == 0:
        assert re.search(r"path\W+\w+", run.stdout)
    else:
        assert isa in run.stderr
        assert "panicked" not in run.stderr


@pytest.mark.parametrize("isa", ["no such path", "AVX9000", "\N{SNOWMAN}"])
def test_an_unknown_path_falls_back_or_is_refused_by_name(isa):
    run = show(isa)
    assert "panicked" not in run.stderr
    if run.returncode == 0:
        assert path_of(isa) == path_of(None)
    else:
        assert "LOGSUMEXP_ISA" in run.stderr
        assert "Error" in run.stderr


def test_an_empty_wish_is_no_wish():
    assert show("").returncode == 0
    assert path_of("") == path_of(None)
