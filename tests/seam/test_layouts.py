"""Any memory that NumPy can describe: strides, byte order, alignment, read-only; input is never written."""

import numpy as np
import pytest

import logsumexp as lse
from tests.helpers.peers import peer

FUNCTIONS = [lse.logsumexp, lse.logmeanexp, lse.softmax, lse.log_softmax]
DTYPES = ["float16", "float32", "float64", "longdouble", "complex128", "int32", "uint8", "bool"]
X = np.random.default_rng(50).normal(scale=20, size=(5, 6, 7))


def unaligned(x):
    raw = np.zeros(x.nbytes + 1, np.uint8)[1:]
    raw[:] = np.frombuffer(np.ascontiguousarray(x).tobytes(), np.uint8)
    return raw.view(x.dtype).reshape(x.shape)


def read_only(x):
    x = x.copy()
    x.flags.writeable = False
    return x


def field(x):
    record = np.zeros(x.shape, [("flag", "i1"), ("x", x.dtype), ("rest", "i2")])
    record["x"] = x
    return record["x"]


LAYOUTS = {
    "fortran": np.asfortranarray,
    "every second": lambda x: np.repeat(x, 2, axis=-1)[..., ::2],
    "every second row": lambda x: np.repeat(x, 2, axis=0)[::2],
    "backwards": lambda x: np.ascontiguousarray(x[::-1, ::-1, ::-1])[::-1, ::-1, ::-1],
    "rolled axes": lambda x: np.ascontiguousarray(x.transpose(1, 2, 0)).transpose(2, 0, 1),
    "byte-swapped": lambda x: x.astype(x.dtype.newbyteorder()),
    "unaligned": unaligned,
    "field of a record": field,
    "read-only": read_only,
    "read-only, byte-swapped, backwards": lambda x: read_only(
        x.astype(x.dtype.newbyteorder())[::-1]
    )[::-1],
    "from a buffer": lambda x: np.frombuffer(x.tobytes(), x.dtype).reshape(x.shape),
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, 2, None, (0, 2), ()])
def test_the_layout_changes_nothing(layout, dtype, axis):
    plain = np.abs(X).astype(dtype) if dtype == "uint8" else X.astype(dtype)
    x = LAYOUTS[layout](plain)
    np.testing.assert_array_equal(x, plain)
    before = x.tobytes()
    for function in FUNCTIONS:
        got, want = function(x, axis=axis), function(plain, axis=axis)
        np.testing.assert_array_equal(got, want)
        assert got.dtype == want.dtype
        assert got.dtype.isnative
    assert x.tobytes() == before


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16"])
@pytest.mark.parametrize("axis", [0, 1, 2, None])
def test_strides_of_zero(dtype, axis):
    """Broadcast input: each element is read as often as it counts."""
    row = X[0, 0].astype(dtype)
    for shape in ((5, 6, 7), (1, 6, 7)):
        x = np.broadcast_to(row, shape)
        for function in FUNCTIONS:
            np.testing.assert_array_equal(function(x, axis=axis), function(x.copy(), axis=axis))
    one = np.broadcast_to(np.asarray(2, dtype), (3, 4, 5))
    np.testing.assert_allclose(lse.logsumexp(one), 2 + np.log(60), rtol=1e-7)


@pytest.mark.parametrize("shape", [(3, 1000), (1000, 3), (2, 70_001), (64, 129)])
@pytest.mark.parametrize("layout", ["fortran", "every second", "unaligned", "byte-swapped"])
def test_large_arrays_of_any_layout(shape, layout):
    plain = np.random.default_rng(51).normal(scale=5, size=shape)
    x = LAYOUTS[layout](plain)
    for function in FUNCTIONS:
        for axis in (0, 1, None):
            np.testing.assert_array_equal(function(x, axis=axis), function(plain, axis=axis))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_one_row_broadcast_to_many(dtype):
    """Rows that are one and the same: folded as rows, or across memory where their results lie across it."""
    row = np.random.default_rng(52).normal(scale=3, size=300).astype(dtype)
    x = np.broadcast_to(row, (70, 300))
    for function in FUNCTIONS:
        want = function(row)
        for got in function(x, axis=1), function(x.T, axis=0):
            rows = got.T if got.shape == (300, 70) else got
            np.testing.assert_array_equal(rows, np.stack([want] * 70))


@pytest.mark.parametrize("length", [65, 128, 129, 1000, 20_000])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", ">f4", "float32", "float64"])
def test_long_rows_of_cells(length, dtype):
    """Kernels read and write some kinds where they lie, other layouts of them go through scratch: the same bits."""
    dtype = peer("ml_dtypes").bfloat16 if dtype == "bfloat16" else dtype
    plain = np.random.default_rng(length).normal(scale=4, size=(5, length)).astype(dtype)
    plain[1] += 300
    plain[2, 7] = -np.inf
    plain[3, 8] = np.nan
    layouts = {
        "every second": LAYOUTS["every second"](plain),
        "every third": np.repeat(plain, 3, axis=1)[:, ::3],
        "backwards": np.ascontiguousarray(plain[:, ::-1])[:, ::-1],
        "across": np.asfortranarray(plain),
        "unaligned": unaligned(plain),
    }
    for function in FUNCTIONS:
        want = function(plain, axis=1).astype("f8")
        for name, x in layouts.items():
            np.testing.assert_array_equal(function(x, axis=1).astype("f8"), want, name)
    for function in (lse.softmax, lse.log_softmax):
        want = function(plain, axis=1).astype("f8")
        same = plain.copy()
        apart = np.repeat(plain, 2, axis=1)[:, ::2]
        for x, out in ((plain, np.zeros_like(plain)), (plain, apart), (same, same)):
            np.testing.assert_array_equal(function(x, axis=1, out=out).astype("f8"), want)


def test_overlapping_windows_as_input():
    windows = np.lib.stride_tricks.sliding_window_view(X.ravel(), 9)
    np.testing.assert_array_equal(lse.softmax(windows, axis=1), lse.softmax(windows.copy(), axis=1))
    np.testing.assert_array_equal(
        lse.logsumexp(windows, axis=0), lse.logsumexp(windows.copy(), axis=0)
    )


@pytest.mark.parametrize(
    "layout", ["fortran", "every second", "backwards", "byte-swapped", "unaligned"]
)
def test_weights_and_masks_of_any_layout(layout):
    b, where = np.abs(X), X > -5
    for axis in (0, 2, None):
        want = lse.logsumexp(X, axis=axis, b=b)
        np.testing.assert_array_equal(lse.logsumexp(X, axis=axis, b=LAYOUTS[layout](b)), want)
        want = lse.logsumexp(X, axis=axis, where=where)
        np.testing.assert_array_equal(
            lse.logsumexp(X, axis=axis, where=LAYOUTS[layout](where)), want
        )


@pytest.mark.parametrize("order", ["C", "F"])
def test_results_are_plain_arrays(order):
    x = np.array(X, order=order)
    for function in FUNCTIONS:
        got = function(x, axis=1)
        assert type(got) is np.ndarray
        assert got.flags.writeable
        assert got.flags.aligned
        assert got.base is None or got.base.flags.owndata


def test_memory_mapped_input(tmp_path):
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    for function in FUNCTIONS:
        np.testing.assert_array_equal(function(mapped, axis=1), function(X, axis=1))
