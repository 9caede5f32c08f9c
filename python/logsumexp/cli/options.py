"""The arguments and options that the four functions share, each written once."""

from enum import StrEnum
from typing import Annotated

import typer

__all__ = [
    "Axis",
    "Columns",
    "Dtype",
    "Force",
    "Header",
    "Input",
    "Key",
    "Output",
    "Precision",
    "Temperature",
]


class Precision(StrEnum):
    """The floating types by name."""

    float16 = "float16"
    bfloat16 = "bfloat16"
    float32 = "float32"
    float64 = "float64"


Input = Annotated[
    str,
    typer.Argument(
        metavar="INPUT",
        help=".npy, .npz, .csv, .tsv, .txt, .parquet or .safetensors; - is text on standard input.",
        show_default=False,
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "--output",
        "-o",
        metavar="OUTPUT",
        help="Where the result appears once it is complete; its suffix names the format, - is text "
        "on standard output. Without it, text and short results are printed.",
        show_default=False,
    ),
]
Axis = Annotated[
    str,
    typer.Option(metavar="AXIS", help="The axis to run along, several as 0,2, or none for all."),
]
Temperature = Annotated[float, typer.Option(metavar="T", help="Finite and above 0.")]
Dtype = Annotated[
    Precision | None,
    typer.Option(
        metavar="TYPE",
        help="Of the result: float16, bfloat16, float32 or float64. Computed in the wider of this "
        "and the input's.",
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing output.")]
Key = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which array of an .npz or .safetensors file."),
]
Columns = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMNS",
        help="Which columns of a table: names, positions from 0, or ranges as in 1:, by commas.",
    ),
]
Header = Annotated[
    bool | None,
    typer.Option(
        "--header/--no-header",
        help="Whether a text's first line holds names. Without it, a line without a number does.",
    ),
]
