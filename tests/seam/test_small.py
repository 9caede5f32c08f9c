"""Small calls, one row of up to 64 floats, take a way of their own: nothing but the time may tell."""

import itertools

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.rows import SMALL

REDUCE = [lse.logsumexp, lse.logmeanexp]
SPREAD = [lse.softmax, lse.log_softmax]
SIZES = [1, 2, 7, 8, 9, 15, 16, 17, 33, 63, 64, 65]
DTYPES = ["float32", "float64"]


def bits(x):
    """The bytes of a result, with all that a caller can see of it."""
    return type(x), x.dtype, x.shape, x.strides, np.asarray(x).tobytes()


def rows(size, dtype):
    """One row of each kind, those that are not finite among them."""
    rng = np.random.default_rng(size)
    for name, make in SMALL.items():
        yield name, np.array(make(rng, size), dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("size", SIZES)
def test_small_and_general_agree(dtype, size):
    everything = np.True_ if size == 1 else np.ones(size, bool)
    for name, x in rows(size, dtype):
        for function, t in itertools.product([*REDUCE, *SPREAD], [1.0, 0.3, 40.0, 1e-40, 1e40]):
            small = function(x, temperature=t)
            general = function(x, temperature=t, where=np.asarray(everything))
            assert bits(small) == bits(general), f"{function.__name__}, {name}, t = {t}"


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(6,), (1, 6), (2, 3), (2, 1, 3), (1, 1, 1, 6), (1, 1, 1, 2, 3)])
def test_every_way_to_name_all_axes(dtype, shape):
    x = np.random.default_rng(3).normal(size=shape).astype(dtype)
    every, row = tuple(range(len(shape))), x.ravel()
    for function in REDUCE:
        for axis, keepdims in itertools.product([None, every], [False, True]):
            got = function(x, axis=axis, keepdims=keepdims)
            assert np.shape(got) == ((1,) * len(shape) if keepdims else ())
            assert type(got) is (np.ndarray if keepdims else x.dtype.type)
            assert got.dtype == dtype
            assert np.ravel(got)[0] == function(row)
    for function, axis in itertools.product(SPREAD, [None, every]):
        got = function(x, axis=axis)
        assert got.shape == shape
        assert got.flags.c_contiguous
        assert got.dtype == dtype
        np.testing.assert_array_equal(got.ravel(), function(row, axis=-1))


def test_defaults_may_be_written_out():
    x = np.arange(8.0)
    options = {"axis": None, "where": None, "temperature": 1.0, "dtype": None, "out": None}
    for function in SPREAD:
        np.testing.assert_array_equal(function(x, **options), function(x))
    assert lse.logmeanexp(x, keepdims=False, **options) == lse.logmeanexp(x)
    assert lse.logsumexp(x, b=None, keepdims=False, return_sign=False, **options) == lse.logsumexp(
        x
    )


@pytest.mark.parametrize("dtype", DTYPES)
def test_out(dtype):
    x = np.arange(8, dtype=dtype)
    for function in REDUCE:
        for keepdims, shape in [(False, ()), (True, (1,))]:
            out = np.zeros(shape, dtype)
            assert function(x, keepdims=keepdims, out=out) is out
            assert out.item() == function(x).item()
    for function in SPREAD:
        want, out, same = function(x), np.zeros_like(x), x.copy()
        assert function(x, out=out) is out
        assert function(same, out=same) is same
        np.testing.assert_array_equal(out, want)
        np.testing.assert_array_equal(same, want)


def test_a_wrong_out_is_refused_and_left_alone():
    buffer = np.arange(12.0)
    x, kept = buffer[:8], buffer.copy()
    read_only = np.zeros(8)
    read_only.flags.writeable = False
    for out in (buffer[4:], read_only, np.zeros(7), np.zeros((1, 8)), np.zeros(8, "float32")):
        for function in SPREAD:
            with pytest.raises(ValueError, match="`out`"):
                function(x, out=out)
    for out in (buffer[3:4].reshape(()), np.zeros(1), np.zeros((), "float32")):
        for function in REDUCE:
            with pytest.raises(ValueError, match="`out`"):
                function(x, out=out)
    with pytest.raises(ValueError, match="`out`"):
        lse.logsumexp(x, keepdims=True, out=np.zeros(()))
    np.testing.assert_array_equal(buffer, kept)
    assert not read_only.any()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_special_values_into_out(value):
    x = np.array([value, 1.0, value])
    for function in SPREAD:
        out = x.copy()
        np.testing.assert_array_equal(function(out, out=out), function(x, where=np.ones(3, bool)))


@pytest.mark.parametrize(
    "options",
    [{"axis": 1}, {"axis": 2**70}, {"axis": True}, {"axis": 0.0}, {"temperature": 0.0},
     {"temperature": -1.0}, {"temperature": np.nan}, {"temperature": "1"}],
)  # fmt: skip
def test_wrong_arguments_get_the_general_answer(options):
    small, large = np.zeros(3), np.zeros(300)
    for function in (*REDUCE, *SPREAD):
        with pytest.raises(Exception) as of_large:
            function(large, **options)
        with pytest.raises(type(of_large.value)) as of_small:
            function(small, **options)
        assert str(of_small.value) == str(of_large.value)


def test_metadata_of_a_dtype_stays_behind():
    x = np.arange(3.0).astype(np.dtype("f8", metadata={"unit": "nat"}))
    for result in (lse.softmax(x), lse.logsumexp(x, keepdims=True), lse.logsumexp(x)):
        assert result.dtype.metadata is None
