"""The subcommands of `lse`, registered in one place, and the one line they fail with."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import logsumexp as lse
from logsumexp.cli.bench import bench
from logsumexp.cli.commands.explain import explain
from logsumexp.cli.commands.functions import FUNCTIONS, command_of
from logsumexp.cli.commands.loss import loss
from logsumexp.cli.refusal import EXIT_STATUS, Refusal

__all__ = ["app"]


class OneLine(TyperGroup):
    """A group whose commands refuse in one line."""

    def invoke(self, ctx: Any) -> Any:
        """Run the subcommand; turn a refusal into a line and an exit status."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            typer.echo(f"lse: {refusal}", err=True)
            raise typer.Exit(EXIT_STATUS) from None


app = typer.Typer(
    cls=OneLine,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def show_version(asked: bool) -> None:
    """Print the version and leave."""
    if asked:
        typer.echo(f"logsumexp {lse.__version__}")
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=show_version, is_eager=True, help="Print the version."),
]


@app.callback()
def main(version: Version = False) -> None:
    """Run logsumexp and softmax over files, right to the last bit, and explain why it matters."""


for function in FUNCTIONS:
    app.command(function.replace("_", "-"))(command_of(function))
# Negative numbers look like options: what is no known option is taken as a number.
app.command(context_settings={"ignore_unknown_options": True})(explain)
app.command()(loss)
app.command()(bench)
