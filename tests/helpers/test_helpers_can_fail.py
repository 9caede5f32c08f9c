"""The helpers are tested to be able to fail: an answer that is wrong by a little is seen."""

import math

import mpmath
import numpy as np
import pytest

from tests.helpers import scoreboard
from tests.helpers.oracle import Row, weighted
from tests.helpers.peers import peer
from tests.helpers.scoreboard import hexadecimal, within
from tests.helpers.slack import agree, slack
from tests.helpers.ulp import error_in_ulps, exactly, mp, spacing, steps


@pytest.fixture
def _quiet(monkeypatch):
    monkeypatch.setattr(scoreboard, "worst", {})


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("function", ["logsumexp", "softmax", "log_softmax", "logmeanexp"])
@pytest.mark.usefixtures("_quiet")
def test_wrong_by_more_than_the_budget_fails(function, dtype):
    exact = mp.mpf(1) / 3
    right, budget = (
        np.asarray(1, dtype) / np.asarray(3, dtype),
        int(scoreboard.BUDGET[function, dtype]),
    )
    within(function, right, exact, "one third")
    wrong = right
    for _ in range(budget + 1):
        wrong = np.nextafter(wrong, np.asarray(1, dtype), dtype=dtype)
    with pytest.raises(AssertionError, match="ulp off"):
        within(function, wrong, exact, "one third")


@pytest.mark.usefixtures("_quiet")
def test_one_wrong_element_of_many_fails():
    exact = np.array([mp.mpf(1) / 3] * 100, object)
    got = np.full(100, 1 / 3)
    within("softmax", got, exact, "thirds")
    got[57] *= 1 + 1e-15
    with pytest.raises(AssertionError, match=r"\[57\]"):
        within("softmax", got, exact, "thirds")


@pytest.mark.usefixtures("_quiet")
@pytest.mark.parametrize("got", [math.nan, math.inf, -math.inf, 0.0, -1 / 3])
def test_nonsense_fails(got):
    with pytest.raises(AssertionError):
        within("logsumexp", np.float64(got), mp.mpf(1) / 3, "one third")


@pytest.mark.usefixtures("_quiet")
def test_a_lost_subnormal_fails():
    tiny = mp.ldexp(3, -1074)
    within("softmax", np.float64(1.5e-323), tiny, "three subnormals")
    with pytest.raises(AssertionError):
        within("softmax", np.float64(0), tiny, "three subnormals")


def test_the_worst_is_kept_for_the_summary(monkeypatch):
    monkeypatch.setattr(scoreboard, "worst", {})
    exact = mp.mpf(1) / 3
    for got in (1 / 3, np.nextafter(1 / 3, 1), 1 / 3):
        within("softmax", np.float64(got), exact, "a third")
    (line,) = scoreboard.lines()
    assert "softmax" in line
    assert scoreboard.worst["softmax", "float64", "rows"][0] == pytest.approx(0.667, abs=1e-3)


@pytest.mark.parametrize(
    ("kind", "dtype", "at", "one"),
    [
        ("float16", np.float16, 1.0, 2.0**-10),
        ("float16", np.float16, 2.0**-20, 2.0**-24),
        ("float32", np.float32, 1.0, 2.0**-23),
        ("float32", np.float32, 1.5e-40, 2.0**-149),
        ("float32", np.float32, 3e38, 2.0**104),
        ("float64", np.float64, 1.0, 2.0**-52),
        ("float64", np.float64, 5e-324, 5e-324),
        ("float64", np.float64, 1.7e308, 2.0**971),
        ("bfloat16", None, 1.0, 2.0**-7),
        ("bfloat16", None, 1e-39, 2.0**-133),
    ],
)
def test_the_spacing_is_that_of_the_type(kind, dtype, at, one):
    assert float(spacing(mp.mpf(at), kind)) == one
    if dtype:
        at = dtype(at)
        with np.errstate(all="ignore"):
            above = np.nextafter(at, dtype(np.inf if at < 1e38 else 0))
        assert abs(float(above) - float(at)) == one
        assert error_in_ulps(above, exactly(at), kind) == 1.0


def test_errors_in_ulp():
    assert error_in_ulps(1.0, 1.0, "float64") == 0
    assert error_in_ulps(1.0, mp.mpf(1) + mp.ldexp(1, -54), "float64") == 0.25
    assert error_in_ulps(np.inf, mp.mpf(2) ** 1030, "float64") == 0
    assert error_in_ulps(np.finfo(float).max, mp.mpf(2) ** 1030, "float64") == 1
    assert error_in_ulps(np.inf, mp.mpf(1), "float64") > 1e300
    assert error_in_ulps(np.nan, mp.mpf("nan"), "float64") == 0
    assert error_in_ulps(1.0, mp.mpf("nan"), "float64") == np.inf
    assert error_in_ulps(np.inf, mp.mpf("inf"), "float64") == 0
    assert error_in_ulps(-np.inf, mp.mpf("inf"), "float64") == np.inf
    assert error_in_ulps(1e308, mp.mpf("inf"), "float64") == np.inf


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_steps(dtype):
    one = dtype(1)
    with np.errstate(all="ignore"):
        tiny = np.nextafter(dtype(0), one)
    assert steps(one, one) == 0
    assert steps(dtype(0), dtype(-0.0)) == 0
    assert steps(one, np.nextafter(one, dtype(2))) == 1
    assert steps(dtype(-0.0), tiny) == 1
    assert steps(tiny, -tiny) == 2
    assert steps(dtype(np.inf), np.finfo(dtype).max) == 1
    assert steps(dtype(np.nan), dtype(np.nan)) == 0
    assert steps(dtype(np.nan), one) == 2**64
    with pytest.raises(TypeError):
        steps(np.float32(1), np.float64(1))


def test_steps_of_bfloat16():
    bfloat16 = peer("ml_dtypes").bfloat16
    first = np.array([1, -1, 0], bfloat16)
    second = np.array([1 + 2**-7, -1 - 2**-6, 0], bfloat16)
    assert list(steps(first, second)) == [1, 2, 0]


def test_longdouble_is_read_exactly():
    x = np.longdouble(1) + np.longdouble(2) ** -60
    if x != 1:
        assert exactly(x) - 1 == mp.ldexp(1, -60)
        assert exactly(np.ldexp(x, -5000)) == mp.ldexp(exactly(x), -5000)
    assert mp.isnan(exactly(np.longdouble(np.nan)))
    assert exactly(np.longdouble(-np.inf)) == -mp.inf


def test_the_oracle_knows_the_values_of_the_literature():
    """numerics.md, and the brute force of a thousand digits."""
    half = math.log(0.5)
    assert float(Row([half, half]).logsumexp) == 2.3190468138462996e-17
    assert float(Row([0, -40]).logsumexp) == 4.248354255291589e-18
    assert float(Row([-600] * 7 + [0]).logsumexp) == 1.8552775871030176e-260
    assert float(Row([0, -40]).log_softmax[0]) == -4.248354255291589e-18
    assert float(Row([0, -1e-300]).logmeanexp) == -5e-301
    assert float(Row([0, 1, 1, -2], 1e300).logmeanexp) == pytest.approx(7.5e-301)
    assert float(weighted([1000, 999], [1e-310, 1])[0]) == 999.0
    assert weighted([1, 1, 1], [1, -1, -1]) == (1, -1)
    assert weighted([math.inf, 2], [0, 1]) == (2, 1)


@pytest.mark.parametrize("seed", range(5))
def test_the_oracle_agrees_with_brute_force(seed):
    rng = np.random.default_rng(seed)
    x, t = rng.normal(scale=30, size=6), float(rng.uniform(0.2, 4))
    with mpmath.workprec(3000):
        terms = [mpmath.exp(mpmath.mpf(element) / t) for element in x]
        want = mpmath.log(mpmath.fsum(terms)) * t
        assert abs(Row(x, t).logsumexp / want - 1) < 1e-100
        shares = [term / mpmath.fsum(terms) for term in terms]
        for got, share in zip(Row(x, t).softmax, shares, strict=True):
            assert abs(got / share - 1) < 1e-100
        for got, share in zip(Row(x, t).log_softmax, shares, strict=True):
            assert abs(got / mpmath.log(share) - 1) < 1e-100


def test_the_oracle_refuses_what_it_does_not_know():
    for x in ([math.nan], [math.inf, 0]):
        with pytest.raises(ValueError, match="numbers and -inf"):
            Row(x)


def test_the_oracle_keeps_order_and_shape():
    row = Row(np.array([[3.0, 1.0], [1.0, -np.inf]]))
    assert row.softmax.shape == (2, 2)
    assert row.softmax[0, 1] == row.softmax[1, 0]
    assert row.softmax[1, 1] == 0
    assert row.log_softmax[1, 1] == -mp.inf


def test_the_slack_is_small_where_the_result_is():
    row = np.array([0.0, -40.0])
    exact = float(Row(row).logsumexp)
    assert agree(exact, exact * (1 + 1e-15), slack(row))
    assert not agree(0.0, exact, slack(row))
    assert not agree(exact * (1 + 1e-13), exact, slack(row))
    assert not agree(math.nan, exact, 1.0)
    assert not agree(math.inf, exact, 1.0)
    assert agree(math.nan, math.nan, 0.0)


def test_a_naive_state_that_forgets_its_rest_breaks_the_laws():
    from tests.helpers.naive import NaiveState
    from tests.laws.test_merge import test_a_fold_is_the_merge_of_its_elements as law

    class Forgetful(NaiveState):
        def merge(self, other):
            merged = super().merge(other)
            return type(self)(merged.max, merged.top, 0.0)

        __or__ = merge

    with pytest.raises(AssertionError):
        law.hypothesis.inner_test(Rounded, row=np.array([0.0, -1.0]))
    assert Forgetful.fold([0.0, -1.0]).rest == 0


class Rounded:
    """A state that is one number: small losses do not survive in it."""

    def __init__(self, value):
        self.value = value

    @classmethod
    def fold(cls, row):
        return cls(float(np.max(row)))

    @classmethod
    def one(cls, x):
        return cls(float(x))

    @classmethod
    def empty(cls):
        return cls(-math.inf)

    def merge(self, other):
        return type(self)(float(np.logaddexp(self.value, other.value)))

    def finish(self):
        return self.value


def test_rows_are_written_without_loss():
    row = np.array([0.1, 0.1, -np.inf, 0.2])
    assert hexadecimal(row) == "[0x1.999999999999ap-4 * 2, -inf, 0x1.999999999999ap-3]"
    assert "(1000 in all)" in hexadecimal(np.arange(1000.0))


def test_an_absent_peer_skips_or_fails_as_asked(monkeypatch):
    monkeypatch.delenv("LOGSUMEXP_REQUIRE_PEERS", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no_such_library is not installed"):
        peer("no_such_library")
    monkeypatch.setenv("LOGSUMEXP_REQUIRE_PEERS", "1")
    with pytest.raises(AssertionError, match="LOGSUMEXP_REQUIRE_PEERS=1"):
        peer("no_such_library")
    assert peer("math") is math
