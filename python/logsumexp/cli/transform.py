"""One file in, one file out: the work behind `softmax` and its three siblings.

    open -> check -> compute in blocks -> encode -> appear

Everything that can be refused is refused before the first block; after that only the disk can fail,
and then nothing is left under the output's name.
"""

import math
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO, Any

import numpy as np

from logsumexp.cli.files.appearing import appearing, check_name
from logsumexp.cli.files.formats import STANDARD, format_of, open_source
from logsumexp.cli.files.source import Choice, Plan, Source, needed
from logsumexp.cli.refusal import Refusal, system_errors_of, value_errors_of
from logsumexp.cli.run import running
from logsumexp.cli.task import Task
from logsumexp.cli.working import work

__all__ = ["transform"]

FEW = 1000
"""Results up to this many numbers are printed where no output is named."""


def transform(
    function: str,
    name: str,
    output: str | None,
    *,
    axis: str,
    temperature: float,
    dtype: str | None,
    force: bool,
    choice: Choice,
) -> None:
    """Run a function over a file.

    Parameters
    ----------
    function : str
        The public function's name.
    name, output : str
        The files; "-" is text on standard input or output; None leaves the output to the result.
    axis : str
        As --axis was given.
    temperature : float
        Finite and above 0.
    dtype : str or None
        The type of the result.
    force : bool
        Whether an existing output is replaced.
    choice : Choice
        Which part of the input takes part.
    """
    if not (math.isfinite(temperature) and temperature > 0):
        raise Refusal("--temperature", f"is {temperature}", "it must be finite and above 0")
    if output is not None and output != STANDARD:
        check_name(output, force)
        format_of(output)
    with running() as run:
        with system_errors_of(name):
            source = open_source(name, choice, run)
        numbers = source.numbers
        axes = axes_of(axis, len(numbers.shape), source.name)
        task = Task(function, axes, temperature, None if dtype is None else type_of(dtype))
        with value_errors_of(source.name):
            kind = task.result_dtype(numbers.dtype)
        labels = source.labels if task.elementwise else source.labels.of_reduction(function, axes)
        labels = replace(labels, key=labels.key or function)
        plan = Plan(task.result_shape(numbers.shape), kind, numbers.order, labels)
        target = output if output is not None else default_output(source, plan.shape)
        shown = "standard output" if target == STANDARD else target
        form = format_of(target)
        form.check(shown, plan)
        with system_errors_of(shown), opened(target, force) as file:
            result = form.prepare(file, plan, run)
            with value_errors_of(source.name):
                work(task, numbers, result, run.bar)
            form.finish(target, file, result, labels, run)


def axes_of(text: str, dimensions: int, name: str) -> tuple[int, ...]:
    """The axes meant by --axis: a number, several between commas, or `none` for all.

    Parameters
    ----------
    text : str
        As --axis was given.
    dimensions : int
        How many the array has.
    name : str
        The file, for messages.
    """
    if text.strip().lower() in ("none", "all"):
        return tuple(range(dimensions))
    pieces = [piece.strip() for piece in text.split(",")]
    if not all(re.fullmatch(r"[+-]?\d+", piece) for piece in pieces):
        raise Refusal("--axis", f"is {text!r}", "use a number, several between commas, or none")
    if any(len(piece) > 20 or not -dimensions <= int(piece) < dimensions for piece in pieces):
        has = f"the array has {dimensions} dimension{'' if dimensions == 1 else 's'}"
        use = f"use {-dimensions}..{dimensions - 1} or none" if dimensions else "use none"
        raise Refusal(name, f"--axis is {text}, but {has}", use)
    axes = tuple(int(piece) % dimensions for piece in pieces)
    if len(set(axes)) < len(axes):
        raise Refusal(name, f"--axis is {text}, which names an axis twice", "name it once")
    return tuple(sorted(axes))


def type_of(dtype: str) -> np.dtype[Any]:
    """The NumPy type of --dtype; bfloat16 comes from a library of its own."""
    if dtype == "bfloat16":
        found: np.dtype[Any] = np.dtype(needed("ml_dtypes", "--dtype bfloat16").bfloat16)
        return found
    return np.dtype(dtype)


def default_output(source: Source, shape: tuple[int, ...]) -> str:
    """Where the result goes when nobody said: text stays text, and a short result is printed."""
    count = math.prod(shape)
    if source.labels.is_text or (count <= FEW and len(shape) <= 2):
        return STANDARD
    fact = f"the result has {count} numbers"
    raise Refusal(source.name, fact, "name a file with -o, or print with -o -")


@contextmanager
def opened(target: str, force: bool) -> Iterator[IO[bytes]]:
    """The output: standard output, or a file that appears when it is complete."""
    if target == STANDARD:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    else:
        with appearing(target, force) as file:
            yield file
