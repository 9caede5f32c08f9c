"""lse loss: the numbers it prints, against the definitions at 400 bits, from every format."""

import math

import numpy as np
import pytest

from tests.cli.running import lse
from tests.cli.scores import calibration_error, mean_loss, record, saved, scored
from tests.cli.test_formats import SUFFIXES, save
from tests.helpers.ulp import error_in_ulps

# Every loss is within 2 ulp (3 with smoothing or probabilities): of a mean at the lower end of its
# binade that is up to 6, and its own rounding is half a one more.
BUDGET = 6.5
ROWS, CLASSES = 60, 7


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(scale=3, size=(ROWS, CLASSES))


@pytest.fixture
def classes():
    return np.random.default_rng(2).integers(0, CLASSES, ROWS)


@pytest.fixture
def soft():
    return np.random.default_rng(3).dirichlet(np.full(CLASSES, 0.5), ROWS)


def holds(found, x, targets, right, temperature=1.0, smoothing=0.0, bins=15):
    exact = mean_loss(x, targets, temperature, smoothing)
    assert error_in_ulps(found["loss"], exact, "float64") <= BUDGET
    assert found["perplexity"] == pytest.approx(math.exp(found["loss"]), rel=1e-15)
    assert found["accuracy"] == np.count_nonzero(right) / len(x)
    # Sums of some dozen shares of at most 1, each right to 2 ulp, here in another order.
    wanted = calibration_error(x, right, bins, temperature)
    assert found["calibration_error"] == pytest.approx(wanted, abs=1e-14)


@pytest.mark.parametrize("temperature", [1.0, 0.3, 7.0])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_classes(tmp_path, x, classes, temperature, smoothing):
    options = ["--temperature", temperature, "--label-smoothing", smoothing]
    found = scored(tmp_path, x, classes, *options)
    holds(found, x, classes, x.argmax(axis=1) == classes, temperature, smoothing)
    assert (found["rows"], found["ignored"], found["classes"]) == (ROWS, 0, CLASSES)
    assert (found["kind"], found["temperature"]) == ("classes", temperature)


@pytest.mark.parametrize("temperature", [1.0, 0.3])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_probabilities(tmp_path, x, soft, temperature, smoothing):
    options = ["--temperature", temperature, "--label-smoothing", smoothing]
    found = scored(tmp_path, x, soft, *options)
    holds(found, x, soft, x.argmax(axis=1) == soft.argmax(axis=1), temperature, smoothing)
    assert found["kind"] == "probabilities"


@pytest.mark.parametrize("bins", [1, 2, 10, 100])
def test_bins(tmp_path, x, classes, bins):
    found = scored(tmp_path, x, classes, "--bins", bins)
    right = x.argmax(axis=1) == classes
    holds(found, x, classes, right, bins=bins)
    parts = found["bins"]
    assert len(parts) == bins
    assert [part["low"] for part in parts[1:]] == [part["high"] for part in parts[:-1]]
    assert sum(part["rows"] for part in parts) == ROWS
    for part in parts:
        assert (part["confidence"] is None) == (part["accuracy"] is None) == (part["rows"] == 0)
        if part["rows"]:
            assert part["low"] < part["confidence"] <= part["high"]


def test_a_confidence_on_an_edge_is_in_the_bin_below(tmp_path):
    found = scored(tmp_path, np.zeros((4, 4)), [0, 1, 2, 3], "--bins", 4)
    assert [part["rows"] for part in found["bins"]] == [4, 0, 0, 0]
    assert found["calibration_error"] == 0  # a quarter of the rows, at a confidence of a quarter


@pytest.mark.parametrize("first", SUFFIXES)
@pytest.mark.parametrize("second", SUFFIXES)
def test_formats(tmp_path, x, classes, first, second):
    pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")
    logits, targets = tmp_path / f"logits{first}", tmp_path / f"targets{second}"
    save(logits, x)
    if second == ".parquet":
        save(targets, classes[:, np.newaxis])
    else:
        save(targets, classes)
    want = scored(tmp_path, x, classes)
    names = {"logits": str(logits), "targets": str(targets)}
    assert record(logits, targets) == {**want, **names}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_formats_of_probabilities(tmp_path, x, soft, suffix):
    pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")
    want = scored(tmp_path, x, soft)
    targets = tmp_path / f"targets{suffix}"
    save(targets, soft)
    assert record(tmp_path / "x.npy", targets) == {**want, "targets": str(targets)}


@pytest.mark.parametrize("dtype", ["i1", "u1", ">i2", "i4", "u4", "i8", "u8", "f4", "f8"])
def test_types_of_classes(tmp_path, x, classes, dtype):
    assert scored(tmp_path, x, classes.astype(dtype)) == scored(tmp_path, x, classes)


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i1", "u8", "?"])
def test_types_of_logits(tmp_path, x, classes, dtype):
    narrow = np.abs(x).astype(dtype)
    found = scored(tmp_path, narrow, classes)
    holds(found, narrow, classes, narrow.argmax(axis=1) == classes)


def test_one_file_for_both(tmp_path, x, classes):
    want = scored(tmp_path, x, classes)
    both = tmp_path / "both.npz"
    np.savez(both, x=x, t=classes)
    found = record(both, both, "--key", "x", "--target-key", "t")
    assert {**want, "logits": str(both), "targets": str(both)} == found
    table = tmp_path / "both.csv"
    lines = [f"{','.join(map(repr, row.tolist()))},{t}" for row, t in zip(x, classes, strict=True)]
    names = ",".join([*(f"c{i}" for i in range(CLASSES)), "label"])
    table.write_text("\n".join([names, *lines]) + "\n")
    found = record(table, table, "--columns", f"0:{CLASSES}", "--target-columns", "label")
    assert {**want, "logits": str(table), "targets": str(table)} == found


def test_standard_input(tmp_path, x, classes):
    want = scored(tmp_path, x, classes)
    text = "\n".join(" ".join(map(repr, row)) for row in x.tolist()).encode()
    assert record("-", tmp_path / "t.npy", stdin=text) == {**want, "logits": "standard input"}


@pytest.mark.parametrize("shape", [(ROWS, 1), (1, ROWS), (ROWS, 1, 1)])
def test_axes_of_length_one_do_not_matter(tmp_path, x, classes, shape):
    assert scored(tmp_path, x, classes.reshape(shape)) == scored(tmp_path, x, classes)


def test_integers_are_classes_where_both_shapes_fit(tmp_path):
    found = scored(tmp_path, np.ones((3, 1)), np.array([[0], [-100], [0]]))
    assert (found["kind"], found["rows"], found["ignored"]) == ("classes", 2, 1)


def test_ignored_rows_may_hold_anything(tmp_path, x, classes):
    want = scored(tmp_path, x, classes)
    more = np.vstack([np.full((1, CLASSES), np.nan), x, np.full((2, CLASSES), np.inf)])
    for ignore, options in ((-100, []), (CLASSES, ["--ignore-index", CLASSES])):
        targets = np.concatenate([[ignore], classes, [ignore, ignore]])
        assert scored(tmp_path, more, targets, *options) == {**want, "ignored": 3}
    inside = np.where(classes == 2, 2, classes)
    found = scored(tmp_path, x, inside, "--ignore-index", "2")
    kept = classes != 2
    holds(found, x[kept], classes[kept], (x.argmax(axis=1) == classes)[kept])


@pytest.mark.parametrize("shape", [(3,), (1, 3)])
def test_one_row(tmp_path, shape):
    x = np.array([0.5, 2.0, -1.0])
    for targets in (np.array(1), np.array([1]), np.array([0.0, 1.0, 0.0]).reshape(shape)):
        found = scored(tmp_path, x.reshape(shape), targets)
        assert error_in_ulps(found["loss"], mean_loss([x], [1]), "float64") <= BUDGET
        assert (found["rows"], found["accuracy"]) == (1, 1)


def test_a_sure_row_keeps_its_digits(tmp_path):
    found = scored(tmp_path, [[40.0, 0.0], [0.0, 41.0]], [0, 1])
    exact = mean_loss([[40.0, 0.0], [0.0, 41.0]], [0, 1])
    assert error_in_ulps(found["loss"], exact, "float64") <= BUDGET


def test_of_equal_logits_the_first_is_chosen(tmp_path):
    x = [[1.0, 1.0, 0.0]] * 3
    assert scored(tmp_path, x, [0, 0, 1])["accuracy"] == 2 / 3
    even = np.array([[0.5, 0.5, 0.0], [0.2, 0.4, 0.4], [0.4, 0.2, 0.4]])
    assert scored(tmp_path, x, even)["accuracy"] == 2 / 3


def test_losses_without_end(tmp_path):
    x = np.array([[0, 1.0], [-np.inf, 0], [np.nan, 0], [-np.inf, 0]])
    found = scored(tmp_path, x[[0, 1, 3]], [1, 0, 0])
    assert (found["loss"], found["perplexity"]) == ("inf", "inf")
    assert found["accuracy"] == 1 / 3
    # numpy.argmax answers the place of the nan, which is no choice.
    found = scored(tmp_path, x, [1, 1, 0, 1])
    assert (found["loss"], found["calibration_error"]) == ("nan", "nan")
    assert found["accuracy"] == 3 / 4
    shown = lse("loss", *saved(tmp_path, x[[0, 1, 3]], [1, 0, 0])).out
    assert "2 rows have no finite loss: row 1 has a loss of inf." in shown


def test_what_is_shown(tmp_path):
    x, t = [[0.0, 0.0], [0.0, 0.0], [1.0, 0.0]], [1, 0, -100]
    shown = lse("loss", *saved(tmp_path, x, t))
    assert (shown.status, shown.err) == (0, "")
    title, *lines = [line for line in shown.out.splitlines() if line]
    assert title == (
        f"{tmp_path / 'x.npy'} against {tmp_path / 't.npy'}: 2 rows of 2 classes, 1 more ignored"
    )
    assert dict(line.rsplit(maxsplit=1) for line in lines) == {
        "temperature": "1",
        "loss (nats)": "0.693147",
        "perplexity": "2.00000",
        "accuracy": "0.500000",
        "calibration error": "0.00000",
    }
