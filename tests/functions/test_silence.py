"""Defined results are no reason to warn: nothing is printed, no floating-point flag is raised in NumPy."""

import warnings

import numpy as np
import pytest

import logsumexp as lse

INF, NAN = np.inf, np.nan
ROWS = [
    [],
    [-INF, -INF],
    [INF, 0],
    [INF, INF],
    [INF, -INF],
    [NAN, 1],
    [-INF, NAN],
    [1e308, -1e308],
    [0, -800],
]
DTYPES = ["float16", "float32", "float64", "longdouble", "complex64", "complex128"]


@pytest.fixture(autouse=True)
def _loud():
    """Every warning is an error, also for an application that asks NumPy to raise."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", ROWS, ids=str)
@pytest.mark.parametrize("state", ["warn", "raise"])
def test_special_rows_are_silent(dtype, row, state, capfd):
    x = np.clip(row, -6e4, 6e4) if dtype == "float16" else np.clip(row, -3e38, 3e38)
    x = np.where(np.isinf(row), row, x).astype(dtype)
    with np.errstate(all=state):
        for name in ("logsumexp", "logmeanexp", "softmax", "log_softmax"):
            function = getattr(lse, name)
            function(x)
            function(x, where=np.zeros(x.shape, bool))
            function(x, temperature=0.25)
            function(np.stack([x, x]), axis=0)
        for b in (0, -1, np.resize([1.0, -1.0], x.shape), np.zeros(x.shape)):
            lse.logsumexp(x, b=b)
            lse.logsumexp(x, b=b, return_sign=True)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_states_are_silent(row, capfd):
    x = np.array(row)
    with np.errstate(all="raise"):
        state = lse.State.fold(x) | lse.State.empty() | lse.State.one(1.0)
        state.shift(-INF)
        state.shift(3.0).finish(minus=INF)
        state.spread(x)
        repr(state)
    assert capfd.readouterr() == ("", "")


def test_the_error_state_of_the_caller_is_left_alone():
    with np.errstate(divide="raise", over="call", call=lambda *_: None):
        before = np.geterr()
        lse.logsumexp(np.array([-INF, 1j * INF]))
        lse.softmax(np.array([NAN, INF], np.longdouble))
        assert np.geterr() == before
