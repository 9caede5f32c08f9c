"""`lse softmax`, `log-softmax`, `logsumexp`, `logmeanexp`: one signature, four functions."""

from collections.abc import Callable

from logsumexp.cli import options
from logsumexp.cli.files.source import Choice
from logsumexp.cli.transform import transform

__all__ = ["FUNCTIONS", "command_of"]

FUNCTIONS = {
    "softmax": """Shares of the whole: exp(x) / sum(exp(x)), along an axis.

    Example: lse softmax logits.npy -o probabilities.npy
    """,
    "log_softmax": """Logarithms of the shares: x - log(sum(exp(x))), along an axis.

    Example: lse log-softmax logits.csv -o log_probabilities.csv
    """,
    "logsumexp": """The smooth maximum: log(sum(exp(x))), along an axis.

    Example: lse logsumexp logits.parquet --columns 1: -o totals.csv
    """,
    "logmeanexp": """The smooth maximum without the count: log(mean(exp(x))), along an axis.

    Example: lse logmeanexp - --axis none < numbers.txt
    """,
}
"""The public functions, each with what `--help` says of it."""


def command_of(function: str) -> Callable[..., None]:
    """The subcommand that runs one of the functions over a file.

    Parameters
    ----------
    function : str
        One of `FUNCTIONS`.
    """

    def command(
        name: options.Input,
        output: options.Output = None,
        axis: options.Axis = "-1",
        temperature: options.Temperature = 1.0,
        dtype: options.Dtype = None,
        force: options.Force = False,
        key: options.Key = None,
        columns: options.Columns = None,
        header: options.Header = None,
    ) -> None:
        transform(
            function,
            name,
            output,
            axis=axis,
            temperature=temperature,
            dtype=dtype,
            force=force,
            choice=Choice(key, columns, header),
        )

    command.__doc__ = FUNCTIONS[function]
    return command
