"""`lse explain`: why log(sum(exp(x))) goes wrong, on the numbers at hand."""

import json
from typing import Annotated

import typer
from rich.console import Console

from logsumexp.cli.explaining.explanation import explain_row
from logsumexp.cli.explaining.picture import picture
from logsumexp.cli.explaining.record import record
from logsumexp.cli.options import Precision
from logsumexp.cli.refusal import Refusal

__all__ = ["explain"]

MOST = 10_000

Numbers = Annotated[
    list[str],
    typer.Argument(metavar="NUMBER...", help="One row; negative numbers too.", show_default=False),
]
Dtype = Annotated[
    Precision,
    typer.Option(
        metavar="TYPE", help="What both compute in: float16, bfloat16, float32 or float64."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print everything as JSON.")]


def explain(numbers: Numbers, dtype: Dtype = Precision.float64, as_json: Json = False) -> None:
    """Show the textbook formula and the stable one side by side, step by step.

    Example: lse explain 11 12 -1000 5 10 0.001 --dtype float16
    """
    if len(numbers) > MOST:
        raise Refusal("explain", f"was given {len(numbers)} numbers", f"give at most {MOST}")
    explanation = explain_row([number_of(text) for text in numbers], dtype)
    if as_json:
        typer.echo(json.dumps(record(explanation), indent=2, allow_nan=False))
    else:
        console = Console(highlight=False)
        console.print(picture(explanation, console.width))


def number_of(text: str) -> float:
    """Read one number as it stands on the command line."""
    try:
        if "_" in text:
            raise ValueError(text)
        return float(text)
    except ValueError:
        fact = f"{text!r} is {'no option' if text.startswith('--') else 'not a number'}"
        raise Refusal("explain", fact, "see `lse explain --help`") from None
