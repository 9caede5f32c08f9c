"""Every rival answers what it is asked, and none is imported before it takes part."""

import subprocess
import sys

import pytest

from logsumexp.bench import PEERS, Cell, run
from tests.helpers.peers import peer

CELLS = [
    Cell(function=function, dtype=dtype, shape=(6, 5), axis=axis, out=out)
    for function in ("logsumexp", "softmax", "log_softmax")
    for dtype in ("float32", "float64")
    for axis, out in ((-1, False), (0, False), (-1, function != "logsumexp"))
]


@pytest.mark.filterwarnings("default")  # what other libraries deprecate is their affair
@pytest.mark.parametrize("name", PEERS)
def test_rival(name):
    peer({"logaddexp": "numpy"}.get(name, name))
    cells = list({cell.name: cell for cell in CELLS}.values())
    record = run(cells, only=[name], timed=False)
    rows = [cell["rows"][name] for cell in record.cells if name in cell["rows"]]
    assert rows, f"{name} took part in no cell"
    assert all(row["ulp"] < 1000 for row in rows)


def test_none_is_imported_unasked():
    program = "import sys, logsumexp.bench; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert not {"scipy", "torch", "jax", "numba", "ml_dtypes"} & set(found.stdout.split())
