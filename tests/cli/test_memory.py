"""A file larger than the memory it may use goes through, along any axis.

The input is 1 GB of zeros that take no space on the disk; the run may have a quarter of that, and its
own libraries, as resident memory, windows onto files included.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import process

ROWS, COLUMNS = 2**17, 2**10
# Not ru_maxrss: that of a child begins with the memory of its parent.
REPORT = """
import atexit, re, sys
from pathlib import Path
def report():
    print(re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1], file=sys.stderr)
atexit.register(report)
"""
pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the measure is read from Linux's /proc"
)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    folder = tmp_path_factory.mktemp("large")
    if shutil.disk_usage(folder).free < 4 * 2**30:
        pytest.skip("4 GB of free disk are needed")
    files = {}
    for order in "CF":
        path = folder / f"{order}.npy"
        with path.open("wb") as file:
            header = {"descr": "<f8", "fortran_order": order == "F", "shape": (ROWS, COLUMNS)}
            np.lib.format.write_array_header_1_0(file, header)
            file.truncate(file.tell() + ROWS * COLUMNS * 8)
        files[order] = path
    yield files
    shutil.rmtree(folder)


def run(large, order, *arguments):
    """Answer the result and how many MiB the run had in memory at most."""
    target = large[order].with_name("y.npy")
    ended = process(
        *arguments[:1], large[order], "-o", target, "--force", *arguments[1:], before=REPORT
    )
    return np.load(target, mmap_mode="r"), resident(ended)


def resident(ended):
    """The most that a run had in memory, in MiB."""
    assert ended.status == 0, ended.err
    return int(ended.err) / 1024


@pytest.mark.parametrize(
    ("order", "axis", "answer"),
    [
        ("C", "0", np.log(ROWS)),  # columns of 1024 numbers: parts, whose states merge
        ("F", "-1", np.log(COLUMNS)),  # columns of 2^17: gathered
    ],
)
def test_logsumexp_of_a_large_file(large, order, axis, answer):
    result, memory = run(large, order, "logsumexp", "--axis", axis)
    assert memory < 256
    np.testing.assert_allclose(result[...], answer, rtol=1e-15)


def test_softmax_of_a_large_file(large):
    result, memory = run(large, "C", "softmax")
    assert memory < 256
    assert result.shape == (ROWS, COLUMNS)
    assert np.all(result[[0, 1, ROWS // 2, -1]] == 1 / COLUMNS)


def test_the_measure_sees_what_is_read(large):
    """A third of the same file, mapped and read, is above the limit."""
    third = f"np.load({str(large['C'])!r}, mmap_mode='r')[: {ROWS // 3}].sum()"
    ended = process("--version", before=f"{REPORT}\nimport numpy as np; {third}")
    assert resident(ended) > 256
