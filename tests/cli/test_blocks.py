"""Arrays larger than a block come to the same as the public functions on the whole array."""

import numpy as np
import pytest

import logsumexp
from logsumexp.cli import cutting, working
from tests.cli.running import lse
from tests.helpers.ulp import error_in_ulps, exactly

FUNCTIONS = {
    "softmax": logsumexp.softmax,
    "log-softmax": logsumexp.log_softmax,
    "logsumexp": logsumexp.logsumexp,
    "logmeanexp": logsumexp.logmeanexp,
}


@pytest.fixture(params=[64, 1000, 20_000])
def block(monkeypatch, request):
    monkeypatch.setattr(working, "BLOCK_BYTES", request.param)
    monkeypatch.setattr(cutting, "SHORTEST_RUN", 4)
    return request.param


def through_files(folder, name, x, *options):
    np.save(folder / "x.npy", x)
    ended = lse(name, folder / "x.npy", "-o", folder / "y.npy", "--force", *options)
    assert (ended.status, ended.err) == (0, "")
    return np.load(folder / "y.npy")


def steps(result, wanted):
    """The largest distance in ulp of the result's type."""
    kind = str(result.dtype)
    pairs = zip(np.ravel(result), np.ravel(wanted), strict=True)
    return max(error_in_ulps(got, exactly(want), kind) for got, want in pairs)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("axis", ["0", "1", "2", "none", "0,2"])
def test_cut_anywhere(tmp_path, block, name, order, axis):
    x = np.asarray(np.random.default_rng(2).normal(scale=9, size=(9, 8, 7)), order=order)
    result = through_files(tmp_path, name, x, "--axis", axis)
    wanted = FUNCTIONS[name](x, axis=eval(axis.capitalize()))  # noqa: S307 - one of five texts
    assert result.shape == np.shape(wanted)
    # Both are within 2 ulp of the truth (1 for the sums), so they are within 4 of each other.
    assert steps(result, wanted) <= 4


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i2", "?"])
def test_types(tmp_path, block, name, dtype):
    x = np.random.default_rng(3).normal(scale=9, size=400).astype(dtype)
    result, wanted = through_files(tmp_path, name, x), FUNCTIONS[name](x)
    assert result.dtype == wanted.dtype
    assert steps(result, wanted) <= 4


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("temperature", ["0.3", "7", "1e6"])
@pytest.mark.parametrize("offset", [0.0, 1e5, -1e5])
def test_temperature(tmp_path, block, name, temperature, offset):
    x = np.random.default_rng(4).normal(scale=9, size=300) + offset
    result = through_files(tmp_path, name, x, "--temperature", temperature)
    wanted = FUNCTIONS[name](x, temperature=float(temperature))
    if name.startswith(("logm", "logs")):
        # max + t * log(...): right to some ulp of the larger of the two.
        largest = max(np.abs(wanted), np.abs(x).max())
        assert np.abs(result - wanted) <= 2 * np.spacing(largest)
    else:
        # (x - max) / t is rounded once where the function keeps two parts: |x - max| / t more ulp.
        assert steps(result, wanted) <= 4 + np.ptp(x) / float(temperature)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("temperature", ["1", "2"])
@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_special_values(tmp_path, block, name, temperature, special):
    x = np.zeros((2, 300))
    x[0, 250] = special
    x[1] = -np.inf
    result = through_files(tmp_path, name, x, "--temperature", temperature)
    wanted = FUNCTIONS[name](x, axis=-1, temperature=float(temperature))
    np.testing.assert_allclose(result, wanted, rtol=1e-15)


def test_dtype_of_the_result(tmp_path, block):
    x = np.random.default_rng(6).normal(size=500).astype("f4")
    result = through_files(tmp_path, "softmax", x, "--dtype", "float64")
    assert steps(result, logsumexp.softmax(x, dtype="f8")) <= 4


def test_a_small_loss_survives_the_cut(tmp_path, block):
    # Not -745: a state holds a subnormal mass to half a unit, and each of 125 merges may lose that.
    x = np.full(1000, -700.0)
    x[3] = 0
    assert steps(through_files(tmp_path, "logsumexp", x), logsumexp.logsumexp(x)) <= 2
