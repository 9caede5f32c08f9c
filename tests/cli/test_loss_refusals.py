"""What lse loss refuses: one line that names the file, the row and what to do."""

import numpy as np
import pytest

from tests.cli.running import lse, refused
from tests.cli.scores import saved

X = np.arange(12.0).reshape(4, 3)
GOOD = np.array([0, 1, 2, 0])


def refusal(folder, x, t, *options):
    return lse("loss", *saved(folder, x, t), *options)


@pytest.mark.parametrize("shape", [(3,), (5,), (), (4, 2), (3, 4), (4, 3, 1), (2, 2)])
def test_shapes_that_do_not_fit(tmp_path, shape):
    for dtype in (int, float):
        ended = refusal(tmp_path, X, np.zeros(shape, dtype))
        words = [f"t.npy: has shape {shape}", "x.npy has shape (4, 3)", "shape (4,)"]
        refused(ended, *words, "or probabilities, shape (4, 3)")


@pytest.mark.parametrize(
    ("value", "shown"),
    [(3, "3"), (-1, "-1"), (-99, "-99"), (2**62, str(2**62)), (0.5, "0.5"), (np.nan, "nan")],
)
def test_classes_that_are_none(tmp_path, value, shown):
    t = np.array([0, -100, value, value])
    wanted = "whole numbers" if isinstance(value, float) else "use 0 to 2"
    refused(refusal(tmp_path, X, t), f"t.npy: row 2 holds {shown}, which is no class", wanted)


def test_a_class_that_no_int64_holds(tmp_path):
    t = np.array([0, 1, 2**64 - 1, 0], np.uint64)
    refused(refusal(tmp_path, X, t), "row 2 holds 18446744073709551615")


def test_the_first_bad_row_of_many(tmp_path):
    t = np.zeros(2**20, int)
    t[[777_777, 888_888]] = 7
    refused(refusal(tmp_path, np.zeros((2**20, 2), "f2"), t), "row 777777 holds 7")


def test_rows_with_several_axes(tmp_path):
    t = np.zeros((2, 5), int)
    t[1, 3] = 4
    refused(refusal(tmp_path, np.zeros((2, 4, 5)), t, "--axis", "1"), "row (1, 3) holds 4")
    q = np.zeros((2, 4, 5))
    q[1, 2, 3] = -1
    refused(refusal(tmp_path, q, q, "--axis", "1"), "row (1, 3) holds -1 for class 2")


@pytest.mark.parametrize("value", [-0.5, np.nan, np.inf])
def test_probabilities_that_are_none(tmp_path, value):
    q = np.full((4, 3), 1 / 3)
    q[2, 1] = value
    refused(refusal(tmp_path, X, q), f"t.npy: row 2 holds {value:g} for class 1", "not negative")


def test_ignore_index_is_for_classes(tmp_path):
    words = ["--ignore-index is 0", "t.npy holds probabilities"]
    refused(refusal(tmp_path, X, np.ones((4, 3)), "--ignore-index", "0"), *words)
    refused(refusal(tmp_path, X, GOOD, "--ignore-index", 2**70), "--ignore-index is too large")


def test_no_row_is_left(tmp_path):
    for options in ([], ["--fit-temperature"]):
        ended = refusal(tmp_path, X, np.full(4, -100), *options)
        refused(ended, "t.npy: leaves out all 4 rows", "-100", "--ignore-index")
        refused(refusal(tmp_path, X[:0], GOOD[:0], *options), "x.npy: has no rows")


def test_no_class_is_there(tmp_path):
    refused(refusal(tmp_path, np.zeros((4, 0)), GOOD), "x.npy: has shape (4, 0)", "no class")


def test_no_temperature_mends_an_infinite_loss(tmp_path):
    x = X.copy()
    x[2, GOOD[2]] = -np.inf
    ended = refusal(tmp_path, x, GOOD, "--fit-temperature")
    refused(ended, "x.npy: row 2 has a loss of inf", "leave such rows out")
    x[1] = np.nan
    refused(refusal(tmp_path, x, GOOD, "--fit-temperature"), "row 1 has a loss of nan")


@pytest.mark.parametrize("dtype", [complex, np.longdouble])
def test_types_that_are_not_computed_with(tmp_path, dtype):
    refused(refusal(tmp_path, X.astype(dtype), GOOD), "x.npy: holds", "float64")
    refused(refusal(tmp_path, X, GOOD.astype(dtype)), "t.npy: holds", "float64")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--temperature", "0"], "--temperature is 0.0"),
        (["--temperature", "inf"], "--temperature is inf"),
        (["--label-smoothing", "1.5"], "--label-smoothing is 1.5"),
        (["--label-smoothing", "nan"], "--label-smoothing is nan"),
        (["--axis", "none"], "--axis is none, which names 2 axes: name one"),
        (["--axis", "5"], "use -2..1"),
        (["--key", "a"], "x.npy: --key is for .npz"),
        (["--target-key", "a"], "t.npy: --target-key is for .npz"),
        (["--target-columns", "0"], "t.npy: --target-columns is for texts"),
        (["--no-target-header"], "t.npy: --target-header and --no-target-header are for texts"),
    ],
)
def test_options(tmp_path, options, words):
    refused(refusal(tmp_path, X, GOOD, *options), words)


@pytest.mark.parametrize("bins", ["0", "1001", "many"])
def test_bins_out_of_range(tmp_path, bins):
    ended = refusal(tmp_path, X, GOOD, "--bins", bins)
    assert ended.status == 2
    assert "--bins" in ended.err


def test_files_that_cannot_be_read(tmp_path):
    logits, targets = saved(tmp_path, X, GOOD)
    refused(lse("loss", tmp_path / "none.npy", targets), "none.npy: no such file")
    refused(lse("loss", logits, tmp_path / "none.npy"), "none.npy: no such file")
    refused(lse("loss", logits, tmp_path), "unknown suffix" if tmp_path.suffix else "no suffix")
    cut = tmp_path / "cut.npy"
    cut.write_bytes(targets.read_bytes()[:-8])
    refused(lse("loss", logits, cut), "cut.npy: is truncated")
    refused(lse("loss", "-", "-", stdin=b"1 2\n"), "standard input", "only once")


def test_which_array_of_several(tmp_path):
    both = tmp_path / "both.npz"
    np.savez(both, x=X, t=GOOD)
    refused(lse("loss", both, both), "holds x, t: choose one with --key")
    refused(lse("loss", both, both, "--key", "x"), "holds x, t: choose one with --target-key")
