"""Scores for a terminal: a small table, and sentences about what numbers alone would hide.

Six digits are enough to read; `--json` has all of them.
"""

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from logsumexp.cli.scoring.fitting import Fit, Outcome
from logsumexp.cli.scoring.pairs import Pairs
from logsumexp.cli.scoring.score import Score

__all__ = ["picture"]

REASONS = {
    Outcome.COLD: "The colder the better: every target is a largest logit of its row. The loss only "
    "approaches {limit:.6g} as the temperature goes to 0, so no temperature is the best.",
    Outcome.HOT: "The hotter the better: targets have no larger logits than other classes on average. "
    "The loss only approaches {limit:.6g}, that of equal shares, as the temperature grows without "
    "bound.",
    Outcome.ANY: "All temperatures are alike: the logits of every row are equal, and the loss is "
    "{limit:.6g}.",
}


def picture(pairs: Pairs, given: Score, fit: Fit | None, plain: bool) -> RenderableType:
    """All there is to show.

    Parameters
    ----------
    pairs : Pairs
        What was scored.
    given : Score
        At the temperature that was asked for.
    fit : Fit or None
        What came of the search for a better one, if there was one.
    plain : bool
        Whether lines are left out, as for a pipe.
    """
    scores = {"": given}
    if fit is not None and fit.score is not None:
        scores = {"given": given, "fitted": fit.score}
    box = None if plain else SIMPLE_HEAD
    table = Table(
        box=box, show_edge=False, show_header=len(scores) > 1, padding=(0, 2, 0, 0), pad_edge=False
    )
    table.add_column("", style="bold cyan", no_wrap=True)
    for name in scores:
        table.add_column(name, justify="right", no_wrap=True)
    for name in lines(given):
        table.add_row(name, *(lines(score)[name] for score in scores.values()))
    notes = [Text(sentence) for sentence in sentences(given, fit)]
    parts: list[RenderableType] = [Text(title(pairs, given), "bold"), Text(), table]
    if notes:
        parts += [Text(), *notes]
    return Group(*parts) if plain else Padding(Group(*parts), (1, 1))


def title(pairs: Pairs, given: Score) -> str:
    """What was scored against what."""
    rows = f"{given.rows} row{'' if given.rows == 1 else 's'}"
    classes = pairs.targets.classes
    of = f"{classes} class{'' if classes == 1 else 'es'}"
    left_out = f", {given.ignored} more ignored" if given.ignored else ""
    by = "" if pairs.weights is None else f", weighted by {pairs.weights.name}"
    return f"{pairs.logits.name} against {pairs.targets.source.name}: {rows} of {of}{left_out}{by}"


def lines(score: Score) -> dict[str, str]:
    """The numbers of one score, by name."""
    return {
        "temperature": f"{score.temperature:.6g}",
        "loss (nats)": f"{score.loss:#.6g}",
        "perplexity": f"{score.perplexity:#.6g}",
        "accuracy": f"{score.accuracy:#.6g}",
        "calibration error": f"{score.calibration_error:#.6g}",
    }


def sentences(given: Score, fit: Fit | None) -> list[str]:
    """What numbers alone would hide."""
    found = []
    if given.unbounded:
        rows = "1 row has" if given.unbounded == 1 else f"{given.unbounded} rows have"
        found.append(f"{rows} no finite loss: {given.first}.")
    if fit is not None and fit.outcome in REASONS:
        found.append(REASONS[fit.outcome].format(limit=fit.limit))
    return found
