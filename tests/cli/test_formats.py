"""The formats that hold named arrays or columns: .npz, .parquet, .safetensors, and from one to another."""

import numpy as np
import pytest

import logsumexp
from logsumexp.cli.files import scratch
from tests.cli.running import lse, refused

pa = pytest.importorskip("pyarrow", reason="the extra logsumexp[files] is not installed")
pq = pytest.importorskip("pyarrow.parquet")
st = pytest.importorskip("safetensors.numpy")
ml_dtypes = pytest.importorskip("ml_dtypes")

SUFFIXES = [".npy", ".npz", ".csv", ".tsv", ".txt", ".parquet", ".safetensors"]


@pytest.fixture
def x():
    return np.random.default_rng(1).normal(scale=9, size=(50, 4))


def save(path, x):
    match path.suffix:
        case ".npy":
            np.save(path, x)
        case ".npz":
            np.savez(path, x=x)
        case ".parquet":
            pq.write_table(pa.table({str(i): column for i, column in enumerate(x.T)}), path)
        case ".safetensors":
            st.save_file({"x": x}, path)
        case suffix:
            mark = {".csv": ",", ".tsv": "\t", ".txt": " "}[suffix]
            np.savetxt(path, x, fmt="%.17g", delimiter=mark)


def load(path, key="x"):
    match path.suffix:
        case ".npy":
            return np.load(path)
        case ".npz":
            return np.load(path)[key]
        case ".parquet":
            return np.stack([column.to_numpy() for column in pq.read_table(path).columns], axis=-1)
        case ".safetensors":
            return st.load_file(path)[key]
        case _:
            lines = path.read_text().replace(",", " ").splitlines()
            named = "." not in lines[0]  # names of columns, as .parquet always has them
            return np.loadtxt(lines[int(named) :])


def done(*arguments):
    ended = lse(*arguments)
    assert (ended.status, ended.out, ended.err) == (0, "", "")


@pytest.mark.parametrize("first", SUFFIXES)
@pytest.mark.parametrize("second", SUFFIXES)
def test_from_each_to_each(tmp_path, x, first, second):
    source, target = tmp_path / f"x{first}", tmp_path / f"y{second}"
    save(source, x)
    done("softmax", source, "-o", target)
    key = "x" if first in (".npz", ".safetensors") else "softmax"
    np.testing.assert_array_equal(load(target, key), logsumexp.softmax(x, axis=-1))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_results_too_large_to_be_held(tmp_path, x, suffix, monkeypatch):
    monkeypatch.setattr(scratch, "HELD_BYTES", 100)
    source, target = tmp_path / f"x{suffix}", tmp_path / f"y{suffix}"
    save(source, x)
    done("log-softmax", source, "-o", target, "--axis", "0")
    key = "x" if suffix in (".npz", ".safetensors") else "log_softmax"
    np.testing.assert_array_equal(load(target, key), logsumexp.log_softmax(x, axis=0))


@pytest.mark.parametrize("suffix", [".npz", ".safetensors"])
def test_one_of_several_arrays(tmp_path, x, suffix):
    path = tmp_path / f"x{suffix}"
    arrays = {"first": x, "second": x[::2].copy()}
    np.savez(path, **arrays) if suffix == ".npz" else st.save_file(arrays, path)
    refused(lse("softmax", path), "holds first, second", "--key")
    refused(lse("softmax", path, "--key", "third"), "no array 'third'", "first, second")
    done("softmax", path, "--key", "second", "-o", tmp_path / f"y{suffix}")
    wanted = logsumexp.softmax(x[::2], axis=-1)
    np.testing.assert_array_equal(load(tmp_path / f"y{suffix}", "second"), wanted)


@pytest.mark.parametrize("dtype", [ml_dtypes.bfloat16, np.float16, np.float32, np.int8, np.bool_])
def test_types_of_safetensors(tmp_path, x, dtype):
    x = x.astype(dtype)
    st.save_file({"x": x}, tmp_path / "x.safetensors")
    done("softmax", tmp_path / "x.safetensors", "-o", tmp_path / "y.safetensors")
    result, wanted = load(tmp_path / "y.safetensors"), logsumexp.softmax(x, axis=-1)
    assert result.dtype == wanted.dtype
    np.testing.assert_array_equal(result, wanted)


@pytest.mark.parametrize("shape", [(), (0, 3), (3, 0), (2, 3, 4)])
def test_shapes_of_safetensors(tmp_path, shape):
    st.save_file({"x": np.zeros(shape)}, tmp_path / "x.safetensors")
    done(
        "logsumexp", tmp_path / "x.safetensors", "--axis", "none", "-o", tmp_path / "y.safetensors"
    )
    assert load(tmp_path / "y.safetensors") == logsumexp.logsumexp(np.zeros(shape))


def test_bfloat16_needs_a_format_that_names_it(tmp_path, x):
    np.save(tmp_path / "x.npy", x)
    for suffix in (".npy", ".npz", ".parquet"):
        target = tmp_path / f"y{suffix}"
        refused(lse("softmax", tmp_path / "x.npy", "-o", target, "--dtype", "bfloat16"), "bfloat16")
        assert not target.exists()
    np.save(tmp_path / "b.npy", x.astype(ml_dtypes.bfloat16))
    refused(lse("softmax", tmp_path / "b.npy"), "2 bytes", ".safetensors")


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_columns_of_parquet(tmp_path, dtype):
    columns = {"name": ["p", "q"], "u": np.array([1, 3], dtype), "v": np.array([2, 4], dtype)}
    pq.write_table(pa.table(columns), tmp_path / "x.parquet")
    refused(lse("softmax", tmp_path / "x.parquet"), "column 'name' holds string", "--columns")
    done("softmax", tmp_path / "x.parquet", "--columns", "u,v", "-o", tmp_path / "y.parquet")
    table = pq.read_table(tmp_path / "y.parquet")
    assert table.column_names == ["u", "v"]
    wanted = logsumexp.softmax(np.array([[1, 2], [3, 4]], dtype), axis=-1)
    assert load(tmp_path / "y.parquet").dtype == wanted.dtype
    np.testing.assert_array_equal(load(tmp_path / "y.parquet"), wanted)


@pytest.mark.parametrize("kind", ["list", "large_list", "fixed"])
def test_lists_of_parquet(tmp_path, x, kind):
    item = pa.float64()
    column = {"list": pa.list_(item), "large_list": pa.large_list(item), "fixed": pa.list_(item, 4)}
    table = pa.table({"logits": pa.array(x.tolist(), column[kind])})
    pq.write_table(table, tmp_path / "x.parquet")
    done("softmax", tmp_path / "x.parquet", "-o", tmp_path / "y.parquet")
    result = pq.read_table(tmp_path / "y.parquet")
    assert result.column_names == ["logits"]
    wanted = logsumexp.softmax(x, axis=-1)
    np.testing.assert_array_equal(np.array(result["logits"].to_pylist()), wanted)
    done("logsumexp", tmp_path / "x.parquet", "-o", tmp_path / "z.parquet")
    assert pq.read_table(tmp_path / "z.parquet").column_names == ["logsumexp"]


def test_what_a_parquet_table_may_lack(tmp_path):
    path = tmp_path / "x.parquet"
    pq.write_table(pa.table({"u": [1.0, None]}), path)
    refused(lse("softmax", path), "column 'u' has 1 missing", "nan")
    pq.write_table(pa.table({"u": [[1.0, 2.0], [3.0]]}), path)
    refused(lse("softmax", path), "lists of column 'u' differ in length")
    pq.write_table(pa.table({"u": [[1.0, 2.0], [3.0, None]]}), path)
    refused(lse("softmax", path), "missing")


def test_three_dimensions_need_an_array_format(tmp_path):
    np.save(tmp_path / "x.npy", np.zeros((2, 3, 4)))
    for suffix in (".csv", ".tsv", ".txt", ".parquet"):
        refused(lse("softmax", tmp_path / "x.npy", "-o", tmp_path / f"y{suffix}"), "3 dimensions")
    for suffix in (".npy", ".npz", ".safetensors"):
        done("softmax", tmp_path / "x.npy", "-o", tmp_path / f"y{suffix}")
    assert sorted(path.suffix for path in tmp_path.glob("y*")) == [".npy", ".npz", ".safetensors"]
