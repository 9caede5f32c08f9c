"""The arguments and options of `lse loss`, beside those that all commands share."""

from typing import Annotated

import typer

__all__ = [
    "Axis",
    "Bins",
    "Fitting",
    "Ignore",
    "Json",
    "Logits",
    "Smoothing",
    "TargetColumns",
    "TargetFile",
    "TargetHeader",
    "TargetKey",
    "WeightColumns",
    "WeightFile",
    "WeightHeader",
    "WeightKey",
]

Logits = Annotated[
    str,
    typer.Argument(
        metavar="LOGITS",
        help="Rows of logits, in any format that the other subcommands read; - is text on standard "
        "input.",
        show_default=False,
    ),
]
TargetFile = Annotated[
    str,
    typer.Argument(
        metavar="TARGETS",
        help="One class a row, counted from 0, or probabilities in the shape of the logits; it may "
        "be the same file.",
        show_default=False,
    ),
]
Axis = Annotated[str, typer.Option(metavar="AXIS", help="The axis of the classes.")]
Fitting = Annotated[
    bool, typer.Option("--fit-temperature", help="Find the temperature with the smallest loss.")
]
Smoothing = Annotated[
    float,
    typer.Option(metavar="S", help="How much of every target all classes share, from 0 to 1."),
]
WeightFile = Annotated[
    str | None,
    typer.Option(
        metavar="FILE",
        help="What each class counts in the loss: one number a class, in any format.",
        show_default=False,
    ),
]
Ignore = Annotated[
    int | None,
    typer.Option(
        metavar="CLASS",
        help="Rows of this class take no part; -100 unless given.",
        show_default=False,
    ),
]
Bins = Annotated[
    int,
    typer.Option(
        metavar="N", min=1, max=1000, help="Bins of confidence for the calibration error."
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print everything as JSON, the bins of confidence too.")
]
TargetKey = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which array of an .npz or .safetensors file TARGETS."),
]
TargetColumns = Annotated[
    str | None,
    typer.Option(metavar="COLUMNS", help="Which columns of a table TARGETS, as in --columns."),
]
TargetHeader = Annotated[
    bool | None,
    typer.Option(
        "--target-header/--no-target-header",
        help="Whether the first line of a text TARGETS holds names, as --header.",
    ),
]
WeightKey = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="Which array of an .npz or .safetensors file of weights."),
]
WeightColumns = Annotated[
    str | None,
    typer.Option(metavar="COLUMNS", help="Which columns of a table of weights, as in --columns."),
]
WeightHeader = Annotated[
    bool | None,
    typer.Option(
        "--weight-header/--no-weight-header",
        help="Whether the first line of a text of weights holds names, as --header.",
    ),
]
