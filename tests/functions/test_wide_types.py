"""longdouble in its own precision, complex as scipy: imaginary part wrapped to (-pi, pi]."""

import cmath
import math

import mpmath
import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.oracle import Row
from tests.helpers.ulp import exactly

INF = math.inf
LONG = np.finfo(np.longdouble)
TINY = exactly(LONG.smallest_normal)
extended = pytest.mark.skipif(LONG.nmant <= 52, reason="longdouble is float64 on this platform")


def off(got, exact):
    """The largest error in units of longdouble's epsilon, relative."""
    pairs = zip(np.ravel(got), np.ravel(exact), strict=True)
    return max(float(abs(exactly(x) - want) / max(abs(want), TINY)) for x, want in pairs) / float(
        LONG.eps
    )


@extended
@pytest.mark.parametrize("function", ["logsumexp", "logmeanexp", "softmax", "log_softmax"])
@pytest.mark.parametrize("scale", [0.1, 3, 100])
def test_longdouble_keeps_its_precision(function, scale):
    """No budget is promised for longdouble; better than float64 by far is."""
    rng = np.random.default_rng(20)
    for size in (1, 2, 5, 40):
        x = rng.normal(size=size).astype(np.longdouble) * np.longdouble(scale) / np.longdouble(3)
        got, exact = getattr(lse, function)(x), getattr(Row(x), function)
        terms = float(np.max(np.abs(x))) + np.log(size)
        allowed = 8 + 4 * float(np.ptp(x)) + 4 * terms / max(1e-300, float(np.min(np.abs(got))))
        assert off(got, exact) <= allowed


@extended
def test_longdouble_small_losses():
    x = np.array([0, -44], np.longdouble)
    assert off(lse.logsumexp(x), Row(x).logsumexp) < 8
    assert off(lse.log_softmax(x), Row(x).log_softmax) < 8
    x = np.array([0, -2000], np.longdouble)
    assert off(lse.logsumexp(x), Row(x).logsumexp) < 8


@extended
def test_longdouble_weights_in_every_order():
    a = np.log(np.array([1e20, 1.1, 1e20], np.longdouble))
    b = np.array([1, 1, -1], np.longdouble)
    for order in ([0, 1, 2], [1, 0, 2], [0, 2, 1]):
        np.testing.assert_allclose(
            lse.logsumexp(a[order], b=b[order]), np.log(np.longdouble(1.1)), rtol=1e-15
        )


@pytest.mark.parametrize("axis", [0, 1, None, (0, 1), ()])
def test_longdouble_takes_every_option(axis):
    x = np.random.default_rng(21).normal(size=(3, 4))
    where = x < 1
    for name in ("logsumexp", "logmeanexp", "softmax", "log_softmax"):
        function = getattr(lse, name)
        options = {"axis": axis, "where": where, "temperature": 0.7}
        want = function(x, **options)
        got = function(x.astype(np.longdouble), **options)
        np.testing.assert_allclose(got.astype(float), want, rtol=1e-14)
        assert function(x.astype(np.longdouble), dtype=np.float32, **options).dtype == np.float32
        assert function(x.astype(np.float32), dtype=np.longdouble, **options).dtype == np.longdouble


def reference(z):
    """log(sum(exp(z))) in 40 digits, as complex."""
    with mpmath.workdps(40):
        return complex(
            mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpc(complex(element))) for element in z))
        )


@pytest.mark.parametrize(("dtype", "close"), [("complex64", 2e-6), ("complex128", 1e-14)])
def test_complex_rows(dtype, close):
    rng = np.random.default_rng(22)
    for size in (1, 2, 7, 100):
        for scale in (0.5, 10):
            z = (rng.normal(size=size) * scale + 1j * rng.normal(size=size) * scale).astype(dtype)
            got, want = lse.logsumexp(z), reference(z)
            assert got.dtype == np.dtype(dtype)
            assert -math.pi < got.imag <= math.pi + 1e-6
            # Sums of phases cancel: the error is relative to the terms, not to the sum.
            lost = math.exp(np.max(z.real) - want.real)
            assert abs(got - want) <= close * (10 + abs(want)) * (1 + lost) * size
            modulus, phase = lse.logsumexp(z, return_sign=True)
            assert modulus.dtype == np.dtype(dtype).type(0).real.dtype
            assert phase.dtype == np.dtype(dtype)
            assert abs(modulus - got.real) <= close * (10 + abs(got)) * (1 + lost)
            assert abs(phase - cmath.exp(1j * got.imag)) <= close * 10 * (1 + lost)


def test_the_imaginary_part_is_wrapped():
    for turns in (-3, -1, 1, 2, 5):
        z = np.array([1 + 1j * (0.5 + 2 * math.pi * turns)])
        np.testing.assert_allclose(lse.logsumexp(z), 1 + 0.5j, rtol=1e-14)
    assert lse.logsumexp(np.array([1j * math.pi])).imag == math.pi
    np.testing.assert_allclose(
        lse.logsumexp(np.array([0, 2.2204460492503132e-17j])).imag, 1.1102230246251566e-17
    )


def test_complex_weights_and_options():
    rng = np.random.default_rng(23)
    z = rng.normal(size=(3, 5)) + 1j * rng.normal(size=(3, 5))
    b = rng.normal(size=5) + 1j * rng.normal(size=5)
    np.testing.assert_allclose(
        lse.logsumexp(z, axis=1, b=b), np.log(np.sum(b * np.exp(z), axis=1)), rtol=1e-12
    )
    np.testing.assert_allclose(
        lse.logsumexp(z.real, axis=1, b=b), np.log(np.sum(b * np.exp(z.real), axis=1)), rtol=1e-12
    )
    where = rng.random((3, 5)) < 0.7
    where[:, 0] = True
    want = np.log(np.sum(np.exp(z), axis=1, where=where))
    np.testing.assert_allclose(lse.logsumexp(z, axis=1, where=where), want, rtol=1e-12)
    np.testing.assert_allclose(
        lse.logmeanexp(z, axis=1), np.log(np.mean(np.exp(z), axis=1)), rtol=1e-12
    )


@pytest.mark.parametrize("axis", [0, 1, None])
def test_complex_shares(axis):
    rng = np.random.default_rng(24)
    z = 3 * (rng.normal(size=(3, 5)) + 1j * rng.normal(size=(3, 5)))
    want = np.exp(z) / np.sum(np.exp(z), axis=axis, keepdims=True)
    np.testing.assert_allclose(lse.softmax(z, axis=axis), want, rtol=1e-11)
    np.testing.assert_allclose(np.exp(lse.log_softmax(z, axis=axis)), want, rtol=1e-11)
    big = z + 5000
    np.testing.assert_allclose(lse.softmax(big, axis=axis), want, rtol=1e-9)


@pytest.mark.parametrize("first", [-INF, INF])
@pytest.mark.parametrize("turn", [0, 0.7533, 2.3562, 3.9270, 5.4978])
@pytest.mark.parametrize("second", [3 + 1j, complex(-INF, 1.0), complex(INF, -2.0)])
def test_complex_infinities(first, turn, second):
    """What exp, sum and log of C99 make of them."""
    z = np.array([complex(first, turn), second])
    with np.errstate(all="ignore"):
        want = np.log(np.sum(np.exp(z)))
    np.testing.assert_allclose(lse.logsumexp(z), want, rtol=1e-14)


def test_a_complex_row_with_nan_is_nan():
    assert np.isnan(lse.logsumexp(np.array([complex(math.nan, 0), 1])))
    assert np.isnan(lse.softmax(np.array([complex(math.nan, 0), 1]))).all()


@pytest.mark.parametrize("name", ["logsumexp", "logmeanexp", "softmax", "log_softmax"])
def test_wide_types_refuse_what_the_others_refuse(name):
    function = getattr(lse, name)
    for x in (np.ones((2, 3), complex), np.ones((2, 3), np.longdouble)):
        with pytest.raises(ValueError, match="`axis` is 2"):
            function(x, axis=2)
        with pytest.raises(ValueError, match="`temperature`"):
            function(x, temperature=-1)
        with pytest.raises(ValueError, match="`where`"):
            function(x, where=np.ones(7, bool))
        with pytest.raises(ValueError, match="`out`"):
            function(x, axis=1, out=np.zeros((9, 9), x.dtype))
