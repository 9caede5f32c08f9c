"""lse loss on real scores: those of the example, held against scikit-learn's own measures."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import environment, process
from tests.cli.scores import record

pytest.importorskip("sklearn", reason="scikit-learn is not installed: the group `test` has it")

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "digits.py"
FILES = ("digits_scores.npy", "digits_labels.npy")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("digits")
    subprocess.run([sys.executable, str(SCRIPT)], cwd=folder, env=environment(), check=True)
    return folder


@pytest.fixture(scope="module")
def known():
    """The classifier of the example, and the images and labels it has not seen."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    spec = importlib.util.spec_from_file_location("digits_example", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classifier, unseen = module.fit()
    _, labels = train_test_split(load_digits().target, test_size=0.5, shuffle=False)
    return classifier, unseen, labels


def test_the_measures_are_those_of_scikit_learn(folder, known):
    from sklearn.metrics import log_loss

    classifier, unseen, labels = known
    np.testing.assert_array_equal(np.load(folder / FILES[1]), labels)
    found = record(*(folder / name for name in FILES))
    assert found["rows"] == len(labels)
    assert found["accuracy"] == classifier.score(unseen, labels)
    # predict_proba loses some ulp of its small shares, and the mean is one of float64.
    wanted = log_loss(labels, classifier.predict_proba(unseen))
    assert found["loss"] == pytest.approx(wanted, rel=1e-13)


def test_the_best_temperature_is_better_on_both_sides(folder):
    files = [folder / name for name in FILES]
    best = record(*files, "--fit-temperature")["fit"]
    for factor in (0.99, 1.01):
        other = record(*files, "--temperature", best["temperature"] * factor)
        assert other["temperature"] == best["temperature"] * factor
        assert other["loss"] > best["loss"]


def test_the_readme_shows_what_comes_out(folder):
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```text\n(digits_scores\.npy against .*?)```", page, re.DOTALL)[1]
    ended = process("loss", *FILES, "--fit-temperature", cwd=folder)
    assert (ended.status, ended.err) == (0, "")
    for ours, theirs in zip(shown.splitlines(), ended.out.splitlines(), strict=True):
        assert re.sub(r"[\d.]+", "", ours).split() == re.sub(r"[\d.]+", "", theirs).split()
        # Another version of scikit-learn stops its fit elsewhere.
        pairs = zip(re.findall(r"[\d.]+\d", ours), re.findall(r"[\d.]+\d", theirs), strict=True)
        assert all(float(one) == pytest.approx(float(two), rel=0.02) for one, two in pairs)
