"""Errors: before anything is computed, and each text says which argument, what was given, what is wanted."""

import numpy as np
import pytest

import logsumexp as lse

FUNCTIONS = [lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax]
X = np.zeros((2, 3))


@pytest.fixture(params=FUNCTIONS, ids=lambda function: function.__name__)
def function(request):
    return request.param


def first(function):
    return "x" if "softmax" in function.__name__ else "a"


@pytest.mark.parametrize(
    "axis", [2, 3, -3, 17, -10, 2**31, 2**63, -(2**63), 2**64, 10**30, -(10**30)]
)
def test_an_axis_out_of_range(function, axis):
    """`axis` is 3, but the array has 2 dimensions: use -2..1 or None."""
    text = f"`axis` is {axis}, but the array has 2 dimensions: use -2..1 or None"
    with pytest.raises(np.exceptions.AxisError) as caught:
        function(X, axis=axis)
    assert str(caught.value) == text


@pytest.mark.parametrize("axis", [(0, 2), (5,), (-3, 0), (10**30,), (0, -(10**30))])
def test_an_axis_out_of_range_inside_a_tuple(function, axis):
    with pytest.raises(np.exceptions.AxisError, match=r"`axis` is .*2 dimensions: use -2\.\.1"):
        function(X, axis=axis)


@pytest.mark.parametrize(("axis", "dimensions"), [(1, 0), (-2, 0), (1, 1), (-2, 1)])
def test_an_axis_out_of_range_of_few_dimensions(function, axis, dimensions):
    plural = "dimension" if dimensions == 1 else "dimensions"
    with pytest.raises(ValueError, match=rf"`axis` is {axis}, .*has {dimensions} {plural}\b"):
        function(np.ones((3,) * dimensions), axis=axis)


@pytest.mark.parametrize("axis", [(0, 0), (1, -1), (0, 1, 0), (-2, 0)])
def test_an_axis_named_twice(function, axis):
    with pytest.raises(ValueError, match=r"`axis` is .*twice"):
        function(X, axis=axis)


@pytest.mark.parametrize(
    "axis", [1.0, "0", 0.5, 1j, object(), {0}, b"0", (0.0,), (None,), ("0", 1), np.nan]
)
def test_an_axis_of_a_wrong_type(function, axis):
    with pytest.raises(TypeError, match=r"`axis`.*int"):
        function(X, axis=axis)


@pytest.mark.parametrize(
    "axis", [np.int8(1), np.int64(-1), np.uint64(1), np.array(1), (np.int32(1),)]
)
def test_an_axis_of_any_integer_type(function, axis):
    np.testing.assert_array_equal(function(X, axis=axis), function(X, axis=1))


class Index:
    def __index__(self):
        return 1


class Broken:
    def __index__(self):
        raise KeyError("broken on purpose")

    def __float__(self):
        raise KeyError("broken on purpose")

    def __array__(self, dtype=None, copy=None):
        raise KeyError("broken on purpose")


def test_an_object_with_an_index_is_an_axis(function):
    np.testing.assert_array_equal(function(X, axis=Index()), function(X, axis=1))


def test_errors_of_foreign_objects_are_python_errors(function):
    for options in (
        {"axis": Broken()},
        {"temperature": Broken()},
        {"where": Broken()},
        {"out": Broken()},
    ):
        with pytest.raises((KeyError, TypeError, ValueError)):
            function(X, **options)
    with pytest.raises((KeyError, TypeError, ValueError)):
        function(Broken())


def test_the_first_argument_is_named(function):
    for x in (np.array(["a"]), np.array([None])):
        with pytest.raises(TypeError, match=f"`{first(function)}` has dtype .*float64"):
            function(x)


def test_every_text_is_one_line_without_a_rust_word(function):
    bad = [
        ((X,), {"axis": 9}),
        ((X,), {"axis": "x"}),
        ((X,), {"axis": (1, 1)}),
        ((X,), {"temperature": 0}),
        ((X,), {"temperature": "x"}),
        ((X,), {"where": np.ones(9, bool)}),
        ((X,), {"where": 3}),
        ((X,), {"dtype": "int8"}),
        ((X,), {"out": np.zeros(99)}),
        ((X,), {"out": np.zeros(3, "f2")}),
        ((X,), {"out": 5}),
        ((np.array(["a"]),), {}),
        ((np.zeros(2, "M8[s]"),), {}),
    ]
    for arguments, options in bad:
        with pytest.raises((ValueError, TypeError)) as caught:
            function(*arguments, **options)
        text = str(caught.value)
        assert "\n" not in text
        assert 20 <= len(text) <= 300
        assert text.startswith("`") or "`" in text
        for word in ("Option", "panic", "PyErr", "Rust", "unwrap", "NoneType"):
            assert word not in text


def test_an_error_comes_before_the_work():
    """The cheap check is not behind the large computation, nor the first write before the last check."""
    x = np.zeros((50, 100_000))
    out = np.full(x.shape, 7.0)
    with pytest.raises(TypeError, match="`where`"):
        lse.softmax(x, axis=1, where=np.zeros(100_000), out=out)
    assert (out == 7).all()


@pytest.mark.parametrize("shape", [(2**40, 0), (0, 2**40), (2**20, 0, 2**20)])
def test_absurd_shapes_without_elements(function, shape):
    assert np.size(function(np.zeros(shape), axis=None)) in (0, 1)


def test_memory_that_cannot_be_had_is_a_memory_error():
    """A result of 2^57 bytes: refused in Python, with nothing written and nobody dead."""
    x = np.broadcast_to(np.float64(1), (2**27, 2**27))
    for function in (lse.softmax, lse.log_softmax):
        with pytest.raises(MemoryError):
            function(x, axis=1)
    with pytest.raises(MemoryError):
        lse.logsumexp(np.broadcast_to(np.float64(1), (2**58, 1)), axis=1)
