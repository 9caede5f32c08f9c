"""lse loss --weight: the weighted mean of cross_entropy; accuracy and calibration still count rows."""

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import logsumexp
from logsumexp.cli.scoring import pairs
from tests.cli.running import lse, refused
from tests.cli.scores import record, saved

ROWS, CLASSES = 60, 7
# Losses of up to 3 ulp each and one more rounding, here and in the function it is held against.
CLOSE = 16 * 2.0**-53


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(scale=3, size=(ROWS, CLASSES))


@pytest.fixture
def classes():
    classes = np.random.default_rng(2).integers(0, CLASSES, ROWS)
    classes[::9] = -100
    return classes


@pytest.fixture
def soft():
    return np.random.default_rng(3).dirichlet(np.full(CLASSES, 0.5), ROWS)


def weighed(folder, x, t, w, *options):
    np.save(folder / "w.npy", w)
    return record(*saved(folder, x, t), "--weight", folder / "w.npy", *options)


weights = st.lists(
    st.one_of(st.just(0.0), st.floats(1e-100, 1e100), st.integers(1, 9).map(float)),
    min_size=CLASSES,
    max_size=CLASSES,
)


@given(weights, st.booleans(), st.sampled_from([0.0, 0.1, 1.0]), st.sampled_from([1.0, 0.3]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_weighted_mean(tmp_path, x, classes, soft, w, is_soft, smoothing, temperature):
    t = soft if is_soft else classes
    options = ["--label-smoothing", smoothing, "--temperature", temperature]
    wanted = logsumexp.cross_entropy(
        x, t, weight=w, label_smoothing=smoothing, temperature=temperature
    )
    if math.isnan(wanted):
        return
    found = weighed(tmp_path, x, t, np.array(w), *options)
    assert found["loss"] == pytest.approx(float(wanted), rel=CLOSE)
    assert found["perplexity"] == pytest.approx(math.exp(min(found["loss"], 700)), rel=1e-15) or (
        found["loss"] > 700
    )
    plain = record(*saved(tmp_path, x, t), *options)
    for name in ("accuracy", "calibration_error", "bins", "rows", "ignored"):
        assert found[name] == plain[name]


@pytest.mark.parametrize("smoothing", [0.0, 0.5])
def test_a_weight_is_so_many_rows(tmp_path, x, classes, smoothing):
    classes = np.abs(classes) % CLASSES
    w = np.array([1, 2, 0, 4, 1, 8, 2])
    times = w[classes]
    options = ["--fit-temperature"]
    found = weighed(tmp_path, x, classes, w, *options)
    wanted = record(*saved(tmp_path, np.repeat(x, times, 0), np.repeat(classes, times)), *options)
    # Powers of two round nothing, and sums are exact: so is this.
    assert found["loss"] == wanted["loss"]
    for name in ("best_temperature", "temperature", "loss", "limit"):
        assert found["fit"][name] == wanted["fit"][name]
    # Smoothed, every class has a part in every row: equal weights only are so many rows.
    options += ["--label-smoothing", smoothing]
    found = weighed(tmp_path, x, classes, np.full(CLASSES, 4.0), *options)
    wanted = record(*saved(tmp_path, x, classes), *options)
    assert (found["loss"], found["fit"]["loss"]) == (wanted["loss"], wanted["fit"]["loss"])


@pytest.mark.parametrize("is_soft", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_fitted_temperature_is_best(tmp_path, x, classes, soft, is_soft, smoothing):
    w = np.array([5.0, 0.1, 1, 0, 3, 1, 20])
    if is_soft:
        t = logsumexp.softmax(0.4 * x + soft, axis=1)
    else:
        t = np.where(classes < 0, classes, np.where(classes < 4, classes, x.argmax(axis=1)))
    options = ["--label-smoothing", smoothing]
    found = weighed(tmp_path, x, t, w, "--fit-temperature", *options)
    best = found["fit"]
    assert (best["best_temperature"], found["weight"]) == ("found", str(tmp_path / "w.npy"))
    for factor in (0.99, 1.01):
        there = best["temperature"] * factor
        assert weighed(tmp_path, x, t, w, "--temperature", there, *options)["loss"] > best["loss"]


def test_the_limits_are_weighted(tmp_path):
    x, t = np.array([[3.0, 0.0], [0.0, 1.0], [2.0, 2.0]]), np.array([0, 1, 1])
    found = weighed(tmp_path, x, t, np.array([3.0, 1.0]), "--fit-temperature")["fit"]
    assert found["best_temperature"] == "zero"
    assert found["limit"] == pytest.approx(math.log(2) / 5, rel=CLOSE)


def test_a_weight_of_zero_leaves_an_infinite_loss_out(tmp_path):
    x, t = np.array([[0.0, -np.inf], [0.0, 1.0]]), np.array([1, 0])
    found = weighed(tmp_path, x, t, np.array([1.0, 0.0]))
    assert found["loss"] == float(logsumexp.logsumexp([0.0, 1.0]))
    assert weighed(tmp_path, x, t, np.array([1.0, 1e-300]))["loss"] == "inf"


def test_the_cut_changes_nothing(tmp_path, monkeypatch, x, classes):
    w = np.arange(CLASSES) / 3
    whole = weighed(tmp_path, x, classes, w, "--fit-temperature")
    for room in (1, 40, 300):
        monkeypatch.setattr(pairs, "ROOM", room)
        assert weighed(tmp_path, x, classes, w, "--fit-temperature") == whole


def test_every_format(tmp_path, x, classes):
    w = np.arange(1.0, CLASSES + 1)
    files = saved(tmp_path, x, classes)
    wanted = weighed(tmp_path, x, classes, w)["loss"]
    (tmp_path / "w.txt").write_text("\n".join(map(str, w)))
    (tmp_path / "w.csv").write_text("class,weight\n" + "".join(f"9,{number}\n" for number in w))
    np.savez(tmp_path / "w.npz", other=[1.0], weights=w[np.newaxis])
    choices = {"txt": [], "csv": ["--weight-columns", "weight"], "npz": ["--weight-key", "weights"]}
    for suffix, options in choices.items():
        found = record(*files, "--weight", tmp_path / f"w.{suffix}", *options)
        assert found["loss"] == wanted
    text = "\n".join(map(str, w))
    assert record(*files, "--weight", "-", stdin=text)["loss"] == wanted


def test_a_terminal_is_told(tmp_path, x, classes):
    np.save(tmp_path / "w.npy", np.ones(CLASSES))
    ended = lse("loss", *saved(tmp_path, x, classes), "--weight", tmp_path / "w.npy")
    assert f"weighted by {tmp_path / 'w.npy'}" in ended.out
    assert record(*saved(tmp_path, x, classes))["weight"] is None


def refusal(folder, x, t, w, *options):
    np.save(folder / "w.npy", w)
    return lse("loss", *saved(folder, x, t), "--weight", folder / "w.npy", *options)


@pytest.mark.parametrize("shape", [(6,), (8,), (), (0,), (7, 7), (2, 3), (60, 7)])
def test_lengths_that_do_not_fit(tmp_path, x, classes, shape):
    ended = refusal(tmp_path, x, classes, np.ones(shape))
    words = [f"w.npy: holds {math.prod(shape)} numbers in shape {shape}", "x.npy has 7 classes"]
    refused(ended, *words, "one weight a class")


@pytest.mark.parametrize(("value", "shown"), [(-0.5, "-0.5"), (np.nan, "nan"), (np.inf, "inf")])
def test_numbers_that_are_no_weights(tmp_path, x, classes, value, shown):
    w = np.ones(CLASSES)
    w[3:] = value
    ended = refusal(tmp_path, x, classes, w)
    refused(ended, f"w.npy: holds {shown} for class 3", "finite and not negative")


def test_rows_that_weigh_nothing(tmp_path, x):
    w = np.ones(CLASSES)
    w[2] = 0
    for options in ([], ["--fit-temperature"]):
        ended = refusal(tmp_path, x, np.full(ROWS, 2), w, *options)
        refused(ended, "w.npy: gives the weight 0 to the classes of all rows")


def test_files_that_cannot_be_read(tmp_path, x, classes):
    files = saved(tmp_path, x, classes)
    refused(lse("loss", *files, "--weight", tmp_path / "none.npy"), "none.npy: no such file")
    np.savez(tmp_path / "two.npz", a=[1.0], b=[2.0])
    refused(lse("loss", *files, "--weight", tmp_path / "two.npz"), "two.npz", "--weight-key")
    np.save(tmp_path / "c.npy", np.ones(CLASSES, complex))
    refused(lse("loss", *files, "--weight", tmp_path / "c.npy"), "c.npy: holds complex128")
    refused(
        lse("loss", "-", files[1], "--weight", "-", stdin="1 2"), "standard input: was named twice"
    )
