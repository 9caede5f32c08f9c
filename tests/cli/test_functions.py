"""The four functions over .npy files: what is written is what the public functions answer."""

import numpy as np
import pytest

import logsumexp
from tests.cli.running import lse

FUNCTIONS = {
    "softmax": logsumexp.softmax,
    "log-softmax": logsumexp.log_softmax,
    "logsumexp": logsumexp.logsumexp,
    "logmeanexp": logsumexp.logmeanexp,
}
DTYPES = ["f2", "f4", "f8", ">f4", ">f8", "i1", "u8", "?"]


@pytest.fixture
def numbers():
    return np.random.default_rng(5).normal(scale=9, size=(6, 4, 5))


def written(folder, name, x, *options):
    np.save(folder / "x.npy", x)
    ended = lse(name, folder / "x.npy", "-o", folder / "y.npy", "--force", *options)
    assert (ended.status, ended.err) == (0, "")
    return np.load(folder / "y.npy", allow_pickle=False)


def same(result, wanted):
    wanted = np.asarray(wanted)
    assert result.dtype == wanted.dtype
    np.testing.assert_array_equal(result, wanted, strict=True)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_types(tmp_path, numbers, name, dtype):
    x = numbers.astype(dtype)
    same(written(tmp_path, name, x), FUNCTIONS[name](x, axis=-1))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    ("text", "axis"),
    [("-1", -1), ("0", 0), ("1", 1), ("-3", -3), ("none", None), ("0,-1", (0, -1))],
)
@pytest.mark.parametrize("order", ["C", "F"])
def test_axes(tmp_path, numbers, name, text, axis, order):
    x = np.asarray(numbers, order=order)
    same(written(tmp_path, name, x, "--axis", text), FUNCTIONS[name](x, axis=axis))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_temperature_and_dtype(tmp_path, numbers, name):
    result = written(tmp_path, name, numbers, "--temperature", "2.5", "--dtype", "float32")
    same(result, FUNCTIONS[name](numbers, axis=-1, temperature=2.5, dtype=np.float32))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 3), (1,), (1, 1)])
def test_shapes_of_little(tmp_path, name, shape):
    x = np.zeros(shape)
    same(written(tmp_path, name, x), FUNCTIONS[name](x, axis=-1))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_single_number_has_no_axis(tmp_path, name):
    same(written(tmp_path, name, np.float64(3), "--axis", "none"), FUNCTIONS[name](np.float64(3)))


def test_special_values_stay_in_their_row(tmp_path):
    x = np.array([[1, np.nan], [np.inf, 0], [-np.inf, -np.inf], [0, 0]])
    same(written(tmp_path, "softmax", x), logsumexp.softmax(x, axis=-1))


def test_complex_and_longdouble(tmp_path):
    x = np.array([[1 + 2j, 3 - 1j]])
    same(written(tmp_path, "logsumexp", x), logsumexp.logsumexp(x, axis=-1))
    x = np.array([[1, 2, 3]], dtype=np.longdouble)
    same(written(tmp_path, "softmax", x), logsumexp.softmax(x, axis=-1))


def test_short_results_are_printed(tmp_path):
    np.save(tmp_path / "x.npy", np.log([[1.0, 3.0], [2.0, 2.0]]))
    # The logarithm of 3 is rounded: the share is nearer to the float64 below a quarter.
    assert lse("softmax", tmp_path / "x.npy").out == "0.24999999999999997\t0.75\n0.5\t0.5\n"
    assert lse("logsumexp", tmp_path / "x.npy", "--axis", "none").out == "2.0794415416798357\n"
