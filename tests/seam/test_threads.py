"""How many threads: set, get, for a while; calls from many Python threads; the process that forks."""

import contextlib
import subprocess
import sys
import textwrap
import threading

import numpy as np
import pytest

import logsumexp as lse


@pytest.fixture(autouse=True)
def _restored():
    before = lse.get_num_threads()
    yield
    lse.set_num_threads(before)


def test_set_and_get():
    for count in (1, 2, 3):
        assert lse.set_num_threads(count) is None
        assert lse.get_num_threads() == count


def test_for_a_while():
    lse.set_num_threads(2)
    with lse.threads(1):
        assert lse.get_num_threads() == 1
        with lse.threads(3):
            assert lse.get_num_threads() == 3
        assert lse.get_num_threads() == 1
    assert lse.get_num_threads() == 2


def test_for_a_while_also_after_an_error():
    lse.set_num_threads(2)
    with pytest.raises(KeyError), lse.threads(1):
        raise KeyError
    assert lse.get_num_threads() == 2


@pytest.mark.parametrize("count", [0, -1, -(10**30)])
def test_a_count_out_of_range(count):
    before = lse.get_num_threads()
    with pytest.raises(ValueError, match=rf"`n` is {count}: use an int >= 1"):
        lse.set_num_threads(count)
    with pytest.raises(ValueError, match=f"`n` is {count}"), lse.threads(count):
        pass
    assert lse.get_num_threads() == before


@pytest.mark.parametrize("count", [1.5, "2", None, [1], np.ones(2)])
def test_a_count_that_is_no_int(count):
    with pytest.raises(TypeError, match="`n` is "):
        lse.set_num_threads(count)


def test_absurdly_many_threads_are_not_started():
    """More than the machine has is allowed or refused in words; it never takes the machine down."""
    x = np.random.default_rng(1).normal(size=(64, 20_000))
    want = lse.logsumexp(x, axis=1)
    for count in (1000, 10**9, 2**63 - 1, 10**30):
        with contextlib.suppress(ValueError, OverflowError):
            lse.set_num_threads(count)
        np.testing.assert_array_equal(lse.logsumexp(x, axis=1), want)


def test_calls_from_many_python_threads():
    rng = np.random.default_rng(2)
    inputs = [rng.normal(size=shape) for shape in ((300, 1000), (2, 200_000), (5000, 7), (100,))]
    wants = [lse.softmax(x, axis=-1) for x in inputs]
    wrong = []

    def work(index):
        for turn in range(12):
            x, want = inputs[(index + turn) % 4], wants[(index + turn) % 4]
            if not np.array_equal(lse.softmax(x, axis=-1), want):
                wrong.append((index, turn))

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    assert not wrong


def run(script, timeout=60):
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(script)]
    return subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=timeout
    ).stdout


@pytest.mark.skipif(not hasattr(__import__("os"), "fork"), reason="this platform cannot fork")
def test_a_forked_process_goes_on_computing():
    """The threads of a pool do not survive a fork: the child must not wait for them."""
    script = """
        import os, sys
        import numpy as np
        import logsumexp as lse
        lse.set_num_threads(2)
        x = np.random.default_rng(1).normal(size=(200, 5000))
        want = lse.softmax(x, axis=1)
        child = os.fork()
        if child == 0:
            import signal
            signal.alarm(20)
            same = all(np.array_equal(lse.softmax(x, axis=axis), want) for axis in (1, -1))
            os._exit(0 if same else 3)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        assert np.array_equal(lse.softmax(x, axis=1), want)
    """
    assert run(script).strip() == "0"


def test_the_interpreter_is_released_during_long_work():
    """Another Python thread makes progress while a large array is computed."""
    x = np.random.default_rng(3).normal(size=(400, 50_000))
    ticks, done = [0], threading.Event()

    def count():
        while not done.is_set():
            ticks[0] += 1
            done.wait(0.001)

    counter = threading.Thread(target=count)
    counter.start()
    before = ticks[0]
    with lse.threads(1):
        lse.softmax(x, axis=1, out=x)
    during = ticks[0] - before
    done.set()
    counter.join()
    assert during >= 3


def test_it_ends_cleanly_with_threads_alive():
    script = """
        import threading
        import numpy as np
        import logsumexp as lse
        x = np.random.default_rng(1).normal(size=(400, 5000))
        for _ in range(3):
            threading.Thread(target=lambda: [lse.softmax(x, axis=1) for _ in range(50)], daemon=True).start()
        lse.softmax(x, axis=1)
        print("done")
    """
    assert run(script).strip() == "done"
