"""The same row gives the same bits: alone or in a batch, with 1 thread or N, contiguous or strided,
axis 0 or axis -1, on every kernel path (docs/accuracy.md)."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.rows import SMALL
from tests.helpers.states import ISAS, on
from tests.helpers.worker import shared

FUNCTIONS = ["logsumexp", "logmeanexp", "softmax", "log_softmax"]
SIZES = [1, 2, 3, 7, 8, 9, 16, 17, 31, 33, 64, 65, 127, 128, 129, 500, 512, 513, 1000, 4097]


def batch(size, dtype, rows=11):
    """One row of each kind: near-zero results stand beside ordinary ones."""
    rng = np.random.default_rng(size)
    return np.stack([make(rng, size) for make in SMALL.values()]).astype(dtype)[:rows]


def bits(x):
    return np.ascontiguousarray(x).tobytes()


@pytest.fixture(params=FUNCTIONS)
def function(request):
    return request.param


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.mark.parametrize("size", SIZES)
def test_alone_or_in_a_batch_or_along_another_axis(function, dtype, size):
    compute, x = getattr(lse, function), batch(size, dtype)
    alone = [compute(np.array(row)) for row in x]
    together = compute(x, axis=-1)
    along_0 = compute(np.ascontiguousarray(x.T), axis=0)
    middle = compute(np.ascontiguousarray(np.stack([x, x]).swapaxes(1, 2)), axis=1)
    for index, name in enumerate(SMALL):
        row = bits(alone[index])
        assert bits(together[index]) == row, f"in a batch, {name}, n = {size}"
        assert bits(along_0[..., index]) == row, f"axis 0, {name}, n = {size}"
        assert bits(middle[1][..., index]) == row, f"axis 1 of 3, {name}, n = {size}"


@pytest.mark.parametrize("size", SIZES)
def test_contiguous_or_strided(function, dtype, size):
    compute, x = getattr(lse, function), batch(size, dtype)
    want = bits(compute(x, axis=-1))
    every_third = np.zeros((len(x), 3 * size), dtype)[:, ::3]
    every_third[...] = x
    backwards = np.ascontiguousarray(x[:, ::-1])[:, ::-1]
    rows_backwards = np.ascontiguousarray(x[::-1])[::-1]
    apart = np.lib.stride_tricks.as_strided(_unaligned(x), x.shape, x.strides)
    for layout in (every_third, backwards, rows_backwards, np.asfortranarray(x), apart):
        np.testing.assert_array_equal(layout, x)
        assert bits(compute(layout, axis=-1)) == want
    assert bits(compute(x.astype(x.dtype.newbyteorder()), axis=-1).astype(dtype)) == want


@pytest.mark.parametrize("compute", [lse.logsumexp, lse.logmeanexp])
@pytest.mark.parametrize("size", [4, 10, 64, 65, 300])
def test_what_the_rows_before_were_changes_no_bit(compute, dtype, size):
    """Rows after many near zero are looked at as such first; here they are that, or large, or not finite."""
    rng = np.random.default_rng(size)
    x = rng.normal(scale=2, size=(400, size))
    x -= compute(x, axis=-1)[:, None]
    lifts = [0.0, 0.1, -0.25, 0.25, 0.5, -0.7, 3.0, 800.0, 1e30, -1e30]
    for start in range(70, 360, 100):
        others = x[start : start + 60]
        others += rng.choice(lifts, (60, 1))
        others[::7, 0] = [np.nan, np.inf, -np.inf, 499.0, 501.0, 720.0, 1e6, -1e6, 44.0]
        others[5::20] = -np.inf
    x = x.astype(dtype)
    alone = bits(np.stack([compute(row) for row in x]))
    assert bits(compute(x, axis=-1)) == alone
    assert bits(compute(np.ascontiguousarray(x.T), axis=0)) == alone


def _unaligned(x):
    raw = np.zeros(x.nbytes + 1, np.uint8)[1:]
    raw[:] = np.frombuffer(x.tobytes(), np.uint8)
    return raw.view(x.dtype)


@pytest.mark.parametrize("shape", [(300_001,), (3, 150_001), (700, 1000), (100_003, 5)])
@pytest.mark.parametrize("axis", [0, -1, None])
def test_threads_change_no_bit(function, dtype, shape, axis):
    compute = getattr(lse, function)
    x = np.random.default_rng(3).normal(scale=5, size=shape).astype(dtype)
    with lse.threads(1):
        want = bits(compute(x, axis=axis))
    for count in (2, 3, 5):
        with lse.threads(count):
            assert bits(compute(x, axis=axis)) == want, f"{count} threads"


@pytest.mark.parametrize("axis", [0, -1, None])
def test_threads_change_no_bit_of_a_state(dtype, axis):
    x = np.random.default_rng(3).normal(scale=5, size=(300, 2001)).astype(dtype)
    with lse.threads(1):
        want = lse.State.fold(x, axis=axis)
    with lse.threads(2):
        got = lse.State.fold(x, axis=axis)
        assert got == want
        assert bits(got.rest) == bits(want.rest)


@pytest.mark.parametrize("isa", ISAS)
@pytest.mark.parametrize("options", [{}, {"temperature": 0.7}])
def test_kernel_paths_change_no_bit(function, dtype, isa, options):
    on(isa)
    for size in SIZES:
        x = batch(size, dtype)
        for axis, layout in ((-1, x), (0, np.ascontiguousarray(x.T))):
            here = getattr(lse, function)(layout, axis=axis, **options)
            there = shared(isa).call(function, layout, axis=axis, **options)
            assert bits(here) == bits(there), f"n = {size}, axis {axis}"


@pytest.mark.parametrize("isa", ISAS)
def test_kernel_paths_change_no_bit_of_a_long_row(function, dtype, isa):
    on(isa)
    x = np.random.default_rng(5).normal(scale=4, size=140_001).astype(dtype)
    assert bits(getattr(lse, function)(x)) == bits(shared(isa).call(function, x))


@pytest.mark.parametrize("start", [0, 3], ids=["aligned", "not aligned"])
@pytest.mark.parametrize("spread", ["softmax", "log_softmax"])
def test_results_past_the_caches_change_no_bit(spread, dtype, start):
    """From 48 MiB on results are streamed; a few rows by themselves are not."""
    rng = np.random.default_rng(start)
    rows, size = (60 << 20) // 30_001 // np.dtype(dtype).itemsize, 30_001
    x = rng.normal(scale=5, size=(rows, size)).astype(dtype)
    x[rows // 2] += 300  # another reference in the middle
    out = np.zeros(rows * size + start, dtype)[start:].reshape(rows, size)
    assert out.nbytes > 48 << 20
    getattr(lse, spread)(x, axis=-1, out=out)
    for row in (0, 1, rows // 2 - 1, rows // 2, rows // 2 + 1, rows - 1):
        assert bits(out[row]) == bits(getattr(lse, spread)(x[row])), row


@pytest.mark.parametrize("size", [5, 64, 1000, 70_000])
def test_where_everywhere_changes_no_bit(function, dtype, size):
    x = np.random.default_rng(5).normal(scale=4, size=(2, size)).astype(dtype)
    compute = getattr(lse, function)
    assert bits(compute(x, axis=-1, where=np.ones(x.shape, bool))) == bits(compute(x, axis=-1))
    assert bits(compute(x, axis=-1, where=True)) == bits(compute(x, axis=-1))


@pytest.mark.parametrize("size", [5, 64, 1000, 70_000])
def test_out_changes_no_bit(function, dtype, size):
    x = np.random.default_rng(5).normal(scale=4, size=(3, size)).astype(dtype)
    compute = getattr(lse, function)
    want = compute(x, axis=-1)
    assert bits(compute(x, axis=-1, out=np.empty_like(want))) == bits(want)
    spaced = np.empty((*want.shape, 2), dtype)[..., 0]
    assert bits(compute(x, axis=-1, out=spaced)) == bits(want)
