"""What is refused: one line that names the file and says what to do, status 2, nothing written."""

import io
import pickle
import zipfile

import numpy as np
import pytest

from tests.cli.running import lse, process, refused


def npy(x):
    stream = io.BytesIO()
    np.save(stream, x, allow_pickle=True)
    return stream.getvalue()


class Bomb:
    """Unpickling this makes a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


NUMBERS = npy(np.zeros((3, 4)))
BAD = {
    "empty.npy": (b"", ["is empty"]),
    "empty.csv": (b"", ["is empty"]),
    "cut.npy": (NUMBERS[:-8], ["truncated", "96 bytes", "88 are there"]),
    "header.npy": (NUMBERS[:30], ["header is damaged"]),
    "version.npy": (NUMBERS[:6] + b"\x09\x00" + NUMBERS[8:], ["header is damaged"]),
    "noise.npy": (b"once upon a time", ["is no .npy"]),
    "text.npy": (npy(np.array(["a", "b"])), ["holds <U1, not numbers"]),
    "dates.npy": (npy(np.zeros(2, "M8[s]")), ["holds datetime64[s], not numbers"]),
    "records.npy": (npy(np.zeros(2, [("a", "f8")])), ["not numbers"]),
    "raw.npy": (npy(np.zeros(2, "V3")), ["3 bytes", "cannot name"]),
    "objects.npy": (npy(np.array([{}, []], object)), ["never unpickled"]),
    "pickle.npy": (pickle.dumps(np.zeros(3)), ["is a pickle", "never unpickled"]),
    "noise.npz": (b"once upon a time", ["is damaged"]),
    "noise.parquet": (b"once upon a time", ["is damaged"]),
    "noise.safetensors": (b"once upon a time", ["is damaged"]),
    "bytes.csv": (b"1,2\n\xff\xfe\n", ["UTF-8"]),
    "ragged.csv": (b"1,2\n3\n", ["line 2 has 1 column"]),
    "words.csv": (b"a,b\n1,c\n", ["line 2, column 2", "'c'"]),
    "x.mat": (b"1", ["unknown suffix '.mat'", ".npy, .npz, .csv"]),
    "x": (b"1", ["has no suffix", ".npy, .npz, .csv"]),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files(tmp_path, name):
    content, words = BAD[name]
    if name.endswith((".parquet", ".safetensors")):
        pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")
    path = tmp_path / name
    path.write_bytes(content)
    assert refused(lse("softmax", path, "-o", tmp_path / "out.npy"), str(path), *words)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == content


def test_nothing_is_ever_unpickled(tmp_path):
    mark = tmp_path / "mark"
    (tmp_path / "x.npy").write_bytes(pickle.dumps(Bomb(mark)))
    (tmp_path / "y.npy").write_bytes(npy(np.array([Bomb(mark)], object)))
    with zipfile.ZipFile(tmp_path / "z.npz", "w") as archive:
        archive.writestr("z.npy", npy(np.array([Bomb(mark)], object)))
    for name in ("x.npy", "y.npy", "z.npz"):
        refused(lse("softmax", tmp_path / name), name, "never unpickled")
    assert not mark.exists()
    pickle.loads((tmp_path / "x.npy").read_bytes()).close()  # the bomb is real
    assert mark.exists()


@pytest.mark.parametrize("name", ["x.npy", "x.npz", "x.csv", "x.parquet", "x.safetensors"])
def test_missing_files_and_directories(tmp_path, name):
    refused(lse("softmax", tmp_path / name), name, "no such file")
    refused(lse("softmax", tmp_path / "none" / name), name, "no such file")
    (tmp_path / name).mkdir()
    refused(lse("softmax", tmp_path / name), name, "is a directory")


def test_damage_inside_an_archive(tmp_path):
    path = tmp_path / "x.npz"
    np.savez_compressed(path, x=np.random.default_rng(0).normal(size=500))
    content = bytearray(path.read_bytes())
    content[1000:1010] = b"0123456789"
    path.write_bytes(content)
    refused(lse("softmax", path), "x.npz", "is damaged")
    with zipfile.ZipFile(path, "w"):
        pass
    refused(lse("softmax", path), "x.npz", "holds no array")


@pytest.mark.parametrize(
    ("axis", "word"),
    [
        ("2", "use -2..1 or none"),
        ("-3", "2 dimensions"),
        ("9" * 30, "2 dimensions"),
        ("-" + "9" * 5000, "2 dimensions"),
        ("0,2", "use -2..1 or none"),
        ("1,-1", "twice"),
        ("0.5", "use a number"),
        ("first", "use a number"),
        ("", "use a number"),
    ],
)
def test_wrong_axis(tmp_path, axis, word):
    np.save(tmp_path / "x.npy", np.zeros((3, 4)))
    target = tmp_path / "y.npy"
    refused(lse("softmax", tmp_path / "x.npy", f"--axis={axis}", "-o", target), "axis", word)
    assert not target.exists()


def test_no_axis_at_all(tmp_path):
    np.save(tmp_path / "x.npy", np.float64(1))
    refused(lse("softmax", tmp_path / "x.npy"), "--axis is -1", "0 dimensions", "use none")


@pytest.mark.parametrize("temperature", ["0", "-1", "nan", "inf"])
def test_wrong_temperature(tmp_path, temperature):
    np.save(tmp_path / "x.npy", np.zeros(3))
    refused(lse("softmax", tmp_path / "x.npy", f"--temperature={temperature}"), "--temperature is")


def test_options_that_do_not_fit_the_file(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3))
    refused(lse("softmax", tmp_path / "x.npy", "--key", "a"), "--key is for .npz")
    refused(lse("softmax", tmp_path / "x.npy", "--columns", "1"), "--columns is for")
    refused(lse("softmax", tmp_path / "x.npy", "--no-header"), "for texts")


def test_a_complex_result_has_no_real_type(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros(3, complex))
    target = tmp_path / "y.npy"
    refused(
        lse("softmax", tmp_path / "x.npy", "--dtype", "float32", "-o", target), "x.npy", "complex"
    )
    refused(lse("softmax", tmp_path / "x.npy", "-o", tmp_path / "y.csv"), "complex")


def test_long_results_are_not_poured_over_the_terminal(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((100, 11)))
    refused(lse("softmax", tmp_path / "x.npy"), "x.npy", "1100 numbers", "-o")
    assert lse("softmax", tmp_path / "x.npy", "-o", "-").out.count("\n") == 100


def test_a_real_process_refuses_the_same_way(tmp_path):
    assert refused(process("softmax", "x.npy", cwd=tmp_path), "lse: x.npy: no such file: check")


def test_no_rights(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.zeros(3))
    path.chmod(0)
    if not _readable(path):
        refused(lse("softmax", path), "x.npy", "permission denied")


def _readable(path):
    """The superuser reads everything."""
    try:
        path.read_bytes()
    except PermissionError:
        return False
    return True
