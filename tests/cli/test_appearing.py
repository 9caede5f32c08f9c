"""An output is there completely or not at all, whatever happens to the run."""

import errno
import os
import signal
import stat
import subprocess

import numpy as np
import pytest

import logsumexp
from logsumexp.cli.files import npy
from tests.cli.running import begun, lse, process, refused, stopped


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    np.save(folder / "x.npy", np.random.default_rng(0).normal(size=(1024, 100)))
    return folder / "x.npy"


@pytest.fixture
def target(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder / "y.npy"


def test_an_existing_file_is_refused(source, target):
    target.write_text("mine")
    refused(lse("softmax", source, "-o", target), "y.npy", "exists already", "--force")
    assert target.read_text() == "mine"
    assert lse("softmax", source, "-o", target, "--force").status == 0
    np.testing.assert_array_equal(np.load(target), logsumexp.softmax(np.load(source), axis=-1))


def test_the_input_may_be_replaced(source):
    x = np.load(source)
    assert lse("softmax", source, "-o", source, "--force").status == 0
    np.testing.assert_array_equal(np.load(source), logsumexp.softmax(x, axis=-1))


def test_a_file_that_appears_meanwhile_is_kept(source, target, monkeypatch):
    finish = npy.finish
    monkeypatch.setattr(npy, "finish", lambda *a: (finish(*a), target.write_text("faster")))
    refused(lse("softmax", source, "-o", target), "exists already")
    assert [path.name for path in target.parent.iterdir()] == ["y.npy"]
    assert target.read_text() == "faster"


def test_permissions(source, target):
    before = os.umask(0o027)
    try:
        lse("softmax", source, "-o", target)
    finally:
        os.umask(before)
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    target.chmod(0o604)
    lse("softmax", source, "-o", target, "--force")
    assert stat.S_IMODE(target.stat().st_mode) == 0o604


def test_a_link_stays_a_link(source, target):
    link = target.with_name("link.npy")
    link.symlink_to(target)
    refused(lse("softmax", source, "-o", link), "exists already")
    target.write_text("old")
    assert lse("softmax", source, "-o", link, "--force").status == 0
    assert link.is_symlink()
    assert np.load(target).shape == (1024, 100)


def test_places_that_cannot_be_written(source, target):
    refused(
        lse("softmax", source, "-o", target.parent / "none" / "y.npy"), "no directory", "make it"
    )
    target.mkdir()
    refused(lse("softmax", source, "-o", target, "--force"), "y.npy", "is a directory")
    assert list(target.iterdir()) == []


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".parquet", ".safetensors"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_failing_disk(source, target, suffix, number, monkeypatch):
    if suffix in (".parquet", ".safetensors"):
        pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")

    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", fail)
    monkeypatch.setattr(os, "fsync", fail)
    target = target.with_suffix(suffix)
    refused(lse("softmax", source, "-o", target), target.name)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("number", [errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_that_cannot_reserve_space(source, target, number, monkeypatch):
    def fail(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", fail)
    assert lse("softmax", source, "-o", target).status == 0
    np.testing.assert_array_equal(np.load(target), logsumexp.softmax(np.load(source), axis=-1))
    monkeypatch.delattr(os, "posix_fallocate")
    assert lse("softmax", source, "-o", target, "--force").status == 0
    np.testing.assert_array_equal(np.load(target), logsumexp.softmax(np.load(source), axis=-1))


@pytest.mark.parametrize("suffix", [".npy", ".npz", ".csv", ".parquet", ".safetensors"])
def test_a_file_size_limit(source, target, suffix):
    """The system's own refusal, in the middle of the writing; 819200 bytes are needed."""
    if suffix in (".parquet", ".safetensors"):
        pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")
    target = target.with_suffix(suffix)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    ended = process("softmax", source, "-o", target, before=limit)
    refused(ended, target.name, "larger than files may be")
    assert list(target.parent.iterdir()) == []


def test_a_full_disk(source, tmp_path):
    """A real one: half a megabyte in memory, mounted for this test."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "none", str(disk)]
    if os.geteuid() or subprocess.run(mount, stderr=subprocess.DEVNULL, check=False).returncode:
        pytest.skip("mounting a small disk needs rights that this user lacks")
    try:
        for suffix in (".npy", ".npz", ".csv"):
            ended = process("softmax", source, "-o", disk / f"y{suffix}")
            refused(ended, f"y{suffix}", "no space left")
            assert list(disk.iterdir()) == []
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
)
def test_a_run_told_to_stop_cleans_up(source, target, number, status):
    content = source.read_bytes()
    ended = stopped(begun(target.parent, "softmax", source, "-o", target), number)
    assert ended.status == status
    assert "Traceback" not in ended.err
    assert list(target.parent.iterdir()) == []
    assert source.read_bytes() == content


def test_a_killed_run_leaves_nothing_under_the_name(source, target):
    content = source.read_bytes()
    run = begun(target.parent, "softmax", source, "-o", target)
    ended = stopped(run, signal.SIGKILL)
    assert ended.status == -signal.SIGKILL
    assert not target.exists()
    [left] = target.parent.iterdir()
    assert left.name.startswith(".y.npy.")
    assert left.name.endswith(".part")
    assert source.read_bytes() == content
    assert lse("softmax", source, "-o", target).status == 0  # and it is in nobody's way


def test_a_killed_run_leaves_the_old_file(source, target):
    target.write_text("old")
    stopped(begun(target.parent, "softmax", source, "-o", target, "--force"), signal.SIGKILL)
    assert target.read_text() == "old"


def test_nohup_is_respected(source, target):
    ignore = "import signal; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
    ask = "import atexit; atexit.register(lambda: print(signal.getsignal(1).name))"
    ended = process("softmax", source, "-o", target, before=ignore + ask)
    assert ended.status == 0
    assert "SIG_IGN" in ended.out


def test_a_reader_that_leaves_is_no_error(source):
    ended = process(
        "softmax",
        source,
        "-o",
        "-",
        before="import os, sys; os.close(1); r, w = os.pipe(); os.close(r); os.dup2(w, 1)",
    )
    assert "Traceback" not in ended.err
    assert ended.status == 1
