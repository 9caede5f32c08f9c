"""`lse loss`: how good the logits of a file are, and the temperature that makes them better."""

import json
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console

from logsumexp.cli import options
from logsumexp.cli.files.formats import STANDARD, open_source
from logsumexp.cli.files.source import Choice, Source
from logsumexp.cli.refusal import Refusal, system_errors_of
from logsumexp.cli.run import Run, running
from logsumexp.cli.scoring import arguments
from logsumexp.cli.scoring.fitting import fit
from logsumexp.cli.scoring.pairs import Pairs
from logsumexp.cli.scoring.picture import picture
from logsumexp.cli.scoring.record import record
from logsumexp.cli.scoring.score import Score, score
from logsumexp.cli.scoring.targets import Targets
from logsumexp.cli.scoring.weights import Weights
from logsumexp.cli.transform import axes_of

__all__ = ["loss"]


def loss(
    logits: arguments.Logits,
    targets: arguments.TargetFile,
    axis: arguments.Axis = "-1",
    temperature: options.Temperature = 1.0,
    fit_temperature: arguments.Fitting = False,
    label_smoothing: arguments.Smoothing = 0.0,
    weight: arguments.WeightFile = None,
    ignore_index: arguments.Ignore = None,
    bins: arguments.Bins = 15,
    as_json: arguments.Json = False,
    key: options.Key = None,
    columns: options.Columns = None,
    header: options.Header = None,
    target_key: arguments.TargetKey = None,
    target_columns: arguments.TargetColumns = None,
    target_header: arguments.TargetHeader = None,
    weight_key: arguments.WeightKey = None,
    weight_columns: arguments.WeightColumns = None,
    weight_header: arguments.WeightHeader = None,
) -> None:
    """Score logits: cross-entropy, perplexity, accuracy, calibration error.

    Of equal logits, the first is the class that is chosen.
    Against probabilities, a choice is right if no class is more probable.
    Weights make the loss a weighted mean; accuracy and calibration count rows.

    Example: lse loss logits.npy labels.npy --fit-temperature
    """
    check_options(temperature, label_smoothing, ignore_index)
    if [logits, targets, weight].count(STANDARD) > 1:
        fact = "was named twice, but can be read only once"
        raise Refusal("standard input", fact, "give all but one as files")
    with running() as run:
        source = opened(logits, Choice(key, columns, header), run)
        with options_of("target"):
            right = opened(targets, Choice(target_key, target_columns, target_header), run)
        place = class_axis(source, axis)
        goal = Targets.beside(source, right, place, ignore_index)
        with system_errors_of(right.name):
            goal.check(run.bar)
        weights = None
        if weight is not None:
            with options_of("weight"):
                numbers = opened(weight, Choice(weight_key, weight_columns, weight_header), run)
            with system_errors_of(numbers.name):
                weights = Weights.beside(source, numbers, goal.classes)
        pairs = Pairs(source, place, goal, run, weights)

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
def options_of(file: str) -> Iterator[None]:
    """Let refusals speak of the options that choose within that file."""
    try:
        yield
    except Refusal as refusal:
        texts = (refusal.fact, refusal.remedy)
        renamed = (
            re.sub(r"--(no-)?(key|columns|header)", rf"--\1{file}-\2", text) for text in texts
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
