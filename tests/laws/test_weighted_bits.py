"""Weighted rows have the same bits along any axis, in any layout and with any number of threads (docs/accuracy.md)."""

import numpy as np
import pytest

import logsumexp as lse

SIZES = [65, 127, 128, 129, 500, 1023, 1024, 1025, 2900]
COUNTS = [1, 7, 8, 16, 17, 45, 300]


def rows(rng, count, size):
    """Ordinary rows, rows far out, rows that cancel, and rows that hold what is not finite."""
    x = rng.normal(scale=3, size=(count, size))
    x += rng.choice([0.0, 0.0, 0.0, 40.0, -300.0, 1e5, -1e9], (count, 1))
    x[::9, -1] = rng.choice([np.nan, np.inf, -np.inf, 88.0, -745.0], len(x[::9]))
    return x


def weights(rng, count, size):
    """Positive for most rows; others have signs and zeros here and there, or everywhere."""
    b = rng.uniform(0.1, 2, (count, size))
    b[1::3, : size // 2] *= rng.choice([1, 1, 1, 0, -1], (len(b[1::3]), size // 2))
    b[2::12] *= rng.choice([1, 0, -1], b[2::12].shape)
    b[5::17, size // 3] = rng.choice([np.nan, np.inf, 1e300, 1e-300], len(b[5::17]))
    return b


def bits(answer):
    return [np.where(np.isnan(part), np.nan, part).astype(part.dtype).tobytes() for part in answer]


def compute(x, b, **options):
    return lse.logsumexp(x, b=b, return_sign=True, **options)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("temperature", [1.0, 0.7])
@pytest.mark.parametrize("size", SIZES)
def test_along_another_axis(dtype, temperature, size):
    rng = np.random.default_rng(size)
    for count in COUNTS:
        with np.errstate(over="ignore"):
            x, b = (make(rng, count, size).astype(dtype) for make in (rows, weights))
        options = {"temperature": temperature}
        for each, name in ((b, "full"), (b[:1], "one an element"), (b[:, :1], "one a row")):
            want = bits(compute(x, each, axis=1, **options))
            columns, across = np.ascontiguousarray(x.T), np.ascontiguousarray(each.T)
            what = f"{name}, {count} rows of {size}"
            assert bits(compute(columns, across, axis=0, **options)) == want, what
            assert bits(compute(columns, each.T, axis=0, **options)) == want, f"{what}, turned"
            middle = compute(np.stack([x, x]).transpose(0, 2, 1).copy(), across, axis=1, **options)
            assert bits([part[1] for part in middle]) == want, f"{what}, middle"
            alone = [
                compute(row, w, **options)
                for row, w in zip(x, np.broadcast_to(each, x.shape), strict=True)
            ]
            assert bits([np.stack(parts) for parts in zip(*alone, strict=True)]) == want, (
                f"{what}, alone"
            )


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_other_kinds_and_layouts(dtype, kind):
    rng = np.random.default_rng(7)
    count, size = 50, 1500
    x = rng.normal(scale=2, size=(count, size)).astype(dtype)
    b = weights(rng, count, size)[:, ::-1].clip(-1e30, 1e30).astype(kind)
    where = rng.random(x.shape) < 0.9
    for options in ({}, {"where": where}):
        across = {name: np.ascontiguousarray(mask.T) for name, mask in options.items()}
        want = bits(compute(x, b, axis=1, **options))
        columns, turned = np.ascontiguousarray(x.T), np.ascontiguousarray(b.T)
        swapped = columns.astype(columns.dtype.newbyteorder())
        spaced = np.repeat(turned, 2, axis=1)[:, ::2]
        for elements in (columns, swapped, x.T):
            for each in (turned, spaced, b.T, turned.astype(turned.dtype.newbyteorder())):
                got = compute(elements, each, axis=0, **across)
                got = [part.astype(part.dtype.newbyteorder("=")) for part in got]
                assert bits(got) == want


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(9000, 20), (9000, 700), (300, 4000)])
def test_threads_change_no_bit(dtype, shape):
    rng = np.random.default_rng(8)
    x, b = rng.normal(scale=5, size=shape).astype(dtype), rng.normal(size=shape).astype(dtype)
    with lse.threads(1):
        want = bits(compute(x, b, axis=0))
    for count in (2, 3, 5):
        with lse.threads(count):
            assert bits(compute(x, b, axis=0)) == want, f"{count} threads"


def test_a_moved_weight_is_seen():
    rng = np.random.default_rng(9)
    x, b = rng.normal(size=(200, 9)), rng.uniform(1, 2, (200, 9))
    before = bits(compute(x, b, axis=0))
    b[199, 8] += 0.25
    assert bits(compute(x, b, axis=0)) != before
