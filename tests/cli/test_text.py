"""Texts: .csv, .tsv, .txt, standard input and output; headers, columns, delimiters."""

import os
import threading

import numpy as np
import pytest

import logsumexp
from logsumexp.cli.files import parsing, scratch
from tests.cli.running import lse, refused


def cells(function, *numbers, **options):
    """What the function answers, as it is to be written."""
    return [repr(number) for number in np.atleast_1d(function(numbers, **options)).tolist()]


SHARES = cells(logsumexp.softmax, 1.0, 2.0, 3.0)
HALVES = cells(logsumexp.softmax, 1.0, 2.0)
[TOTAL] = cells(logsumexp.logsumexp, 1.0, 2.0)


def written(folder, name, content):
    path = folder / name
    path.write_text(content)
    return path


def printed(ended):
    assert (ended.status, ended.err) == (0, "")
    return ended.out


@pytest.mark.parametrize(
    ("name", "mark", "out"),
    [
        ("x.csv", ",", ","),
        ("x.csv", ";", ";"),
        ("x.tsv", "\t", "\t"),
        ("x.txt", " ", " "),
        ("x.txt", "\t", "\t"),
        ("x.txt", "   ", " "),
    ],
)
def test_delimiters(tmp_path, name, mark, out):
    path = written(tmp_path, name, f"1{mark}2\n3{mark}4\n")
    assert printed(lse("softmax", path)) == 2 * (out.join(HALVES) + "\n")


def test_standard_input_and_output():
    assert printed(lse("softmax", "-", stdin="1 2 3\n")) == " ".join(SHARES) + "\n"
    assert printed(lse("logsumexp", "-", stdin="1,2\n1,2\n")) == 2 * f"{TOTAL}\n"


def test_one_column_is_a_vector():
    assert printed(lse("softmax", "-", stdin="1\n2\n3\n")) == "\n".join(SHARES) + "\n"
    assert printed(lse("softmax", "-", stdin="score\n1\n2\n3\n")) == "\n".join(
        ["score", *SHARES, ""]
    )
    assert (
        printed(lse("logsumexp", "-", stdin="score\n0\n0\n")) == "logsumexp\n0.6931471805599453\n"
    )


def test_a_header_is_kept_where_its_columns_are(tmp_path):
    path = written(tmp_path, "x.csv", '"a, b",c\n1,2\n3,4\n')
    row = ",".join(HALVES) + "\n"
    assert printed(lse("softmax", path)) == '"a, b",c\n' + 2 * row
    assert printed(lse("logsumexp", path)) == "\n".join(
        ["logsumexp", TOTAL, *cells(logsumexp.logsumexp, 3.0, 4.0), ""]
    )
    assert printed(lse("logsumexp", path, "--axis", "0")).startswith('"a, b",c\n3.126928011042972')
    assert printed(lse("logmeanexp", path, "--axis", "none")).startswith("logmeanexp\n3.0538")


def test_header_or_not_can_be_said(tmp_path):
    path = written(tmp_path, "x.csv", "0,1\n1,2\n")
    assert printed(lse("softmax", path)).count("\n") == 2
    assert printed(lse("softmax", path, "--header")) == "0,1\n" + ",".join(HALVES) + "\n"
    path = written(tmp_path, "y.csv", "a,1\n1,2\n")
    refused(lse("softmax", path), "y.csv", "mixes", "--header")
    assert printed(lse("softmax", path, "--header")) == "a,1\n" + ",".join(HALVES) + "\n"
    refused(lse("softmax", path, "--no-header"), "line 1, column 1", "'a'")


@pytest.mark.parametrize("columns", ["u,v", "1:", "1,2", "-2,-1", "1:3"])
def test_columns(tmp_path, columns):
    path = written(tmp_path, "x.csv", "name,u,v\nfirst,1,2\nsecond,3,4\n")
    row = ",".join(HALVES) + "\n"
    assert printed(lse("softmax", path, "--columns", columns)) == "u,v\n" + 2 * row
    refused(lse("softmax", path), "line 2, column 1", "'first'", "--columns")


def test_columns_without_a_header(tmp_path):
    path = written(tmp_path, "x.csv", "first,1,2\nsecond,3,4\n")
    assert printed(lse("softmax", path, "--columns", "1:")) == 2 * (",".join(HALVES) + "\n")
    refused(lse("softmax", path, "--columns", "7"), "has no column '7'", "0 to 2")
    refused(lse("softmax", path, "--columns", "5:"), "leaves none")


def test_columns_come_in_the_order_asked_for(tmp_path):
    path = written(tmp_path, "x.csv", "a,b\n1,2\n")
    assert (
        printed(lse("softmax", path, "--columns", "b,a")) == "b,a\n" + ",".join(HALVES[::-1]) + "\n"
    )
    refused(lse("softmax", path, "--columns", "c"), "has no column 'c'", "it has a, b")


def test_nan_and_infinity_are_numbers():
    out = printed(lse("softmax", "-", stdin="nan,1\ninf,0\n-Infinity,0\n"))
    assert out == "nan,nan\n1.0,0.0\n0.0,1.0\n"


def test_a_byte_order_mark_blank_lines_and_returns():
    assert printed(lse("softmax", "-", stdin="\ufeff1,2\r\n\r\n1,2\r\n\n")) == 2 * (
        ",".join(HALVES) + "\n"
    )


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_digits_bring_back_the_bits(dtype):
    x = np.random.default_rng(8).normal(scale=9, size=(5, 7))
    text = "\n".join(",".join(map(repr, row)) for row in x.tolist())
    out = printed(lse("softmax", "-", "--dtype", dtype, stdin=text))
    kind = np.dtype(dtype) if dtype != "bfloat16" else pytest.importorskip("ml_dtypes").bfloat16
    wanted = logsumexp.softmax(x, axis=-1, dtype=kind)
    found = np.array([line.split(",") for line in out.splitlines()], dtype=np.float64).astype(kind)
    np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n\n3\n4,5\n", ["line 4 has 1 column", "before it 2"]),
        ("1,2\n3,4,5\n", ["line 2 has 3 columns", "before it 2"]),
        ("1,2\n3,x\n", ["line 2, column 2", "'x' is not a number"]),
        ("1,2\n3,\n", ["line 2, column 2", "empty", "nan"]),
        ("1,2\n3,1_0\n", ["line 2, column 2", "'1_0' is not a number"]),
        ("a,b\n", ["a header but no numbers"]),
        ("", ["is empty"]),
        ("\n \n", ["is empty"]),
    ],
)
def test_bad_texts(tmp_path, text, words):
    path = written(tmp_path, "bad.csv", text)
    refused(lse("softmax", path, "-o", tmp_path / "y.csv"), "bad.csv", *words)
    assert list(tmp_path.iterdir()) == [path]


def test_the_line_is_found_in_later_blocks(monkeypatch):
    monkeypatch.setattr(parsing, "BLOCK_CELLS", 8)
    lines = ["1,2"] * 100
    assert refused(lse("softmax", "-", stdin="\n".join([*lines, "1,2,3"])), "line 101 has 3")
    assert refused(lse("softmax", "-", stdin="\n".join([*lines, "1", "2", "3"])), "line 101 has 1")


def test_bytes_are_no_text(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    content = (tmp_path / "x.npy").read_bytes()
    refused(lse("softmax", "-", stdin=content), "standard input", "UTF-8", "by name")


def test_a_long_text_goes_through_a_temporary_file(monkeypatch, tmp_path):
    monkeypatch.setattr(scratch, "HELD_BYTES", 100)
    monkeypatch.setattr(parsing, "BLOCK_CELLS", 64)
    x = np.random.default_rng(9).normal(size=(100, 3))
    np.savetxt(tmp_path / "x.csv", x, delimiter=",", fmt="%.17g")
    assert printed(lse("softmax", tmp_path / "x.csv", "-o", tmp_path / "y.csv")) == ""
    result = np.loadtxt(tmp_path / "y.csv", delimiter=",")
    np.testing.assert_array_equal(result, logsumexp.softmax(x, axis=-1))


def test_a_named_pipe(tmp_path):
    path = tmp_path / "x.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=("1,2\n",))
    writer.start()
    assert printed(lse("softmax", path)) == ",".join(HALVES) + "\n"
    writer.join()
