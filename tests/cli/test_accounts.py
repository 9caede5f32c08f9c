"""Both formulas really run in the type they are explained in."""

import numpy as np
import pytest

from logsumexp.cli.explaining.accounts import add_up, stable, textbook
from logsumexp.cli.explaining.kinds import kind_of

TYPES = ["float16", "bfloat16", "float32", "float64"]


@pytest.fixture(params=TYPES)
def kind(request):
    if request.param == "bfloat16":
        pytest.importorskip("ml_dtypes")
    return kind_of(request.param)


@pytest.mark.parametrize("row", [[1, 2, 3], [0.1, -5, 30], [-30, -31], [7]])
def test_every_step_has_the_type(kind, row):
    x = np.array(row).astype(kind.dtype)
    for account in (textbook(x), stable(x)):
        for name, value in vars(account).items():
            assert np.asarray(value).dtype == kind.dtype, name


def test_sums_round_after_each_addition():
    half = np.full(5000, 1, np.float16)
    assert add_up(half) == 2048  # 2048 + 1 is 2048 in float16; a wider sum would be 5000
    assert textbook(np.zeros(5000, np.float16)).sum == 2048


def test_the_textbook_formula_is_numpys(kind):
    x = np.array([0.5, 1.5, -2.0, 3.0]).astype(kind.dtype)
    account = textbook(x)
    np.testing.assert_array_equal(account.exp, np.exp(x))
    if kind.name in ("float32", "float64"):  # NumPy sums the narrow types in float32
        assert account.logsumexp == np.log(np.sum(np.exp(x)))
        np.testing.assert_array_equal(account.softmax, np.exp(x) / np.sum(np.exp(x)))


def test_the_stable_steps():
    account = stable(np.array([1.0, 3.0, 3.0, 2.0]))
    assert account.max == 3
    np.testing.assert_array_equal(account.shifted, [-2, 0, 0, -1])
    assert account.top == 2
    assert account.rest == np.exp(-2.0) + np.exp(-1.0)
    assert account.logsumexp == account.max + account.log


@pytest.mark.parametrize(
    ("row", "logsumexp", "softmax"),
    [
        ([np.inf, 1], np.inf, [1, 0]),
        ([np.inf, np.inf, 1], np.inf, [np.nan, np.nan, 0]),
        ([-np.inf, 1], 1, [0, 1]),
        ([-np.inf, -np.inf], -np.inf, [np.nan, np.nan]),
        ([np.nan, 1], np.nan, [np.nan, np.nan]),
    ],
)
def test_limits(row, logsumexp, softmax):
    account = stable(np.array(row))
    np.testing.assert_equal(float(account.logsumexp), logsumexp)
    np.testing.assert_array_equal(account.softmax, softmax)
