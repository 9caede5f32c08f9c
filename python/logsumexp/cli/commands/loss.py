"""`lse loss`: how good the logits of a file are, and the temperature that makes them better."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console

from logsumexp.cli import options
from logsumexp.cli.files.formats import STANDARD, open_source
from logsumexp.cli.files.source import Choice, Source
from logsumexp.cli.refusal import Refusal, system_errors_of
from logsumexp.cli.run import Run, running
from logsumexp.cli.scoring.fitting import fit
from logsumexp.cli.scoring.pairs import Pairs
from logsumexp.cli.scoring.picture import picture
from logsumexp.cli.scoring.record import record
from logsumexp.cli.scoring.score import Score, score
from logsumexp.cli.scoring.targets import Targets
from logsumexp.cli.transform import axes_of

__all__ = ["loss"]

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


def loss(
    logits: Logits,
    targets: TargetFile,
    axis: Axis = "-1",
    temperature: options.Temperature = 1.0,
    fit_temperature: Fitting = False,
    label_smoothing: Smoothing = 0.0,
    ignore_index: Ignore = None,
    bins: Bins = 15,
    as_json: Json = False,
    key: options.Key = None,
    columns: options.Columns = None,
    header: options.Header = None,
    target_key: TargetKey = None,
    target_columns: TargetColumns = None,
    target_header: TargetHeader = None,
) -> None:
    """Score logits: cross-entropy, perplexity, accuracy, calibration error.

    Of equal logits, the first is the class that is chosen.
    Against probabilities, a choice is right if no class is more probable.

    Example: lse loss logits.npy labels.npy --fit-temperature
    """
    check_options(temperature, label_smoothing, ignore_index)
    if logits == targets == STANDARD:
        fact = "was named twice, but can be read only once"
        raise Refusal("standard input", fact, "give the targets as a file")
    with running() as run:
        source = opened(logits, Choice(key, columns, header), run)
        with options_of_targets():
            right = opened(targets, Choice(target_key, target_columns, target_header), run)
        place = class_axis(source, axis)
        goal = Targets.beside(source, right, place, ignore_index)
        with system_errors_of(right.name):
            goal.check(run.bar)
        pairs = Pairs(source, place, goal, run)

        def score_at(wanted: float) -> Score:
            return score(pairs, wanted, label_smoothing, bins)

        with system_errors_of(source.name):
            given = score_at(temperature)
            fitted = fit(pairs, given, label_smoothing, score_at) if fit_temperature else None
    if as_json:
        found = record(pairs, given, label_smoothing, fitted)
        typer.echo(json.dumps(found, indent=2, allow_nan=False))
    else:
        console = Console(highlight=False)
        plain = not console.is_terminal
        console.print(picture(pairs, given, fitted, plain), soft_wrap=plain)


def check_options(temperature: float, smoothing: float, ignore: int | None) -> None:
    """Refuse numbers out of their range."""
    if not (math.isfinite(temperature) and temperature > 0):
        raise Refusal("--temperature", f"is {temperature}", "it must be finite and above 0")
    if not 0 <= smoothing <= 1:
        raise Refusal("--label-smoothing", f"is {smoothing}", "use a number from 0 to 1")
    if ignore is not None and abs(ignore) >= 2**63:
        raise Refusal("--ignore-index", "is too large for a class", "use less than 64 bits")


def opened(name: str, choice: Choice, run: Run) -> Source:
    """Open a file of real numbers."""
    with system_errors_of(name):
        source = open_source(name, choice, run)
    dtype: Any = source.numbers.dtype
    if dtype.kind == "c" or (dtype.kind == "f" and dtype.itemsize > 8):
        raise Refusal(source.name, f"holds {dtype}", "convert it to float64 first")
    return source


@contextmanager
def options_of_targets() -> Iterator[None]:
    """Let refusals speak of the options that choose within TARGETS."""
    try:
        yield
    except Refusal as refusal:
        texts = (refusal.fact, refusal.remedy)
        renamed = (
            re.sub(r"--(no-)?(key|columns|header)", r"--\1target-\2", text) for text in texts
        )
        raise Refusal(refusal.subject, *renamed) from None


def class_axis(logits: Source, axis: str) -> int:
    """The one axis of the classes, of which there must be some."""
    shape = logits.numbers.shape
    axes = axes_of(axis, len(shape), logits.name)
    if len(axes) != 1:
        raise Refusal("--axis", f"is {axis}, which names {len(axes)} axes", "name one")
    if shape[axes[0]] == 0:
        fact = f"has shape {shape}, with no class along axis {axes[0]}"
        raise Refusal(logits.name, fact, "give at least one")
    return axes[0]
