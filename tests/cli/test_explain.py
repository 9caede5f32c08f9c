"""`lse explain`: three rows whose answers are known, every type, and what is said about them."""

import json
import math

import numpy as np
import pytest

from tests.cli.running import lse, refused

BOTH = "11 12 -1000 5 10 0.001"
INF = "-100 1000 -100 5 10 0.001"
NAN = "-1000 1000 -1000 5 10 0.001"
FIRST = [2.44579103e-01, 6.64834933e-01, 0, 6.06250985e-04, 8.99756239e-02, 4.08897394e-06]


def record(numbers, *options):
    ended = lse("explain", *numbers.split(), "--json", *options)
    assert (ended.status, ended.err) == (0, "")
    return json.loads(ended.out)


def test_a_row_where_both_are_right():
    found = record(BOTH)
    assert found["textbook"]["logsumexp"] == 12.408216490736713
    assert found["stable"]["logsumexp"] == 12.408216490736713
    assert found["lse"]["logsumexp"] == 12.408216490736713
    for name in ("textbook", "stable", "lse"):
        np.testing.assert_allclose(found[name]["softmax"], FIRST, rtol=5e-9)  # nine digits
        assert found["error"][name]["logsumexp"]["ulp"] < 0.5
    assert found["textbook"]["marks"] == [{"step": "exp", "index": 2, "what": "underflow"}]
    assert "exp(-1000) is smaller" in found["textbook"]["why"]
    assert "no harm" in found["textbook"]["why"]


def test_a_row_where_the_textbook_sum_is_infinite():
    found = record(INF)
    assert found["textbook"]["sum"] == "inf"
    assert found["textbook"]["softmax"][3] == 0.0
    assert found["stable"]["logsumexp"] == 1000.0
    assert found["stable"]["softmax"] == [0, 1, 0, 0, 0, 0]
    assert found["textbook"]["marks"][0] == {"step": "exp", "index": 1, "what": "overflow"}
    assert {"step": "softmax", "index": 3, "what": "x / inf"} in found["textbook"]["marks"]
    assert "exp(1000) is larger than the largest float64, 1.7977e+308" in found["textbook"]["why"]
    assert found["error"]["textbook"]["logsumexp"] == {"ulp": "inf", "relative": "inf"}
    assert found["error"]["stable"]["logsumexp"] == {"ulp": 0, "relative": 0}


def test_a_row_where_the_textbook_softmax_is_nan():
    found = record(NAN)
    assert found["textbook"]["logsumexp"] == "inf"
    assert "nan" in found["textbook"]["softmax"]
    assert found["stable"]["logsumexp"] == 1000.0
    assert found["stable"]["softmax"] == [0, 1, 0, 0, 0, 0]
    assert {"step": "softmax", "index": 1, "what": "inf / inf"} in found["textbook"]["marks"]


@pytest.mark.parametrize(
    ("numbers", "options", "textbook", "stable"),
    [
        (
            "12 1",
            ["--dtype", "float16"],
            "exp(12) is larger than the largest float16, 65504",
            "= 1",
        ),
        ("89 1", ["--dtype", "float32"], "exp(89) is larger than the largest float32", "= 1"),
        (
            "709 709 709",
            [],
            "their sum is larger than the largest float64",
            "here nothing underflows",
        ),
        (
            "-1000 -1001",
            [],
            "Every exponential is smaller than the smallest float64, 4.9e-324",
            "= 1",
        ),
        ("0 -40", [], "The sum is close to 1", "here nothing underflows"),
        ("-700 -701", [], "the textbook formula may be used", "here nothing underflows"),
        ("-740 -741", [], "The exponentials have lost digits", "here nothing underflows"),
        ("1 2", [], "the textbook formula may be used", "here nothing underflows"),
        ("0 -800", [], "exp(-800) is smaller", "as exp(-800) does"),
        (f"{math.log(0.5)!r} " * 2, [], "The sum is close to 1", "opposite signs and cancel"),
        ("nan 1", [], "nan in gives nan out", "nan in gives nan out"),
        ("inf 1", [], "inf is among the numbers", "taken as its limit"),
        ("-inf -inf", [], "no mass to share", "no mass to share"),
        ("-inf 1000", [], "exp(1000) is larger", "= 1"),
    ],
)
def test_one_sentence_says_why(numbers, options, textbook, stable):
    found = record(numbers, *options)
    for name, words in (("textbook", textbook), ("stable", stable)):
        assert words in found[name]["why"]
        assert found[name]["why"].endswith(".")
        assert ". " not in found[name]["why"]


def test_the_library_is_right_where_the_stable_formula_is_not():
    found = record(f"{math.log(0.5)!r} " * 2)
    assert found["stable"]["logsumexp"] == 0
    assert found["lse"]["logsumexp"] == 2.3190468138462996e-17
    assert found["error"]["lse"]["logsumexp"]["ulp"] <= 1


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("numbers", [BOTH, INF, NAN, "1", "0.1 0.2 0.3", "-3 -4 inf", "5 5 5 5"])
def test_the_library_keeps_its_word(numbers, dtype):
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
    found = record(numbers, "--dtype", dtype)
    assert found["error"]["lse"]["logsumexp"]["ulp"] <= 1
    assert all(error["ulp"] <= 2 for error in found["error"]["lse"]["softmax"])


def test_numbers_that_the_type_cannot_hold():
    found = record("0.001 70000 1", "--dtype", "float16")
    assert found["given"] == [0.001, 70000, 1]
    assert found["x"] == [0.0010004043579101562, "inf", 1]
    shown = lse("explain", "0.001", "70000", "--dtype", "float16").out
    assert "In float16, 0.001 is 0.0010004, 70000 is inf." in shown


@pytest.mark.parametrize("number", ["-1", "-1e-5", "-.5", "-inf", "-0", "+3", "1E5", "-1e400"])
def test_numbers_need_no_dashes_before_them(number):
    ended = lse("explain", number, "1", "--json")
    assert ended.status == 0, ended.err
    value = json.loads(ended.out)["x"][0]
    assert value == float(number) or float(value) == float(number)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [(["one"], "'one' is not a number"), (["1_0"], "not a number"), (["1", "--typ"], "no option")],
)
def test_what_is_no_number(arguments, word):
    refused(lse("explain", *arguments), word)


def test_too_many_numbers():
    refused(lse("explain", *["1"] * 10_001), "10001 numbers", "at most 10000")


def test_usage_errors_end_with_status_2():
    assert lse("explain").status == 2
    assert lse("explain", "1", "--dtype", "float8").status == 2
    assert lse("nonsense").status == 2
