"""The .parquet format: columns of numbers, or one column of equally long lists."""

import math
from collections.abc import Sequence
from typing import IO, Any

import numpy as np

from logsumexp.cli.files.columns import pick
from logsumexp.cli.files.scratch import prepare, scratch
from logsumexp.cli.files.source import Choice, Labels, Plan, Source, needed
from logsumexp.cli.files.windows import Windows, as_row, row_blocks
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["check", "finish", "prepare", "read"]

CAST = "cast it to double, or choose others with --columns"


def read(name: str, choice: Choice, run: Run) -> Source:
    """Read the chosen columns, batch by batch."""
    arrow, parquet = needed("pyarrow", name), needed("pyarrow.parquet", name)
    try:
        with parquet.ParquetFile(name) as file:
            schema = file.schema_arrow
            places = pick(name, schema.names, len(schema.names), choice.columns)
            names = [schema.names[place] for place in places]
            kinds = [schema.field(place).type for place in places]
            nested = len(kinds) == 1 and is_list(kinds[0])
            dtype = common_type(name, names, [kinds[0].value_type] if nested else kinds)
            rows = file.metadata.num_rows
            width = list_width(name, file, names[0]) if nested else len(places)
            shape = (rows,) if len(places) == 1 and not nested else (rows, width)
            numbers = scratch(shape, dtype, None, run.files)
            start = 0
            with run.bar.phase(f"reading {name}", rows * width * dtype.itemsize) as advance:
                for batch in file.iter_batches(columns=names):
                    stop = start + batch.num_rows
                    box = (slice(start, stop), slice(0, width))[: len(shape)]
                    with numbers.filling(box) as target:
                        fill(name, target, batch, names, nested)
                    advance(numbers.bytes_in(box))
                    start = stop
    except (arrow.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise Refusal(name, f"is damaged ({error})", "copy or write it again") from None
    labels = Labels(columns=names, is_table=len(shape) == 2, is_nested=nested)
    return Source(name, numbers, labels)


def is_list(kind: Any) -> bool:
    """Whether a column holds lists."""
    return str(kind).startswith(("list", "large_list", "fixed_size_list"))


def common_type(name: str, names: Sequence[str], kinds: Sequence[Any]) -> np.dtype[Any]:
    """The type that holds all columns."""
    dtypes = []
    for column, kind in zip(names, kinds, strict=False):
        try:
            dtypes.append(np.dtype(kind.to_pandas_dtype()))
        except (NotImplementedError, TypeError):
            dtypes.append(np.dtype(object))
        if dtypes[-1].kind not in "biuf":
            raise Refusal(name, f"column {column!r} holds {kind}, not numbers", CAST)
    return np.result_type(*dtypes)


def list_width(name: str, file: Any, column: str) -> int:
    """The length of the first list."""
    for batch in file.iter_batches(batch_size=1, columns=[column]):
        first = batch.column(0)[0]
        return len(first) if first.is_valid else 0
    return 0


def fill(name: str, target: np.ndarray, batch: Any, names: Sequence[str], nested: bool) -> None:
    """Copy one batch into its place."""
    for place, column in enumerate(names):
        values = batch.column(column)
        if nested:
            lengths = values.value_lengths().to_numpy(zero_copy_only=False)
            if values.null_count or not np.all(lengths == target.shape[1]):
                fact = f"the lists of column {column!r} differ in length"
                raise Refusal(name, fact, "make them equally long")
            values = values.flatten()
        if values.null_count:
            fact = f"column {column!r} has {values.null_count} missing values"
            raise Refusal(name, fact, "fill them, with nan if they are unknown")
        into = target if nested or target.ndim == 1 else target[:, place]
        into[...] = values.to_numpy(zero_copy_only=False).reshape(into.shape)


def check(name: str, plan: Plan) -> None:
    """Refuse what the format has no place for, and miss the library early."""
    needed("pyarrow", name)
    if len(plan.shape) > 2:
        raise Refusal(name, f"a table has no place for {len(plan.shape)} dimensions", "write .npy")
    if plan.dtype.kind != "f" or plan.dtype.itemsize > 8:
        raise Refusal(name, f"this format has no {plan.dtype}", "choose --dtype float32 or float64")


def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
    """Write a table with the names of the input's columns."""
    arrow, parquet = needed("pyarrow", name), needed("pyarrow.parquet", name)
    kind = arrow.from_numpy_dtype(result.dtype)
    if labels.is_row:
        result = as_row(result)
    width = result.shape[1] if len(result.shape) == 2 else 1
    nested = labels.is_nested
    names = list(labels.columns or [])
    if len(names) != (1 if nested else width):
        names = [str(place) for place in range(width)]
    schema = arrow.schema(
        [(column, arrow.list_(kind, width) if nested else kind) for column in names]
    )
    total = math.prod(result.shape) * result.dtype.itemsize
    with (
        run.bar.phase(f"writing {name}", total) as advance,
        parquet.ParquetWriter(file, schema) as writer,
    ):
        for block in row_blocks(result):
            rows = block.reshape(-1, width)
            if nested:
                flat = arrow.array(rows.reshape(-1))
                columns = [arrow.FixedSizeListArray.from_arrays(flat, width)]
            else:
                columns = [arrow.array(column) for column in np.ascontiguousarray(rows.T)]
            writer.write_batch(arrow.record_batch(columns, schema=schema))
            advance(block.nbytes)
