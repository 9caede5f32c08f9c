"""lse loss --fit-temperature: the best temperature, or the words that there is none."""

import math

import numpy as np
import pytest

from logsumexp.cli.scoring.search import smallest_at
from logsumexp.cli.scoring.slope import Slope
from tests.cli.running import lse
from tests.cli.scores import mean_loss, probabilities, record, saved, scored, shares_of
from tests.helpers.ulp import mp

FIT = "--fit-temperature"


def sampled(temperature, rows=4000, classes=6):
    """Logits, and classes drawn from their shares at a temperature."""
    generator = np.random.default_rng(8)
    x = generator.normal(scale=3, size=(rows, classes))
    # The largest of logits with Gumbel noise is a draw from their softmax.
    return x, (x / temperature + generator.gumbel(size=x.shape)).argmax(axis=1)


def slope_of(x, targets, beta, smoothing=0.0):
    """The derivative of the loss in beta, at 400 bits: the mean of sum (Q p_k - q_k) x_k."""
    total = mp.mpf(0)
    for row, goal in zip(x, probabilities(targets, len(x[0]), smoothing), strict=True):
        shares = shares_of(row, 1 / mp.mpf(beta))
        for q, p, number in zip(goal, shares, row, strict=True):
            if p or q:
                total += (mp.fsum(goal) * p - q) * mp.mpf(float(number))
    return total / len(x)


def is_smallest(found, x, targets, smoothing=0.0):
    """The slope changes its sign within 1e-7 of the answer."""
    beta = 1 / found["fit"]["temperature"]
    below, above = (slope_of(x, targets, beta * (1 + side * 1e-7), smoothing) for side in (-1, 1))
    return below < 0 < above


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_the_temperature_of_a_sample_is_found(tmp_path, temperature):
    x, t = sampled(temperature)
    found = scored(tmp_path, x, t, FIT)["fit"]
    assert found["best_temperature"] == "found"
    # The estimate of beta spreads by 1 / sqrt(rows * curvature); 4 times that, once in 16000.
    shares = np.exp(x / temperature) / np.exp(x / temperature).sum(axis=1, keepdims=True)
    curvature = np.mean((shares * x**2).sum(axis=1) - (shares * x).sum(axis=1) ** 2)
    spread = 1 / math.sqrt(len(x) * curvature)
    assert abs(1 / found["temperature"] - 1 / temperature) < 4 * spread


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_no_other_temperature_of_a_scan_is_better(tmp_path, temperature):
    x, t = sampled(temperature, rows=500)
    found = scored(tmp_path, x, t, FIT)["fit"]
    for beta in np.geomspace(1e-3, 1e3, 301):
        z = x * beta
        z = z - z.max(axis=1, keepdims=True)
        losses = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(x)), t]
        assert found["loss"] <= losses.mean() * (1 + 1e-14)  # sums of float64, in another order


@pytest.mark.parametrize("start", ["1", "0.001", "1e6", "1e-100"])
@pytest.mark.parametrize("smoothing", ["0", "0.2"])
def test_the_slope_is_zero_there_wherever_it_begins(tmp_path, start, smoothing):
    x, t = sampled(2.0, rows=40)
    options = [FIT, "--temperature", start, "--label-smoothing", smoothing]
    found = scored(tmp_path, x, t, *options)
    assert found["temperature"] == float(start)
    assert is_smallest(found, x, t, float(smoothing))
    assert found["fit"]["loss"] <= found["loss"]


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_probabilities(tmp_path, smoothing):
    x, _ = sampled(2.0, rows=40)
    q = np.random.default_rng(9).dirichlet(np.ones(6), 40)
    q[:, 0] *= 3  # they need not sum to 1
    x[:, 0] += 4
    found = scored(tmp_path, x, q, FIT, "--label-smoothing", smoothing)
    assert is_smallest(found, x, q, smoothing)
    assert found["fit"]["loss"] == pytest.approx(
        float(mean_loss(x, q, found["fit"]["temperature"], smoothing)), rel=1e-14
    )


def test_ignored_rows_and_empty_classes(tmp_path):
    x, t = sampled(2.0, rows=40)
    x[3, (t[3] + 1) % 6] = -np.inf
    x[4, np.arange(6) != t[4]] = -np.inf  # a row of one class
    want = scored(tmp_path, x, t, FIT)
    assert is_smallest(want, x, t)
    more, goals = np.vstack([np.full(6, np.nan), x]), np.concatenate([[-100], t])
    assert scored(tmp_path, more, goals, FIT) == {**want, "ignored": 1}


@pytest.mark.parametrize("scale", [2.0**-300, 2.0**-20, 2.0**20, 2.0**300])
def test_scaled_logits_have_a_scaled_temperature(tmp_path, scale):
    x, t = sampled(2.0, rows=40)
    plain = scored(tmp_path, x, t, FIT)["fit"]
    scaled = scored(tmp_path, x * scale, t, FIT)["fit"]
    assert scaled["temperature"] == pytest.approx(plain["temperature"] * scale, rel=1e-12)
    assert scaled["loss"] == pytest.approx(plain["loss"], rel=1e-14)


def test_large_logits_keep_their_digits(tmp_path):
    x, t = sampled(2.0, rows=40)
    x = np.round(x, 3) + 2.0**30  # exactly the same differences, but for one rounding
    x -= 2.0**30
    plain = scored(tmp_path, x, t, FIT)["fit"]
    moved = scored(tmp_path, x + 2.0**30, t, FIT)["fit"]
    assert moved["temperature"] == pytest.approx(plain["temperature"], rel=1e-12)


def test_the_colder_the_better(tmp_path):
    x = np.array([[9.0, 1, 2], [0, 0.5, 0.25], [7, 7, 1]])
    for t in ([0, 1, 1], np.eye(3)[[0, 1, 0]], [[2, 0, 0], [0, 1, 0], [0.25, 0.5, 0]]):
        found = scored(tmp_path, x, t, FIT)["fit"]
        tied = np.sum(np.asarray(t)[2]) if np.ndim(t) == 2 else 1
        assert found["best_temperature"] == "zero"
        assert found["limit"] == pytest.approx(tied * math.log(2) / 3, rel=1e-15)
        assert "temperature" not in found
    shown = lse("loss", tmp_path / "x.npy", tmp_path / "t.npy", FIT).out
    assert "The colder the better" in shown
    cold = record(tmp_path / "x.npy", tmp_path / "t.npy", "--temperature", "1e-3")
    assert cold["loss"] == pytest.approx(found["limit"], rel=1e-12)


def test_the_hotter_the_better(tmp_path):
    x = np.array([[5.0, 0, -np.inf], [0, 0, 3]])
    found = scored(tmp_path, x, [1, 1], FIT)["fit"]
    assert found["best_temperature"] == "infinity"
    assert found["limit"] == pytest.approx((math.log(2) + math.log(3)) / 2, rel=1e-15)
    shown = lse("loss", tmp_path / "x.npy", tmp_path / "t.npy", FIT).out
    assert "The hotter the better" in shown
    hot = record(tmp_path / "x.npy", tmp_path / "t.npy", "--temperature", "1e12")
    assert hot["loss"] == pytest.approx(found["limit"], rel=1e-10)


def test_an_infinite_logit_has_all_the_mass_at_every_temperature(tmp_path):
    found = scored(tmp_path, [[np.inf, 0.0], [5.0, 0.0]], [0, 1], FIT)["fit"]
    assert found["best_temperature"] == "infinity"
    assert found["limit"] == pytest.approx(math.log(2) / 2, rel=1e-15)


def test_rounding_is_not_taken_for_a_slope(tmp_path):
    # Every class is the target once, so that the slope at equal shares is 0; its terms are not.
    x = np.tile(np.array([[1.4, -0.7, 0.4]]), (3, 1))
    assert scored(tmp_path, x, [0, 1, 2], FIT)["fit"]["best_temperature"] == "infinity"


def test_all_temperatures_are_alike(tmp_path):
    found = scored(tmp_path, np.full((3, 4), 2.5), [0, 1, 2], FIT)["fit"]
    assert found["best_temperature"] == "any"
    assert found["limit"] == pytest.approx(math.log(4), rel=1e-15)
    assert scored(tmp_path, [[np.inf, 0.0]], [0], FIT)["fit"]["best_temperature"] == "any"


def test_both_are_shown(tmp_path):
    x, t = sampled(2.0)
    shown = lse("loss", *saved(tmp_path, x, t), FIT).out
    found = record(tmp_path / "x.npy", tmp_path / "t.npy", FIT)
    lines = {line.split("  ")[0]: line.split()[-2:] for line in shown.splitlines()[2:]}
    assert lines["temperature"] == ["1", f"{found['fit']['temperature']:.6g}"]
    assert lines["loss (nats)"] == [f"{found['loss']:#.6g}", f"{found['fit']['loss']:#.6g}"]
    assert lines["calibration error"] == [
        f"{part['calibration_error']:#.6g}" for part in (found, found["fit"])
    ]


def counted(first, second):
    """A slope with its calls counted."""
    calls = []

    def slope_at(beta):
        calls.append(beta)
        return Slope(first(beta), second(beta), 0.0)

    return slope_at, calls


@pytest.mark.parametrize("root", [1e-90, 1e-9, 0.3, 1.0, 1e9, 1e90])
@pytest.mark.parametrize("start", [1e-6, 1.0, 1e6])
def test_the_search_holds_where_newton_flies_away(root, start):
    # Flat at both ends, where a Newton step goes as far as it likes.
    slope_at, calls = counted(
        lambda beta: math.tanh(math.log(beta / root)),
        lambda beta: 1 / (beta * math.cosh(min(abs(math.log(beta / root)), 300)) ** 2),
    )
    assert smallest_at(slope_at, start) == pytest.approx(root, rel=1e-12)
    assert len(calls) < 40


def test_a_kink_is_found_by_halving():
    slope_at, calls = counted(lambda beta: -1.0 if beta < 3 else 2.0, lambda beta: 0.0)
    assert smallest_at(slope_at, 1.0) == pytest.approx(3, rel=1e-14)
    assert len(calls) < 80


def test_a_crawling_newton_is_helped():
    # Each Newton step lands on the other side of 3, 0.96 times as far away.
    slope_at, calls = counted(
        lambda beta: math.copysign(abs(beta - 3) ** 0.51, beta - 3),
        lambda beta: 0.51 * abs(beta - 3) ** -0.49 if beta != 3 else 0.0,
    )
    assert smallest_at(slope_at, 2.0) == pytest.approx(3, rel=1e-7)
    assert len(calls) < 100


def test_few_passes_are_needed(tmp_path, monkeypatch):
    from logsumexp.cli.scoring import fitting

    calls, slope_at = [], fitting.slope_at
    monkeypatch.setattr(fitting, "slope_at", lambda *a: calls.append(a) or slope_at(*a))
    x, t = sampled(2.0)
    scored(tmp_path, x, t, FIT)
    assert 2 <= len(calls) <= 7
