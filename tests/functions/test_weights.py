"""Weights `b`: broadcast both ways, a zero removes its element, signs are told."""

import numpy as np
import pytest

import logsumexp as lse

INF, NAN = np.inf, np.nan
DTYPES = ["float32", "float64", "longdouble"]


def signed(a, b, **options):
    return tuple(float(part) for part in lse.logsumexp(a, b=b, return_sign=True, **options))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("gone", [INF, -INF, NAN, 1e4])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_a_zero_weight_removes_its_element(gone, zero, dtype):
    a, b = np.array([gone, 1.0, gone], dtype), np.array([zero, 1.0, zero], dtype)
    assert lse.logsumexp(a, b=b) == 1.0
    assert signed(a, b) == (1.0, 1.0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("a", [1.0, INF, -INF, NAN])
def test_only_zero_weights_leave_nothing(a, dtype):
    assert signed(np.full(3, a, dtype), np.zeros(3, dtype)) == (-INF, 0)
    assert lse.logsumexp(np.full(3, a, dtype), b=0) == -INF


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("a", "b", "value", "sign"),
    [
        ([1, 1, 1], [1, -1, -1], 1.0, -1),
        ([1, 1], [1, -1], -INF, 0),
        ([1000, 1000, 999], [1, -1, 1], 999.0, 1),
        ([1000, 1000, 999], [1, -1, -1], 999.0, -1),
        ([-INF, 2], [-5, 1], 2.0, 1),
        ([-INF, -INF], [1, -1], -INF, 0),
        ([INF], [1], INF, 1),
        ([INF], [-1], INF, -1),
        ([INF, 5], [-2, 1], INF, -1),
        ([INF, INF], [1, 2], INF, 1),
        ([INF, INF], [-1, -2], INF, -1),
        ([NAN, 1], [1, 1], NAN, NAN),
        ([1, 1], [NAN, 1], NAN, NAN),
        ([0], [INF], INF, 1),
        ([0, 0], [-INF, 1], INF, -1),
    ],
)
def test_special_values_and_signs(a, b, value, sign, dtype):
    a, b = np.array(a, dtype), np.array(b, dtype)
    np.testing.assert_array_equal(signed(a, b), (value, sign))
    plain = lse.logsumexp(a, b=b)
    np.testing.assert_array_equal(plain, value if not sign < 0 else NAN)


@pytest.mark.parametrize("dtype", DTYPES)
def test_infinities_of_both_signs_have_no_sum(dtype):
    value, _ = signed(np.array([INF, INF], dtype), np.array([1, -1], dtype))
    assert np.isnan(value)
    assert np.isnan(lse.logsumexp(np.array([INF, INF], dtype), b=np.array([1, -1], dtype)))


def test_the_shift_knows_the_weights():
    assert lse.logsumexp([1000, 999], b=[1e-310, 1]) == 999.0
    assert lse.logsumexp([999, 1000], b=[1, 1e-310]) == 999.0


def test_a_long_row_of_signed_weights():
    """More elements than a block, the sign from the smallest part."""
    a, b = np.repeat([30.0, 30.0, 1.0], 5001), np.repeat([1.0, -1.0, 2.0], 5001)
    for order in (slice(None), slice(None, None, -1), np.random.default_rng(1).permutation(a.size)):
        value, sign = signed(a[order], b[order])
        assert sign == 1
        np.testing.assert_allclose(value, 1 + np.log(2 * 5001), rtol=4e-16)


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ((3,), (), ()),
        ((), (3,), ()),
        ((3, 1), (1, 4), ()),
        ((4,), (3, 4), ()),
        ((3, 4), (4,), ()),
        ((4, 1, 2, 1), (3, 1, 5), ()),
    ],
)
def test_a_and_b_broadcast_both_ways(a, b, result):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=a), rng.random(size=b)
    both = np.broadcast_arrays(a, b)
    got = lse.logsumexp(a, b=b)
    assert got.shape == result
    np.testing.assert_allclose(got, np.log(np.sum(both[1] * np.exp(both[0]))), rtol=1e-13)


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 1), None, (-1,)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_the_axis_counts_in_the_broadcast_shape(axis, keepdims):
    rng = np.random.default_rng(3)
    a, b = rng.normal(size=(3, 1)), rng.normal(size=(1, 4)) + 3
    want = np.log(np.sum(b * np.exp(a), axis=axis, keepdims=keepdims))
    got = lse.logsumexp(a, axis, b, keepdims)
    np.testing.assert_allclose(got, want, rtol=1e-13)
    assert np.shape(got) == np.shape(want)


@pytest.mark.parametrize(
    ("a", "b", "result"),
    [
        ("float32", "float32", "float32"),
        ("float32", "float64", "float64"),
        ("float64", "float32", "float64"),
        ("float16", "float32", "float32"),
        ("float16", "float16", "float16"),
        ("int32", "float32", "float64"),
        ("float32", "int64", "float64"),
        ("float32", "bool", "float32"),
        ("uint8", "int8", "float64"),
        ("float32", "longdouble", "longdouble"),
        ("float32", "complex64", "complex64"),
        ("float64", "complex64", "complex128"),
    ],
)
def test_the_type_is_the_promotion_of_both(a, b, result):
    a, b = np.array([2, 1]).astype(a), np.array([1, 1]).astype(b)
    value, sign = lse.logsumexp(a, b=b, return_sign=True)
    assert sign.dtype == np.dtype(result)
    assert value.dtype == np.dtype(result).type(0).real.dtype
    assert lse.logsumexp(a, b=b).dtype == np.dtype(result)
    np.testing.assert_allclose(value, np.log(np.exp(2) + np.exp(1)), rtol=1e-3)


@pytest.mark.parametrize("b", [2, 2.0, True])
def test_a_python_number_as_weight_does_not_widen(b):
    assert lse.logsumexp(np.zeros(3, np.float32), b=b).dtype == np.float32


def test_the_sign_has_the_shape_and_type_of_the_value():
    a = np.zeros((2, 3, 4), np.float32)
    value, sign = lse.logsumexp(a, axis=1, keepdims=True, return_sign=True)
    assert value.shape == sign.shape == (2, 1, 4)
    assert value.dtype == sign.dtype == np.float32
    np.testing.assert_array_equal(sign, np.ones((2, 1, 4)))
    value, sign = lse.logsumexp(a, return_sign=True)
    assert isinstance(value, np.float32) and isinstance(sign, np.float32)  # noqa: PT018


def test_neither_input_is_written():
    a, b = np.array([5.0, INF, NAN]), np.array([3.0, 0.0, 0.0])
    lse.logsumexp(a, b=b)
    np.testing.assert_array_equal(a, [5.0, INF, NAN])
    np.testing.assert_array_equal(b, [3.0, 0.0, 0.0])


def test_weights_and_where_and_temperature_together():
    rng = np.random.default_rng(4)
    a, b, where = rng.normal(size=(5, 8)), rng.normal(size=8), rng.random((5, 8)) < 0.7
    value, sign = lse.logsumexp(a, axis=1, b=b, return_sign=True, where=where, temperature=0.5)
    total = np.sum(b * np.exp(a / 0.5), axis=1, where=where)
    np.testing.assert_array_equal(sign, np.sign(total))
    np.testing.assert_allclose(value, 0.5 * np.log(np.abs(total)), rtol=1e-12)


def test_weights_that_do_not_fit():
    with pytest.raises(ValueError, match=r"`b`.*\(4,\).*\(3,\)|`b`.*\(3,\).*\(4,\)"):
        lse.logsumexp(np.zeros(3), b=np.zeros(4))


@pytest.mark.parametrize("b", [np.array(["x"]), np.array([object()]), "one", [None]])
def test_weights_that_are_no_numbers(b):
    with pytest.raises(TypeError, match="`b`"):
        lse.logsumexp(np.zeros(1), b=b)
