"""lse bench: time and error of logsumexp and its rivals on the user's own machine."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

__all__ = ["bench"]


def bench(
    rival: Annotated[
        list[str] | None,
        typer.Option(
            help="Time only this rival; may be given several times. Default: all installed."
        ),
    ] = None,
    function: Annotated[
        list[str] | None, typer.Option(help="Only this function; may be given several times.")
    ] = None,
    seconds: Annotated[
        float, typer.Option(min=0.01, help="How long each contestant of each shape is timed.")
    ] = 0.2,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Keep the record as JSON.")
    ] = None,
) -> None:
    """Time logsumexp, its shares and its losses against what is installed, every answer checked first."""
    # Here and not above: every other subcommand starts faster without it.
    import logsumexp.bench as benchmarks

    for name in rival or []:
        if name not in benchmarks.PEERS:
            known = ", ".join(benchmarks.PEERS)
            raise typer.BadParameter(f"{name!r} is not known: use {known}", param_hint="--rival")
        if name not in benchmarks.installed():
            raise typer.BadParameter(
                f"{name} is not installed: install it, or leave it out", param_hint="--rival"
            )
    cells = [cell for cell in benchmarks.SHORT if not function or cell.function in function]
    if not cells:
        known = ", ".join(dict.fromkeys(cell.function for cell in benchmarks.SHORT))
        raise typer.BadParameter(f"none is {function}: use {known}", param_hint="--function")
    errors = Console(stderr=True)
    with errors.status("") as status:
        record = benchmarks.run(
            cells,
            only=rival,
            seconds=seconds,
            command=shlex.join(["lse", *sys.argv[1:]]),
            progress=status.update,
        )
    console = Console()
    for line in benchmarks.lines(record):
        ours = line.lstrip().startswith("ours ")
        console.print(line, style="bold" if ours else "", highlight=False, soft_wrap=True)
    if output is not None:
        benchmarks.save(record, output)
    for failure in record.failures:
        errors.print(f"lse: {failure}", style="red", highlight=False)
    if record.failures:
        raise typer.Exit(1)
