"""Types in, types out, and `dtype=`, the type of the result."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer
from tests.helpers.ulp import steps

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
KEPT = ["float16", "bfloat16", "float32", "float64", "longdouble", "complex64", "complex128"]
INTEGERS = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
INTEGERS += ["intc", "long", "longlong", "ulonglong", "intp"]


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return getattr(lse, request.param)


def named(dtype):
    return np.dtype(peer("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype)


@pytest.mark.parametrize("dtype", KEPT)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_floats_keep_their_type(function, dtype, axis):
    x = np.array([[1, 2, 3], [0, 5, 1]]).astype(named(dtype))
    got = function(x, axis=axis)
    assert got.dtype == named(dtype)
    want = function(np.array([[1.0, 2, 3], [0, 5, 1]]), axis=axis)
    np.testing.assert_allclose(
        got.astype(complex), want, rtol=2e-2 if x.dtype.itemsize == 2 else 1e-6
    )


@pytest.mark.parametrize("dtype", INTEGERS)
@pytest.mark.parametrize("axis", [None, 0, 1])
def test_integers_and_bool_count_as_float64(function, dtype, axis):
    x = np.array([[1, 0, 1], [0, 1, 1]]).astype(dtype)
    got = function(x, axis=axis)
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, function(x.astype(float), axis=axis))


def test_integers_are_not_subtracted_as_integers():
    np.testing.assert_array_equal(lse.softmax(np.array([255, 0], np.uint8)), [1, np.exp(-255)])
    np.testing.assert_array_equal(
        lse.softmax(np.array([127, -128], np.int8)), lse.softmax([127.0, -128.0])
    )
    np.testing.assert_array_equal(lse.softmax(np.array([True, False])), lse.softmax([1.0, 0.0]))
    ends = np.array([np.iinfo(np.int64).min, np.iinfo(np.int64).max])
    np.testing.assert_array_equal(lse.softmax(ends), [0, 1])
    assert lse.logsumexp(ends) == 2.0**63
    assert lse.logsumexp(np.array([2**64 - 1], np.uint64)) == 2.0**64


@pytest.mark.parametrize("target", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("source", ["float16", "bfloat16", "float32", "float64", "int8", "bool"])
def test_dtype_is_the_type_of_the_result(function, source, target):
    x = np.array([[1, 0, 1], [0, 1, 0]]).astype(named(source))
    for axis in (None, 0, 1):
        got = function(x, axis=axis, dtype=named(target))
        assert got.dtype == named(target)
        want = function(x.astype(float), axis=axis)
        assert np.max(steps(np.asarray(got), np.asarray(want.astype(named(target))))) <= 1


@pytest.mark.parametrize(
    "dtype", [np.float32, "float32", "f4", np.dtype("f4"), np.dtype(">f4"), "=f4"]
)
def test_dtype_in_every_spelling(function, dtype):
    got = function(np.arange(3.0), dtype=dtype)
    assert got.dtype.name == "float32"
    np.testing.assert_array_equal(got, function(np.arange(3.0), dtype=np.float32))


def test_dtype_float_is_float64(function):
    assert function(np.zeros(3, np.float32), dtype=float).dtype == np.float64
    assert function(np.zeros(3, np.float32), dtype=None).dtype == np.float32


def test_a_narrow_result_is_not_computed_narrow():
    x = np.full(70_000, 1e5)
    np.testing.assert_allclose(lse.logsumexp(x, dtype=np.float32), 1e5 + np.log(70_000), rtol=1e-7)
    assert lse.logsumexp(np.zeros(70_000), dtype=np.float16) == np.float16(11.156)
    # 1e5 overflows float16 on the way in, but the answer does not depend on it.
    np.testing.assert_array_equal(lse.softmax([1e5, 1e5], dtype=np.float16), [0.5, 0.5])


def test_a_wide_result_is_not_computed_narrow():
    x = np.array([0, -40], np.float32)
    assert lse.logsumexp(x, dtype=np.float64) == 4.248354255291589e-18
    assert lse.log_softmax(x, dtype=np.float64)[0] == -4.248354255291589e-18


@pytest.mark.parametrize(
    "dtype", ["int64", "bool", "object", "U3", "M8[s]", "complex64", "no such", 17]
)
def test_a_dtype_that_cannot_be_had(function, dtype):
    x, out = np.arange(3.0), np.full(3, 7.0)
    with pytest.raises(TypeError, match="`dtype` is "):
        function(x, dtype=dtype)
    with pytest.raises(TypeError, match="`dtype` is "):
        function(x, dtype=dtype, out=out)
    np.testing.assert_array_equal(out, np.full(3, 7.0))


REFUSED = {
    "object": np.array([1.0, None], object),
    "numbers as object": np.array([1.0, 2.0], object),
    "str": np.array(["1.0", "2.0"]),
    "bytes": np.array([b"1"]),
    "datetime64": np.array(["2020-01-01"], "M8[D]"),
    "timedelta64": np.array([1], "m8[s]"),
    "record": np.zeros(2, [("x", "f8"), ("y", "f8")]),
    "void": np.zeros(2, "V8"),
    "string dtype": np.array(["a"], np.dtypes.StringDType()),
}


@pytest.mark.parametrize("given", REFUSED)
def test_what_is_no_number_is_refused_by_name(function, given):
    x = REFUSED[given]
    name = "a" if "mean" in function.__name__ or "sum" in function.__name__ else "x"
    with pytest.raises(TypeError, match=f"`{name}`") as caught:
        function(x)
    assert str(x.dtype) in str(caught.value)
    with pytest.raises(TypeError, match=f"`{name}`"):
        function(x.reshape(1, -1), axis=-1)


@pytest.mark.parametrize(
    "given", ["abc", None, {1: 2}, {1.0}, object(), [1, "a"], [1, None], b"xy"]
)
def test_an_object_that_is_no_array_is_refused(function, given):
    with pytest.raises(TypeError):
        function(given)


def test_a_ragged_list_is_refused(function):
    with pytest.raises((TypeError, ValueError)):
        function([[1.0, 2.0], [3.0]])


@pytest.mark.parametrize("dtype", ["float8_e4m3fn", "float8_e5m2", "int4", "float4_e2m1fn"])
def test_other_small_types_are_refused_or_right(function, dtype):
    """Not in the contract: a clear TypeError, or a correct answer; never a wrong one."""
    kind = getattr(peer("ml_dtypes"), dtype, None)
    if kind is None:
        pytest.skip(f"this ml_dtypes has no {dtype}")
    x = np.array([1, 2, 1]).astype(kind)
    try:
        got = function(x)
    except TypeError as error:
        refusal = str(error)
        assert dtype in refusal
        return
    np.testing.assert_allclose(got.astype(float), function(x.astype(float)), rtol=0.2)
