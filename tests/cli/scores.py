"""What `lse loss` should answer, computed the slow and obvious way."""

import json

import numpy as np

from tests.cli.running import lse
from tests.helpers.ulp import mp


def saved(folder, x, t, name="x.npy", targets="t.npy"):
    """Write logits and targets as .npy files, and answer their paths."""
    np.save(folder / name, x)
    np.save(folder / targets, t)
    return folder / name, folder / targets


def record(*arguments, stdin=None):
    """What a run prints as JSON."""
    ended = lse("loss", *arguments, "--json", stdin=stdin)
    assert (ended.status, ended.err) == (0, "")

    def refuse(word):
        raise AssertionError(f"{word} is no JSON")

    return json.loads(ended.out, parse_constant=refuse)


def scored(folder, x, t, *options):
    """Files written, and what a run says of them."""
    return record(*saved(folder, np.asarray(x), np.asarray(t)), *options)


def shares_of(row, temperature=1):
    """The softmax of a row, at 400 bits."""
    weights = [mp.exp(mp.mpf(float(number)) / mp.mpf(float(temperature))) for number in row]
    return [weight / mp.fsum(weights) for weight in weights]


def probabilities(targets, classes, smoothing=0.0):
    """Classes or probabilities as exact rows of probabilities."""
    targets = np.asarray(targets)
    rows = np.eye(classes)[targets] if targets.ndim == 1 else targets
    s = mp.mpf(smoothing)
    return [[(1 - s) * mp.mpf(float(q)) + s / classes for q in row] for row in rows]


def mean_loss(x, targets, temperature=1, smoothing=0.0):
    """The mean of -sum q_k log p_k, at 400 bits."""
    goals = probabilities(targets, len(x[0]), smoothing)
    total = mp.mpf(0)
    for row, goal in zip(x, goals, strict=True):
        for q, p in zip(goal, shares_of(row, temperature), strict=True):
            if q:
                total -= q * mp.log(p)
    return total / len(x)


def calibration_error(x, right, bins, temperature=1):
    """The expected calibration error from its definition: bins (low, high] of confidence."""
    confidence = np.array([float(max(shares_of(row, temperature))) for row in x])
    error = 0.0
    for index in range(bins):
        inside = (confidence > index / bins) & (confidence <= (index + 1) / bins)
        if inside.any():
            gap = abs(np.mean(right[inside]) - confidence[inside].mean())
            error += inside.sum() / len(x) * gap
    return error
