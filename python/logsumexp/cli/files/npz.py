"""The .npz format: a zip archive of .npy files, of which one takes part."""

import zipfile
import zlib
from typing import IO

import numpy as np

from logsumexp.cli.files import npy
from logsumexp.cli.files.keys import chosen_key
from logsumexp.cli.files.scratch import prepare
from logsumexp.cli.files.source import Choice, Labels, Source
from logsumexp.cli.files.windows import Held, Windows, whole
from logsumexp.cli.refusal import Refusal
from logsumexp.cli.run import Run

__all__ = ["check", "finish", "prepare", "read"]

check = npy.check


def read(name: str, choice: Choice, run: Run) -> Source:
    """Read one array of the archive into memory; compressed numbers cannot be mapped."""
    try:
        with zipfile.ZipFile(name) as archive:
            members = [member.removesuffix(".npy") for member in archive.namelist()]
            key = chosen_key(name, members, choice.key)
            with archive.open(f"{key}.npy") as member:
                npy.read_header(f"{name}: {key}", member)
            with archive.open(f"{key}.npy") as member:
                array = np.lib.format.read_array(member, allow_pickle=False)
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, KeyError) as error:
        raise Refusal(name, f"is damaged ({error})", "copy or write it again") from None
    return Source(name, Held(array), Labels(key=key))


def finish(name: str, file: IO[bytes], result: Windows, labels: Labels, run: Run) -> None:
    """Write an archive of one array."""
    with (
        zipfile.ZipFile(file, "w") as archive,
        archive.open(f"{labels.key}.npy", "w", force_zip64=True) as member,
    ):
        np.lib.format.write_array(member, whole(result), allow_pickle=False)
