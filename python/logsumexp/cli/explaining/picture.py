"""An explanation for a terminal: two columns of steps, the errors, two sentences.

The numbers get as many digits as the terminal has room for; 80 columns are enough for most. Marks
are words, so that nothing depends on colour.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from logsumexp.cli.explaining.explanation import Explanation
from logsumexp.cli.explaining.marks import Mark
from logsumexp.cli.explaining.verdict import verdict

__all__ = ["picture"]

ROWS = 12
DIGITS = (17, 14, 12, 10, 9, 8, 7, 6, 5, 4)
ARROW = "\N{BLACK LEFT-POINTING TRIANGLE}"
DOTS = "\N{HORIZONTAL ELLIPSIS}"


def picture(explanation: Explanation, width: int) -> RenderableType:
    """All of an explanation.

    Parameters
    ----------
    explanation : Explanation
        What there is to show.
    width : int
        Columns of the terminal.
    """
    console = Console(width=10_000)
    for digits in DIGITS:
        table = steps(explanation, digits)
        if Measurement.get(console, console.options, table).maximum <= width:
            break
    return Group(
        "", title(explanation), "", table, "", verdict(explanation), "", sentences(explanation)
    )


def title(explanation: Explanation) -> Text:
    """What is explained, and whether the type could hold the numbers as they were given."""
    count, name = len(explanation.x), explanation.kind.name
    text = Text(
        f" logsumexp and softmax of {count} number{'s' if count > 1 else ''} in {name}", "bold"
    )
    rounded = [
        f"{given:.6g} is {float(x):.6g}"
        for given, x in zip(explanation.given, explanation.x, strict=True)
        if float(x) != given and f"{given:.6g}" != f"{float(x):.6g}"
    ]
    if rounded:
        more = f" and {len(rounded) - 3} more are rounded" if len(rounded) > 3 else ""
        text.append(f"\n In {name}, {', '.join(rounded[:3])}{more}.", "dim")
    return text


def steps(explanation: Explanation, digits: int) -> Table:
    """The steps of both formulas, side by side."""
    textbook, stable = explanation.textbook, explanation.stable
    few = min(digits, 5)

    def show(value: Any) -> str:
        return short(value, digits)

    def cell(side: str, step: str, index: int | None, value: str) -> Text:
        return marked(value, find(explanation.marks[side], step, index), right(explanation, side))

    table = Table(box=SIMPLE_HEAD, padding=(0, 0, 0, 1), show_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("x", justify="right")
    table.add_column("textbook\nlog(sum(exp(x)))")
    table.add_column("x - max", justify="right")
    table.add_column("stable\nmax + log(sum(exp(x - max)))")
    line = add_rows(table)

    def section(name: str, left: np.ndarray, middle: Sequence[Any], righthand: np.ndarray) -> None:
        for place, index in enumerate(chosen(explanation)):
            if index is None:
                line("", DOTS, f"and {len(explanation.x) - place} more", "", "")
                continue
            line(
                name if place == 0 else "",
                f"{float(explanation.x[index]):.{few}g}",
                cell("textbook", name, index, show(left[index])),
                middle[index],
                cell("stable", name, index, show(righthand[index])),
            )

    line("max", "", "", "", show(stable.max))
    table.add_row()
    shifted = [f"{float(number):.{few}g}" for number in stable.shifted]
    section("exp", textbook.exp, shifted, stable.exp)
    table.add_row()
    line(
        "sum",
        "",
        cell("textbook", "sum", None, show(textbook.sum)),
        "",
        cell("stable", "sum", None, f"{show(stable.top)} + {show(stable.rest)}"),
    )
    line(
        "log",
        "",
        cell("textbook", "logsumexp", None, show(textbook.logsumexp)),
        "",
        f"{show(stable.max)} + {show(stable.log)}",
    )
    table.add_row()
    section("softmax", textbook.softmax, [""] * len(explanation.x), stable.softmax)
    return table


def add_rows(table: Table) -> Callable[..., None]:
    """A function that adds a row, its first cell set apart."""

    def line(name: str, x: str, left: Any, middle: str, righthand: Any) -> None:
        table.add_row(Text(name, "bold cyan"), Text(x, "dim"), left, Text(middle, "dim"), righthand)

    return line


def chosen(explanation: Explanation) -> list[int | None]:
    """Which elements are shown: all of a few; of many the largest and the first marked ones."""
    count = len(explanation.x)
    if count <= ROWS:
        return list(range(count))
    marks = [mark.index for marks in explanation.marks.values() for mark in marks]
    keep = list(dict.fromkeys(index for index in marks if index is not None))[:4]
    for index in np.argsort(-explanation.x.astype(np.float64), kind="stable"):
        if len(keep) < ROWS - 1 and int(index) not in keep:
            keep.append(int(index))
    return [*sorted(keep), None]


def find(marks: Sequence[Mark], step: str, index: int | None) -> Mark | None:
    """The mark of one step and element."""
    return next((mark for mark in marks if mark.step == step and mark.index == index), None)


def right(explanation: Explanation, side: str) -> bool:
    """Whether a formula came to the right answer in spite of its marks."""
    errors = explanation.errors[side]
    return errors.logsumexp.ulp < 4 and errors.softmax.ulp < 64


def marked(value: str, mark: Mark | None, harmless: bool) -> Text:
    """A value, and beside it what happened there."""
    if mark is None:
        return Text(value, "red" if value in ("inf", "nan", "-inf") else "")
    style = "yellow" if harmless else "bold red"
    return Text.assemble((value, style), (f" {ARROW} {mark.word}", style))


def short(value: Any, digits: int) -> str:
    """A number in at most `digits` digits, and in fewer where fewer bring back the same bits."""
    plain = f"{float(value):.{digits}g}"
    exact = str(value).removesuffix(".0")
    return exact if len(exact) <= len(plain) or digits >= DIGITS[0] else plain


def sentences(explanation: Explanation) -> Table:
    """Why, once for each formula."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="bold")
    grid.add_column()
    for side in ("textbook", "stable"):
        grid.add_row(f" {side}", explanation.why[side])
    return grid
