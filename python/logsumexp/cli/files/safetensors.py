"""The .safetensors format: named tensors, bfloat16 among them; read a window at a time."""

import json
from contextlib import AbstractContextManager
from typing import IO, Any

import numpy as np

from logsumexp.cli.cutting import Box
from logsumexp.cli.files.keys import chosen_key
from logsumexp.cli.files.mapped import Mapped, reserve
from logsumexp.cli.files.source import Choice, Labels, Plan, Source, needed
from logsumexp.cli.files.windows import Shaped, Windows
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["check", "finish", "prepare", "read"]

TYPES = {
    "F64": "float64",
    "F32": "float32",
    "F16": "float16",
    "BF16": "bfloat16",
    "I64": "int64",
    "I32": "int32",
    "I16": "int16",
    "I8": "int8",
    "U64": "uint64",
    "U32": "uint32",
    "U16": "uint16",
    "U8": "uint8",
    "BOOL": "bool",
    "C64": "complex64",
}
NAMES = {dtype: name for name, dtype in TYPES.items()}


class Sliced(Shaped):
    """A tensor of an open file, read slice by slice."""

    def __init__(self, handle: Any, key: str, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        super().__init__(shape, dtype, "C")
        self.handle, self.key = handle, key

    def window(self, box: Box) -> np.ndarray:
        """Read the numbers of a box."""
        if not box or 0 in self.shape:  # the library cannot slice these
            return np.asarray(self.handle.get_tensor(self.key))
        return np.asarray(self.handle.get_slice(self.key)[box])

    def filling(self, box: Box) -> AbstractContextManager[np.ndarray]:
        """A tensor that is read is not written."""
        raise NotImplementedError


def read(name: str, choice: Choice, run: Run) -> Source:
    """Open a .safetensors file; its numbers are read later."""
    library = needed("safetensors", name)
    try:
        handle = run.files.enter_context(library.safe_open(name, framework="numpy"))
    except library.SafetensorError as error:
        raise Refusal(name, f"is damaged ({error})", "copy or write it again") from None
    key = chosen_key(name, sorted(handle.keys()), choice.key)
    tensor = handle.get_slice(key)
    kind = TYPES.get(tensor.get_dtype())
    if kind is None:
        fact = f"{key!r} holds {tensor.get_dtype()}, which is not computed with"
        raise Refusal(name, fact, "cast it to float32 first")
    dtype = np.dtype(needed("ml_dtypes", name).bfloat16 if kind == "bfloat16" else kind)
    return Source(name, Sliced(handle, key, tuple(tensor.get_shape()), dtype), Labels(key=key))


def check(name: str, plan: Plan) -> None:
    """Refuse a type that the format has no name for."""
    if plan.dtype.name not in TYPES.values():
        raise Refusal(
            name, f"this format has no {plan.dtype}", "write .npy, or choose --dtype float64"
        )


def prepare(file: IO[bytes], plan: Plan, run: Run) -> Windows:
    """Write the header, take the space, and map the rest.

    The library writes a whole tensor from memory, under a name of its own; a header is eight bytes
    of length and a line of JSON, and lets the blocks go straight into the file.
    """
    entry = {
        "dtype": NAMES[plan.dtype.name],
        "shape": plan.shape,
        "data_offsets": [0, plan.nbytes],
    }
    header = json.dumps({plan.labels.key: entry}).encode()
    header += b" " * (-len(header) % 8)
    file.write(len(header).to_bytes(8, "little") + header)
    file.flush()
    offset = file.tell()
    reserve(file, offset + plan.nbytes)
    return Mapped(file, offset, plan.shape, plan.dtype.newbyteorder("<"), "C")


def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
    """Nothing is left to do: the windows wrote into the file."""
