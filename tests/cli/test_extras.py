"""What is imported when: nothing that a run does not need, and a plain word where it is missing."""

import sys

import numpy as np
import pytest

import logsumexp
from tests.cli.running import lse, process, refused

HEAVY = ("pyarrow", "safetensors", "ml_dtypes", "pandas", "scipy", "sklearn", "torch", "jax")
REPORT = f"""
import atexit, sys
atexit.register(lambda: print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr))
"""


def hidden(*names):
    """Python that makes these libraries as good as absent."""
    return f"import sys; sys.modules.update(dict.fromkeys({names!r}))"


@pytest.fixture
def source(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3)))
    return tmp_path / "x.npy"


@pytest.mark.parametrize("target", ["y.npy", "y.npz", "y.csv"])
def test_plain_files_bring_in_nothing_heavy(source, target):
    ended = process("softmax", source, "-o", source.with_name(target), before=REPORT)
    assert (ended.status, ended.err) == (0, "[]\n")


def test_explain_brings_in_nothing_heavy():
    assert process("explain", "1", "2", before=REPORT).err == "[]\n"


def test_importing_the_library_does_not_bring_in_the_command_line():
    code = "import logsumexp, sys; print([n for n in ('typer', 'rich', 'logsumexp.cli') if n in sys.modules])"
    assert process("--version", before=code).out.splitlines()[0] == "[]"


@pytest.mark.parametrize(
    ("name", "library"),
    [("x.parquet", "pyarrow"), ("x.safetensors", "safetensors")],
)
def test_a_missing_library_is_named(tmp_path, source, name, library):
    (tmp_path / name).write_bytes(b"PAR1")
    ended = process("softmax", tmp_path / name, before=hidden(library))
    refused(ended, name, f"needs the library {library}", "pip install 'logsumexp[files]'")


def test_a_missing_library_for_the_output_is_named_before_the_work(source):
    target = source.with_name("y.parquet")
    ended = process("softmax", source, "-o", target, before=hidden("pyarrow"))
    refused(ended, "y.parquet", "pip install 'logsumexp[files]'")
    assert not target.exists()


def test_bfloat16_without_its_library(source):
    missing = hidden("ml_dtypes")
    ended = process("explain", "1", "--dtype", "bfloat16", before=missing)
    refused(ended, "--dtype bfloat16", "pip install 'logsumexp[files]'")
    target = source.with_name("y.csv")
    ended = process("softmax", source, "--dtype", "bfloat16", "-o", target, before=missing)
    refused(ended, "--dtype bfloat16", "pip install 'logsumexp[files]'")


@pytest.mark.parametrize("library", ["typer", "rich"])
def test_without_the_extra_itself(library):
    ended = process("--version", before=hidden(library))
    refused(ended, library, "pip install 'logsumexp[cli]'")


def test_the_version():
    assert lse("--version").out == f"logsumexp {logsumexp.__version__}\n"


def test_python_m(source):
    run = f"import runpy, sys; sys.argv = ['x', 'logsumexp', {str(source)!r}]"
    ended = process(before=f"{run}; runpy.run_module('logsumexp', run_name='__main__')")
    assert ended.status == 0
    assert [float(line) for line in ended.out.split()] == 2 * [pytest.approx(np.log(3))]


def test_help_names_every_command():
    text = lse("--help").out
    for name in ("softmax", "log-softmax", "logsumexp", "logmeanexp", "explain"):
        assert name in text
        assert lse(name, "--help").status == 0
    assert lse().status in (0, 2)
    assert sys.modules["logsumexp.cli"].__doc__
