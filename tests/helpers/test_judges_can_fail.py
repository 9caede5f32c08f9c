"""A wrong answer is seen: the scoreboard says no, the laws say no, and a peer that is absent is told."""

import math

import numpy as np
import pytest

from tests.helpers import scoreboard
from tests.helpers.naive import NaiveState
from tests.helpers.oracle import Row
from tests.helpers.peers import peer
from tests.helpers.scoreboard import hexadecimal, within
from tests.helpers.slack import agree, slack
from tests.helpers.ulp import mp
from tests.laws import test_finish as finish_laws
from tests.laws import test_merge as merge_laws


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


def test_the_slack_is_small_where_the_result_is():
    row = np.array([0.0, -40.0])
    exact = float(Row(row).logsumexp)
    assert agree(exact, exact * (1 + 1e-15), slack(row))
    assert not agree(0.0, exact, slack(row))
    assert not agree(exact * (1 + 1e-13), exact, slack(row))
    assert not agree(math.nan, exact, 1.0)
    assert not agree(math.inf, exact, 1.0)
    assert agree(math.nan, math.nan, 0.0)


class Forgetful(NaiveState):
    """A state whose merge loses what is not the largest."""

    def merge(self, other):
        merged = super().merge(other)
        return type(self)(merged.max, merged.top, 0.0)


class Ordered(NaiveState):
    """A state whose merge believes that the left one is larger."""

    def merge(self, other):
        if not self.top:
            return other
        scaled = math.exp(other.max - self.max) * (other.top + other.rest)
        return type(self)(self.max, self.top, self.rest + scaled)

    __or__ = merge


class Number:
    """A state that is the finished number, whose small losses are gone."""

    def __init__(self, value):
        self.value = value

    @classmethod
    def fold(cls, row):
        return cls(float(np.logaddexp.reduce(row, initial=-math.inf)))

    def __or__(self, other):
        return type(self)(float(np.logaddexp(self.value, other.value)))

    def finish(self, minus=0.0):
        return self.value - minus


def inner(law, *arguments, **drawn):
    """One example of a law."""
    return law.hypothesis.inner_test(*arguments, **drawn)


def test_a_state_that_forgets_breaks_a_law():
    law, row = finish_laws.test_finish_is_the_logarithm_of_the_mass, np.array([0.0, -1.0])
    inner(law, NaiveState, "float64", row=row)
    with pytest.raises(AssertionError):
        inner(law, Forgetful, "float64", row=row)


def test_a_state_that_knows_left_from_right_breaks_a_law():
    law, rows = merge_laws.test_merge_commutes_exactly, {"first": [0.0], "second": [1.0]}
    inner(law, NaiveState, "float64", **rows)
    with pytest.raises(AssertionError):
        inner(law, Ordered, "float64", **rows)


def test_a_finished_number_breaks_a_law():
    law, gap = finish_laws.test_small_losses_survive, {"gap": 40, "count": 1, "offset": 100}
    inner(law, NaiveState, **gap)
    with pytest.raises(AssertionError):
        inner(law, Number, **gap)


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
