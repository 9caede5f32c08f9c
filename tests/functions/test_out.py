"""`out=`: the result's shape and dtype, any strides; exactly the input or memory of its own; all or nothing."""

import numpy as np
import pytest

import logsumexp as lse

REDUCE = [lse.logsumexp, lse.logmeanexp]
SPREAD = [lse.softmax, lse.log_softmax]
DTYPES = ["float16", "float32", "float64", "longdouble", "complex128"]
X = np.random.default_rng(14).normal(scale=3, size=(4, 6, 5))


def layouts(shape, dtype):
    """Memory of that shape, in every layout an array may have."""
    yield "plain", np.full(shape, 7, dtype)
    yield "fortran", np.full(shape, 7, dtype, order="F")
    yield "every third", np.full((*shape, 3), 7, dtype)[..., 1]
    yield "backwards", np.full(shape, 7, dtype)[(..., *(slice(None, None, -1) for _ in shape))]
    raw = np.zeros(int(np.prod(shape)) * np.dtype(dtype).itemsize + 1, np.uint8)[1:]
    yield "unaligned", raw.view(dtype).reshape(shape)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), None, ()])
def test_out_is_filled_and_returned(dtype, axis):
    x = X.astype(dtype)
    for function in (*REDUCE, *SPREAD):
        want = function(x, axis=axis)
        for name, out in layouts(np.shape(want), dtype):
            got = function(x, axis=axis, out=out)
            assert got is out, f"{function.__name__}, {name}"
            np.testing.assert_array_equal(out, want, err_msg=f"{function.__name__}, {name}")


def test_keepdims_and_0d_out():
    out = np.empty((4, 1, 5))
    assert lse.logsumexp(X, axis=1, keepdims=True, out=out) is out
    np.testing.assert_array_equal(out[:, 0], lse.logsumexp(X, axis=1))
    out = np.empty(())
    assert lse.logsumexp(X, out=out) is out
    assert out[()] == lse.logsumexp(X)


@pytest.mark.parametrize("target", ["float32", "float64", "float16"])
def test_out_and_dtype(target):
    for function in (*REDUCE, *SPREAD):
        want = function(X, axis=1, dtype=target)
        out = np.empty_like(want)
        np.testing.assert_array_equal(function(X, axis=1, dtype=target, out=out), want)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("axis", [0, 1, -1, (0, 2), None, ()])
def test_elementwise_results_may_replace_their_input(dtype, axis):
    for function in SPREAD:
        for name, memory in layouts(X.shape, dtype):
            memory[...] = X.astype(dtype)
            want = function(X.astype(dtype), axis=axis)
            assert function(memory, axis=axis, out=memory) is memory
            np.testing.assert_array_equal(memory, want, err_msg=f"{function.__name__}, {name}")
            memory[...] = X.astype(dtype)
            function(memory, axis=axis, out=memory[...])
            np.testing.assert_array_equal(memory, want)


@pytest.mark.parametrize("size", [5, 64, 1000, 100_000])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("where", [None, True])
def test_long_rows_in_place(size, dtype, where):
    x = np.random.default_rng(size).normal(scale=3, size=(3, size)).astype(dtype)
    mask = None if where is None else np.arange(size) % 3 > 0
    for function in SPREAD:
        memory = x.copy()
        function(memory, axis=-1, out=memory, where=mask)
        np.testing.assert_array_equal(memory, function(x, axis=-1, where=mask))


def overlapping(memory):
    """An input and an out in the same memory, but not the same array."""
    yield "shifted", memory[:-1], memory[1:]
    yield "shifted back", memory[1:], memory[:-1]
    yield "reversed", memory, memory[::-1]
    yield "transposed", memory[:, :4], memory[:, :4].T
    yield "broadcast", np.broadcast_to(memory[0], memory.shape), memory
    yield "another stride", memory[:2], memory[::2]


@pytest.mark.parametrize("function", SPREAD)
@pytest.mark.parametrize("case", range(6))
def test_any_other_overlap_is_refused(function, case):
    memory = np.arange(24.0).reshape(4, 6)
    name, x, out = list(overlapping(memory))[case]
    with pytest.raises(ValueError, match=r"`out` overlaps `x`"):
        function(x, axis=-1, out=out)
    np.testing.assert_array_equal(memory, np.arange(24.0).reshape(4, 6), err_msg=name)


@pytest.mark.parametrize("function", REDUCE)
def test_reductions_refuse_every_overlap(function):
    memory = np.arange(24.0).reshape(4, 6)
    for out, axis in ((memory[0], 0), (memory[:, 2], 1), (memory[0, :1].reshape(()), None)):
        with pytest.raises(ValueError, match=r"`out` overlaps `a`"):
            function(memory, axis=axis, out=out)
    with pytest.raises(ValueError, match="`out` overlaps"):
        function(memory, axis=(), out=memory[::-1])
    np.testing.assert_array_equal(memory, np.arange(24.0).reshape(4, 6))


def test_out_may_not_overlap_weights_or_mask():
    x, b = np.zeros((3, 4)), np.arange(12.0).reshape(3, 4)
    with pytest.raises(ValueError, match="`out` overlaps `b`"):
        lse.logsumexp(x, axis=1, b=b, out=b[:, 0])
    mask = np.ones(32, bool)
    with pytest.raises(ValueError, match="`out` overlaps `where`"):
        lse.softmax(np.zeros(4), where=mask[:4], out=mask.view(np.float64))
    assert mask.all()
    np.testing.assert_array_equal(b, np.arange(12.0).reshape(3, 4))


def test_neighbours_in_one_buffer_do_not_overlap():
    memory = np.arange(24.0).reshape(4, 6)
    want = lse.softmax(memory[:, ::2], axis=1)
    lse.softmax(memory[:, ::2], axis=1, out=memory[:, 1::2])
    np.testing.assert_array_equal(memory[:, 1::2], want)
    np.testing.assert_array_equal(memory[:, ::2], np.arange(24.0).reshape(4, 6)[:, ::2])


def test_an_out_on_top_of_itself_is_refused():
    out = np.lib.stride_tricks.as_strided(np.zeros(6), (3, 4), (8, 8))
    with pytest.raises(ValueError, match="`out`"):
        lse.softmax(np.zeros((3, 4)), axis=1, out=out)
    out = np.lib.stride_tricks.as_strided(np.zeros(6), (3,), (0,))
    with pytest.raises(ValueError, match="`out`"):
        lse.logsumexp(np.zeros((3, 4)), axis=1, out=out)


@pytest.mark.parametrize("function", [*REDUCE, *SPREAD])
@pytest.mark.parametrize("shape", [(), (4,), (6,), (5, 4), (4, 5, 1), (4, 6, 5, 1), (1, 4, 5)])
def test_a_wrong_shape_is_refused_with_both_shapes(function, shape):
    wanted = (4, 5) if function in REDUCE else (4, 6, 5)
    out = np.full(shape, 7.0)
    with pytest.raises(ValueError, match="`out`") as caught:
        function(X, axis=1, out=out)
    assert str(wanted) in str(caught.value)
    assert str(shape) in str(caught.value)
    np.testing.assert_array_equal(out, np.full(shape, 7.0))


@pytest.mark.parametrize("function", [*REDUCE, *SPREAD])
@pytest.mark.parametrize(
    "dtype", ["float32", "float16", "int64", "complex128", "longdouble", "object"]
)
def test_a_wrong_dtype_is_refused_with_both_dtypes(function, dtype):
    out = np.full((4, 5) if function in REDUCE else (4, 6, 5), 7, dtype)
    with pytest.raises((TypeError, ValueError), match="`out`") as caught:
        function(X, axis=1, out=out)
    assert "float64" in str(caught.value)
    assert str(out.dtype) in str(caught.value)
    np.testing.assert_array_equal(out, np.full(out.shape, 7, dtype))


@pytest.mark.parametrize("function", [*REDUCE, *SPREAD])
@pytest.mark.parametrize("out", [3, [0.0], "out", (np.zeros(()),), True])
def test_an_out_that_is_no_array_is_refused(function, out):
    with pytest.raises(TypeError, match="`out`"):
        function(np.zeros(3), out=out)


def test_a_read_only_out_is_refused():
    out = np.full(3, 7.0)
    out.flags.writeable = False
    for function in SPREAD:
        with pytest.raises(ValueError, match=r"`out`.*(read-only|writ)"):
            function(np.zeros(3), out=out)
    np.testing.assert_array_equal(out, np.full(3, 7.0))


@pytest.mark.parametrize(
    "options",
    [
        {"axis": 7},
        {"axis": "1"},
        {"where": np.ones(17, bool)},
        {"temperature": 0},
        {"dtype": "int8"},
    ],
)
@pytest.mark.parametrize("function", [*REDUCE, *SPREAD])
def test_no_error_leaves_a_trace_in_out(function, options):
    out = np.full((4, 5) if function in REDUCE else (4, 6, 5), 7.0)
    with pytest.raises((ValueError, TypeError)):
        function(X, **{"axis": 1, "out": out, **options})
    np.testing.assert_array_equal(out, np.full(out.shape, 7.0))


def test_out_none_is_no_out():
    np.testing.assert_array_equal(lse.softmax(X, axis=1, out=None), lse.softmax(X, axis=1))
