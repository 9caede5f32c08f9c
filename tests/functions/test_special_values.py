"""The table of special values (docs/special-values.md), row by row, for each function and type.

Only the row that holds the special value is affected, and nothing is printed for any of them.
"""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer

INF, NAN = np.inf, np.nan
DTYPES = ["float16", "bfloat16", "float32", "float64", "longdouble"]
PLAIN = [0.0, 1.0, 2.0]

# row -> logsumexp, logmeanexp, softmax, log_softmax
TABLE = {
    "empty": ([], -INF, NAN, [], []),
    "one -inf": ([-INF], -INF, -INF, [NAN], [NAN]),
    "all -inf": ([-INF] * 3, -INF, -INF, [NAN] * 3, [NAN] * 3),
    "some -inf": ([-INF, 0.0, -INF, -INF], 0.0, -np.log(4), [0, 1, 0, 0], [-INF, 0, -INF, -INF]),
    "one +inf": ([INF, 1.0, -INF], INF, INF, [1, 0, 0], [0, -INF, -INF]),
    "one +inf, last": ([0.0, 5.0, INF], INF, INF, [0, 0, 1], [-INF, -INF, 0]),
    "+inf alone": ([INF], INF, INF, [1], [0]),
    "several +inf": ([INF, 1.0, INF], INF, INF, [NAN, 0, NAN], [NAN, -INF, NAN]),
    "only +inf": ([INF, INF], INF, INF, [NAN, NAN], [NAN, NAN]),
    "+inf and -inf": ([-INF, INF], INF, INF, [0, 1], [-INF, 0]),
    "nan": ([0.0, NAN, 1.0], NAN, NAN, [NAN] * 3, [NAN] * 3),
    "nan alone": ([NAN], NAN, NAN, [NAN], [NAN]),
    "nan and +inf": ([INF, NAN], NAN, NAN, [NAN, NAN], [NAN, NAN]),
    "+inf and nan": ([NAN, 0.0, INF], NAN, NAN, [NAN] * 3, [NAN] * 3),
    "nan and -inf": ([-INF, NAN], NAN, NAN, [NAN, NAN], [NAN, NAN]),
}
FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
CASES = [
    pytest.param(function, row[0], row[1 + index], id=f"{function}-{name}")
    for name, row in TABLE.items()
    for index, function in enumerate(FUNCTIONS)
]


@pytest.fixture(params=DTYPES)
def dtype(request):
    return np.dtype(peer("ml_dtypes").bfloat16 if request.param == "bfloat16" else request.param)


def equal(got, want, dtype):
    assert np.asarray(got).dtype == dtype
    got, want = np.asarray(got, np.float64), np.asarray(want, np.float64)
    np.testing.assert_allclose(got, want, rtol=2e-2 if dtype.itemsize == 2 else 1e-6)
    exact = ~np.isfinite(want) | (want == 0) | (want == 1)
    np.testing.assert_array_equal(got[exact], want[exact])


@pytest.mark.parametrize(("function", "row", "want"), CASES)
def test_the_row_alone(function, row, want, dtype, capfd):
    equal(getattr(lse, function)(np.array(row, dtype)), want, dtype)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("function", "row", "want"), CASES)
@pytest.mark.parametrize("axis", [0, 1])
def test_only_its_own_row_is_affected(function, row, want, axis, dtype):
    plain = np.resize(PLAIN, len(row)).astype(dtype)
    compute = getattr(lse, function)
    batch = np.stack([plain, np.array(row, dtype), plain], axis=1 - axis)
    got = compute(batch, axis=axis)
    rows = got.T if got.ndim == 2 and axis == 0 else got
    equal(rows[1], want, dtype)
    for neighbour in (rows[0], rows[2]):
        np.testing.assert_array_equal(neighbour.astype(float), compute(plain).astype(float))


@pytest.mark.parametrize("size", [9, 64, 65, 130, 1000, 5000])
@pytest.mark.parametrize("position", [0, 0.5, 1])
@pytest.mark.parametrize("real", ["float32", "float64"])
@pytest.mark.parametrize("special", [INF, -INF, NAN])
def test_one_special_element_anywhere_in_a_long_row(size, position, special, real):
    x = np.zeros(size, real)
    index = int(position * (size - 1))
    x[index] = special
    others = np.arange(size) != index
    shares, logarithms = lse.softmax(x), lse.log_softmax(x)
    if np.isnan(special):
        assert np.isnan(lse.logsumexp(x)) and np.isnan(lse.logmeanexp(x))  # noqa: PT018
        assert np.isnan(shares).all()
        assert np.isnan(logarithms).all()
    elif special == INF:
        assert lse.logsumexp(x) == lse.logmeanexp(x) == INF
        assert (shares[index], set(shares[others])) == (1, {0})
        assert (logarithms[index], set(logarithms[others])) == (0, {-INF})
    else:
        np.testing.assert_allclose(lse.logsumexp(x), np.log(size - 1), rtol=1e-6)
        assert (shares[index], logarithms[index]) == (0, -INF)
        np.testing.assert_allclose(shares[others], 1 / (size - 1), rtol=1e-6)


@pytest.mark.parametrize("size", [2, 65, 1000])
def test_two_infinities_far_apart(size):
    x = np.zeros(size)
    x[[0, -1]] = INF
    assert lse.logsumexp(x) == INF
    assert np.isnan(lse.softmax(x)[[0, -1]]).all()
    np.testing.assert_array_equal(lse.softmax(x)[1:-1], np.zeros(size - 2))
    np.testing.assert_array_equal(lse.log_softmax(x)[1:-1], np.full(size - 2, -INF))


@pytest.mark.parametrize("real", ["float32", "float64"])
def test_the_largest_numbers_overflow_nothing(real):
    top = np.finfo(real).max
    assert lse.logsumexp(np.full(100, top, real)) == top
    assert lse.logsumexp(np.full(100, -top, real)) == -top
    np.testing.assert_array_equal(lse.softmax(np.array([top, -top], real)), [1, 0])
    np.testing.assert_array_equal(lse.log_softmax(np.array([top, -top], real)), [0, -INF])
    np.testing.assert_array_equal(lse.softmax(np.full(4, -top, real)), [0.25] * 4)


def test_nothing_at_all_has_the_sign_zero():
    assert lse.logsumexp([], return_sign=True) == (-INF, 0)
    value, sign = lse.logsumexp(np.zeros((0, 3)), return_sign=True)
    assert (value, sign) == (-INF, 0)
    value, sign = lse.logsumexp(np.full(3, -INF), return_sign=True)
    assert (value, sign) == (-INF, 0)


@pytest.mark.parametrize("shape", [(0,), (0, 3), (3, 0), (2, 0, 3)])
def test_reduced_over_everything_nothing_is_minus_infinity(shape):
    assert lse.logsumexp(np.zeros(shape)) == -INF


def test_signed_zeros_are_zeros():
    assert lse.logsumexp([-0.0]) == 0
    np.testing.assert_array_equal(lse.softmax([-0.0, 0.0]), [0.5, 0.5])
    assert lse.logsumexp([0.0, -INF]) == 0


def test_a_share_of_one_element_is_one():
    for x in ([3.0], [-1e300], [INF], [0.0]):
        np.testing.assert_array_equal(lse.softmax(x), [1.0])
        np.testing.assert_array_equal(lse.log_softmax(x), [0.0])
