"""Real scores, end to end: the example's files through `lse softmax`, held against predict_proba."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import environment, process
from tests.helpers.ulp import error_in_ulps, mp

pytest.importorskip("sklearn", reason="scikit-learn is not installed: the group `test` has it")

SCRIPT = Path(__file__).parents[2] / "examples" / "digits.py"
UNIT = 2.0**-53


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    subprocess.run([sys.executable, str(SCRIPT)], cwd=folder, env=environment(), check=True)
    for suffix in ("npy", "csv"):
        target = folder / f"probabilities.{suffix}"
        ended = process("softmax", f"digits_scores.{suffix}", "-o", target.name, cwd=folder)
        assert (ended.status, ended.out, ended.err) == (0, "", "")
    return folder


@pytest.fixture(scope="module")
def expected():
    """What scikit-learn itself answers for the same half of the digits."""
    spec = importlib.util.spec_from_file_location("digits_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classifier, unseen = module.fit()
    return classifier.predict_proba(unseen)


def digits_that_predict_proba_holds(scores):
    """How far predict_proba may be off, relative to each probability.

    It computes exp(x - max) / sum. Rounding x - max moves it by at most |x - max| units in the last
    place and exp passes that on; exp itself adds 2, the sum of ten 3, the division 1, and 4 are
    the most that `lse` may be off.
    """
    gap = scores.max(axis=1, keepdims=True) - scores
    return (gap + 10) * UNIT


def test_probabilities_are_those_of_predict_proba(folder, expected):
    scores = np.load(folder / "digits_scores.npy")
    probabilities = np.load(folder / "probabilities.npy")
    assert probabilities.shape == expected.shape == (899, 10)
    budget = digits_that_predict_proba_holds(scores)
    assert np.all(np.abs(probabilities - expected) <= budget * expected)
    assert np.array_equal(probabilities.argmax(axis=1), expected.argmax(axis=1))


def test_the_budget_is_not_slack(folder, expected):
    scores = np.load(folder / "digits_scores.npy")
    assert digits_that_predict_proba_holds(scores).max() < 1e-14
    wrong = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True) * (1 + 1e-14)
    assert not np.all(
        np.abs(wrong - expected) <= digits_that_predict_proba_holds(scores) * expected
    )


def test_the_csv_file_comes_to_the_same_bits(folder):
    lines = (folder / "probabilities.csv").read_text().splitlines()
    assert lines[0] == ",".join(f"digit_{label}" for label in range(10))
    found = np.loadtxt(lines[1:], delimiter=",")
    np.testing.assert_array_equal(found, np.load(folder / "probabilities.npy"))


def test_every_digit_is_right_where_predict_proba_loses_some(folder, expected):
    scores, probabilities = (
        np.load(folder / name)[::30] for name in ("digits_scores.npy", "probabilities.npy")
    )
    ours, theirs = 0.0, 0.0
    for row, ours_row, theirs_row in zip(scores, probabilities, expected[::30], strict=True):
        weights = [mp.exp(mp.mpf(float(score))) for score in row]
        for weight, our, their in zip(weights, ours_row, theirs_row, strict=True):
            exact = weight / mp.fsum(weights)
            ours = max(ours, error_in_ulps(our, exact, "float64"))
            theirs = max(theirs, error_in_ulps(their, exact, "float64"))
    assert ours <= 2 < theirs
