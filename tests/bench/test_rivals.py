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
LOSSES = [
    Cell(function=function, dtype=dtype, shape=(6, 5), grad=grad)
    for function in ("cross_entropy", "logistic_loss")
    for dtype in ("float32", "float64")
    for grad in (False, True)
] + [
    Cell(function="cross_entropy", dtype=dtype, shape=(6, 5), grad=grad, form=form)
    for form in ("smoothed", "probable")
    # A float64 gradient that is a difference is known to what is subtracted, not to its own last digits.
    for dtype, grad in (("float32", False), ("float32", True), ("float64", False))
]
LIFTED = Cell(
    function="lifted_structured_loss",
    dtype="float32",
    shape=(20, 4),
    grad=True,
    rivals=("metric_learning",),
)


@pytest.mark.filterwarnings("default")  # what other libraries deprecate is their affair
@pytest.mark.parametrize("name", PEERS)
def test_rival(name):
    peer({"logaddexp": "numpy", "metric_learning": "pytorch_metric_learning"}.get(name, name))
    cells = [LIFTED] if name == "metric_learning" else CELLS
    cells = list({cell.name: cell for cell in cells}.values())
    record = run(cells, only=[name], timed=False)
    rows = [cell["rows"][name] for cell in record.cells if name in cell["rows"]]
    assert rows, f"{name} took part in no cell"
    assert all(row["ulp"] < 1000 for row in rows)


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", ["numpy", "scipy", "torch", "jax"])
def test_rival_of_losses(name):
    peer(name)
    record = run(LOSSES, only=[name], timed=False)
    assert not record.failures
    # Their formulas lose digits of small losses, but they are those of the same function.
    assert all("ulp" in cell["rows"][name] for cell in record.cells)
    assert not any(cell["rows"][name].get("wrong") for cell in record.cells)


def test_who_has_no_such_loss_stands_aside():
    peer("scipy")
    record = run([LIFTED, *LOSSES[:1]], only=["logaddexp", "scipy"], timed=False)
    assert [set(cell["rows"]) for cell in record.cells] == [{"ours"}, {"ours", "scipy"}]


def test_none_is_imported_unasked():
    program = "import sys, logsumexp.bench; print(*sys.modules)"
    found = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert not {"scipy", "torch", "jax", "numba", "ml_dtypes", "pytorch_metric_learning"} & set(
        found.stdout.split()
    )
