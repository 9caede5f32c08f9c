"""What is no exact ndarray: lists, numbers, subclasses, masked arrays, objects that can become arrays."""

import array

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer

FUNCTIONS = [lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax]
ROWS = [[1.0, 2.0, 4.0], [0.5, -3.0, 2.0]]
X = np.array(ROWS)


@pytest.fixture(params=FUNCTIONS, ids=lambda function: function.__name__)
def function(request):
    return request.param


class Sub(np.ndarray):
    """A subclass with nothing of its own."""


class Convertible:
    """Not an array, but it knows how to become one."""

    def __array__(self, dtype=None, copy=None):
        return np.array(ROWS, dtype)


class Interface:
    def __init__(self, x):
        self.kept, self.__array_interface__ = x, x.__array_interface__


@pytest.mark.parametrize(
    "given",
    [
        ROWS,
        tuple(map(tuple, ROWS)),
        [np.array(row) for row in ROWS],
        X.view(Sub),
        Convertible(),
        Interface(X),
        memoryview(X),
        [array.array("d", row) for row in ROWS],
        X.astype(object).tolist(),
    ],
    ids=lambda given: type(given).__name__,
)
@pytest.mark.parametrize("axis", [None, 0, 1, (0, 1)])
def test_whatever_can_become_an_array(function, given, axis):
    got = function(given, axis=axis)
    np.testing.assert_array_equal(got, function(X, axis=axis))
    assert got.dtype == np.float64


def test_a_list_of_integers_is_float64(function):
    got = function([1000, 1000])
    assert got.dtype == np.float64
    np.testing.assert_array_equal(got, function([1000.0, 1000.0]))


def test_a_list_of_float32_stays_float32(function):
    assert function([np.float32(1), np.float32(2)]).dtype == np.float32


def test_a_matrix_has_its_values(function):
    with pytest.warns(PendingDeprecationWarning):
        matrix = np.matrix(ROWS)
    np.testing.assert_array_equal(np.asarray(function(matrix)), function(X))
    np.testing.assert_array_equal(np.ravel(function(matrix, axis=1)), np.ravel(function(X, axis=1)))


MASK = np.array([[False, True, False], [True, True, False]])


def test_a_masked_array_is_masked_or_refused(function):
    """A mask is never silently ignored: its elements do not take part, or a TypeError says so."""
    masked = np.ma.array(np.where(MASK, 1e9, X), mask=MASK)
    try:
        got = function(masked, axis=1)
    except TypeError as error:
        refusal = str(error)
        assert "where" in refusal
        return
    np.testing.assert_array_equal(
        np.ma.getdata(got)[..., -1], function(X, axis=1, where=~MASK)[..., -1]
    )
    np.testing.assert_array_equal(
        np.ma.filled(got, 0), np.ma.filled(function(X, axis=1, where=~MASK), 0)
    )


def test_a_masked_array_without_a_mask(function):
    np.testing.assert_array_equal(
        np.ma.getdata(function(np.ma.array(X), axis=1)), function(X, axis=1)
    )


def test_masks_and_weights_and_out_may_be_array_likes():
    want = lse.logsumexp(X, axis=1, b=np.array([1.0, 2.0, 3.0]))
    np.testing.assert_array_equal(lse.logsumexp(ROWS, axis=1, b=[1, 2, 3]), want)
    np.testing.assert_array_equal(lse.logsumexp(X, axis=1, b=(1.0, 2.0, 3.0)), want)
    where = [True, False, True]
    want = lse.softmax(X, axis=1, where=np.array(where))
    np.testing.assert_array_equal(lse.softmax(ROWS, axis=1, where=where), want)
    out = np.empty(2).view(Sub)
    assert lse.logsumexp(ROWS, axis=1, out=out) is out
    np.testing.assert_array_equal(out, lse.logsumexp(X, axis=1))


def test_an_input_list_and_its_out():
    out = np.empty((2, 3))
    assert lse.softmax(ROWS, axis=1, out=out) is out
    np.testing.assert_array_equal(out, lse.softmax(X, axis=1))


@pytest.mark.parametrize("x", [3, 3.5, True, np.float32(3.5), np.int8(3), np.array(3.5), 10**18])
def test_numbers(function, x):
    got = function(x)
    want = {"softmax": 1.0, "log_softmax": 0.0}.get(function.__name__, float(x))
    assert got == want
    assert isinstance(got, np.floating)
    assert got.dtype == (np.float32 if isinstance(x, np.float32) else np.float64)


def test_a_number_beyond_every_integer_type(function):
    with pytest.raises((TypeError, OverflowError)):
        function(10**400)


def test_a_tensor_is_served_or_refused_by_name(function):
    torch = peer("torch")
    tensor = torch.tensor(ROWS, dtype=torch.float64)
    try:
        got = function(tensor, axis=1)
    except TypeError as error:
        refusal = str(error)
        assert "torch" in refusal
        assert "numpy" in refusal
        return
    np.testing.assert_array_equal(np.asarray(got), function(X, axis=1))


def test_iterators_are_refused(function):
    with pytest.raises(TypeError):
        function(iter([1.0, 2.0]))


def test_a_list_that_changes_while_it_is_read(function):
    class Growing(list):
        def __len__(self):
            return super().__len__()

        def __getitem__(self, index):
            self.append(1.0)
            return super().__getitem__(index)

    function(Growing([1.0, 2.0]))
