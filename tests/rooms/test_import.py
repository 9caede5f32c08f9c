"""`import logsumexp` imports NumPy and nothing else."""

import subprocess
import sys

PROGRAM = """
import sys, numpy
before = {name.partition(".")[0] for name in sys.modules}
import logsumexp
after = {name.partition(".")[0] for name in sys.modules}
print(*sorted(after - before - set(sys.stdlib_module_names) - {"logsumexp"}))
"""


def test_import_brings_numpy_and_nothing_else():
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True
    )
    assert found.stdout.split() == []
