"""Extra memory beyond the result: none to speak of.

Measured as the high-water mark of a process of its own: VmHWM, because ru_maxrss starts at the mark of
the process that started it.
"""

import subprocess
import sys
import textwrap

import pytest

SIZE = 64  # MiB of input
linux = pytest.mark.skipif(sys.platform != "linux", reason="the high-water mark is read from /proc")

SCRIPT = """
import pathlib, re
import numpy as np
import logsumexp as lse

def used():
    status = pathlib.Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024

shape = (2048, 64 * 2**20 // 2048 // np.dtype({dtype!r}).itemsize)
x = np.empty(shape, {dtype!r})
x[...] = np.linspace(-5, 5, shape[1]).astype(x.dtype)
prepared = {prepare}
lse.softmax(np.ones((300, 1000), x.dtype), axis=-1)
lse.softmax(np.ones((300, 1000), x.dtype), axis=0)
before = used()
{call}
print(used() - before)
"""

CASES = {
    "axis -1": ("None", "lse.logsumexp(x, axis=-1)"),
    "axis 0": ("None", "lse.logsumexp(x, axis=0)"),
    "everything": ("None", "lse.logsumexp(x)"),
    "middle axis": ("x.reshape(64, 32, -1)", "lse.logsumexp(prepared, axis=1)"),
    "every second": ("x[:, ::2]", "lse.logsumexp(prepared, axis=-1)"),
    "backwards": ("x[::-1, ::-1]", "lse.logsumexp(prepared, axis=-1)"),
    "transposed": ("x.T", "lse.logsumexp(prepared, axis=-1)"),
    "tuple of axes": ("x.reshape(64, 32, -1)", "lse.logsumexp(prepared, axis=(0, 2))"),
    "mean": ("None", "lse.logmeanexp(x, axis=-1)"),
    "temperature": ("None", "lse.logsumexp(x, axis=-1, temperature=0.7)"),
    "mask": ("np.ones(x.shape, bool)", "lse.logsumexp(x, axis=-1, where=prepared)"),
    "row mask": ("np.ones(x.shape[1], bool)", "lse.logsumexp(x, axis=-1, where=prepared)"),
    "weights": ("np.ones(x.shape[1], x.dtype)", "lse.logsumexp(x, axis=-1, b=prepared)"),
    "softmax in place": ("None", "lse.softmax(x, axis=-1, out=x)"),
    "softmax in place, axis 0": ("None", "lse.softmax(x, axis=0, out=x)"),
    "log_softmax in place": ("None", "lse.log_softmax(x, axis=-1, out=x)"),
    "softmax in place, everything": ("None", "lse.softmax(x, out=x)"),
    "states": ("None", "lse.State.fold(x, axis=-1).finish()"),
}


def growth(dtype, prepare, call):
    """MiB by which the high-water mark rose in a call."""
    script = textwrap.dedent(SCRIPT).format(dtype=dtype, prepare=prepare, call=call)
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return int(run.stdout)


@linux
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_call_needs_no_memory_of_its_own(name, dtype):
    assert growth(dtype, *CASES[name]) <= 6, f"of {SIZE} MiB input"


@linux
def test_the_measurement_can_fail():
    assert growth("float64", "None", "x + 1") >= SIZE // 2
    assert growth("float64", "None", "None") <= 6


@linux
def test_a_fresh_result_is_all_that_is_allocated():
    assert growth("float32", "None", "kept = lse.softmax(x, axis=-1)") <= SIZE + 6


@linux
def test_many_calls_leave_nothing_behind():
    script = """
        import pathlib, re
        import numpy as np
        import logsumexp as lse
        def used():
            status = pathlib.Path("/proc/self/status").read_text()
            return int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024
        x = np.ones((4, 2000))
        def calls(count):
            for _ in range(count):
                lse.softmax(x, axis=1); lse.logsumexp(x, axis=0, b=x, return_sign=True)
                lse.logsumexp([1.0, 2.0], where=[True, False]); lse.State.fold(x, 1) | lse.State.fold(x, 1)
                for bad in ({"axis": 5}, {"out": x[0]}, {"dtype": "i4"}, {"temperature": -1}):
                    try:
                        lse.logsumexp(x, **bad)
                    except (ValueError, TypeError):
                        pass
        calls(300)
        before = used()
        calls(3000)
        print(used() - before)
    """
    run = [sys.executable, "-c", textwrap.dedent(script)]
    assert int(subprocess.run(run, capture_output=True, text=True, check=True).stdout) <= 4


def test_reference_counts_come_back():
    import numpy as np

    import logsumexp as lse

    x, b, where, out = np.ones((3, 4)), np.ones(4), np.ones(4, bool), np.empty(3)
    before = [sys.getrefcount(thing) for thing in (x, b, where, out, None.__class__)]
    for _ in range(100):
        lse.logsumexp(x, 1, b, where=where, out=out)
        lse.softmax(x, 1, where=where)
        lse.State.fold(x, 1, where=where).spread(x)
        with pytest.raises(ValueError, match="axis"):
            lse.logsumexp(x, 9, b, where=where, out=out)
    after = [sys.getrefcount(thing) for thing in (x, b, where, out, None.__class__)]
    assert before == after
