"""The last table: what each formula answers, and how far that is from the truth."""

from decimal import Context, Decimal

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from logsumexp.cli.explaining.distance import Distance
from logsumexp.cli.explaining.explanation import Explanation

__all__ = ["verdict"]

TRUE_DIGITS = 21
NOTHING = 0.001


def verdict(explanation: Explanation) -> Table:
    """Both formulas, the library and the truth, one row each."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 0, 0, 1), show_edge=False, header_style="bold")
    for heading in ("", "logsumexp", "error", "worst error in softmax"):
        table.add_column(heading, no_wrap=heading != "worst error in softmax")
    for name, answer in explanation.answers.items():
        errors = explanation.errors[name]
        at = f" at {float(explanation.x[errors.softmax_index]):.5g}"
        table.add_row(
            Text(name, "bold"),
            str(answer.logsumexp).removesuffix(".0"),
            said(errors.logsumexp),
            said(errors.softmax) + (Text(at, "dim") if errors.softmax.ulp >= NOTHING else Text()),
        )
    true = explanation.exact.logsumexp
    table.add_row(Text("exact", "bold"), digits(true), "", "")
    return table


def said(error: Distance) -> Text:
    """An error in words: green within an ulp or two, red where no digit is right."""
    if error.ulp < NOTHING:
        return Text("none", "green")
    if error.ulp == float("inf") or error.relative >= 1:
        return Text("no digit right", "bold red")
    style = "green" if error.ulp <= 2 else "yellow" if error.ulp <= 64 else "red"
    relative = f", {error.relative:.0e}" if error.relative else ""
    return Text(f"{error.ulp:.3g} ulp{relative}", style)


def digits(true: Decimal) -> str:
    """An exact value in a few more digits than any float has."""
    if not true.is_finite():
        return str(float(true))
    rounded = Context(prec=TRUE_DIGITS).create_decimal(true)
    text = f"{rounded:g}"
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text
