"""The .npy format: mapped in, mapped out, never unpickled.

The header is read with NumPy's own functions; the numbers are not read at all, but mapped where
they lie, a window at a time.
"""

import math
import os
from typing import IO, Any

import numpy as np

from logsumexp.cli.files.mapped import Mapped, reserve
from logsumexp.cli.files.source import Choice, Labels, Plan, Source, check_numbers
from logsumexp.cli.files.windows import Windows
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["check", "finish", "prepare", "read", "read_header"]

PICKLE = b"\x80"
NO_BFLOAT16 = "write .safetensors or .csv, or choose --dtype float32"


def read(name: str, choice: Choice, run: Run) -> Source:
    """Open an .npy file; nothing but its header is read."""
    file = run.files.enter_context(open(name, "rb"))  # noqa: SIM115 - the stack closes it
    shape, order, dtype = read_header(name, file)
    offset = file.tell()
    promised = math.prod(shape) * dtype.itemsize
    there = os.fstat(file.fileno()).st_size - offset
    if there < promised:
        fact = f"is truncated: its header promises {promised} bytes of numbers, {there} are there"
        raise Refusal(name, fact, "copy or write it again")
    return Source(name, Mapped(file, offset, shape, dtype, order), Labels())


def read_header(name: str, file: IO[bytes]) -> tuple[tuple[int, ...], str, np.dtype[Any]]:
    """Read the header and refuse what holds no numbers.

    Returns
    -------
    shape : tuple of int
    order : {'C', 'F'}
    dtype : numpy.dtype
    """
    start = file.read(len(np.lib.format.MAGIC_PREFIX))
    if start != np.lib.format.MAGIC_PREFIX:
        fact = "is a pickle, which is never unpickled here" if start[:1] == PICKLE else "is no .npy"
        raise Refusal(name, fact, "save the array with numpy.save(..., allow_pickle=False)")
    try:
        version = tuple(file.read(2))
        # Version 3 differs only in the encoding of field names, and a record is no number.
        newer = version >= (2, 0)
        header = (
            np.lib.format.read_array_header_2_0 if newer else np.lib.format.read_array_header_1_0
        )
        shape, fortran, dtype = header(file)
    except (ValueError, TypeError, SyntaxError, EOFError) as error:
        raise Refusal(name, f"its header is damaged ({error})", "copy or write it again") from None
    check_numbers(name, dtype)
    return shape, "F" if fortran else "C", dtype


def check(name: str, plan: Plan) -> None:
    """Refuse a type that the format has no name for."""
    if plan.dtype.name == "bfloat16":
        raise Refusal(name, "this format has no bfloat16", NO_BFLOAT16)


def prepare(file: IO[bytes], plan: Plan, run: Run) -> Windows:
    """Write the header, take the space, and map the rest."""
    np.lib.format.write_array_header_1_0(
        file,
        {
            "descr": np.lib.format.dtype_to_descr(plan.dtype),
            "fortran_order": plan.order == "F",
            "shape": plan.shape,
        },
    )
    file.flush()
    offset = file.tell()
    reserve(file, offset + plan.nbytes)
    return Mapped(file, offset, plan.shape, plan.dtype, plan.order)


def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
    """Nothing is left to do: the windows wrote into the file."""
