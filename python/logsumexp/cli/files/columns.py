"""Which columns of a table take part, and whether its first line names them.

The rule for the first line of a text: no cell is a number, and it is a header; every cell is, and
it is data; a mixture could be either, and is asked back rather than guessed.
"""

import re
from collections.abc import Sequence

from logsumexp.cli.refusal import Refusal

__all__ = ["is_header", "is_number", "pick"]

POSITION = re.compile(r"-?\d+")
RANGE = re.compile(r"(-?\d*):(-?\d*)")


def is_number(cell: str) -> bool:
    """Whether a cell is a number, nan and inf included."""
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_header(name: str, cells: Sequence[str], wanted: str | None) -> bool:
    """Decide whether the first line holds names.

    Parameters
    ----------
    name : str
        The file.
    cells : sequence of str
        The cells of its first line.
    wanted : str or None
        What --columns said: names need a header; positions leave the other columns out of this.
    """
    if wanted is not None and not by_position(wanted):
        return True
    places = range(len(cells)) if wanted is None else pick(name, None, len(cells), wanted)
    numbers = [is_number(cells[place]) for place in places]
    if any(numbers) and not all(numbers):
        text = cells[places[numbers.index(False)]]
        fact = f"its first line mixes numbers and text ({text[:20]!r})"
        raise Refusal(
            name, fact, "say --header or --no-header, or choose the --columns with numbers"
        )
    return not any(numbers)


def by_position(wanted: str) -> bool:
    """Whether --columns speaks of positions only, as in `0,2,5:`."""
    pieces = wanted.split(",")
    return all(POSITION.fullmatch(piece) or RANGE.fullmatch(piece) for piece in pieces)


def pick(name: str, names: Sequence[str] | None, count: int, wanted: str | None) -> list[int]:
    """The places of the chosen columns, in the order in which the user named them.

    Parameters
    ----------
    name : str
        The file.
    names : sequence of str or None
        The names of its columns, if they have any.
    count : int
        How many columns there are.
    wanted : str or None
        Names, positions from 0 or ranges as in Python, between commas; None for all.
    """
    if wanted is None:
        return list(range(count))
    places: list[int] = []
    for piece in wanted.split(","):
        span = RANGE.fullmatch(piece)
        if names is not None and piece in names:
            places.append(list(names).index(piece))
        elif span:
            start, stop = (int(bound) if bound else None for bound in span.groups())
            places.extend(range(count)[start:stop])
        elif POSITION.fullmatch(piece) and -count <= int(piece) < count:
            places.append(range(count)[int(piece)])
        else:
            there = ", ".join(names[:8]) if names is not None else f"0 to {count - 1}"
            fact = (
                f"has no column {piece!r}, it has {there}{', ...' if names and count > 8 else ''}"
            )
            raise Refusal(name, fact, "choose with --columns")
    if not places:
        raise Refusal(name, f"--columns {wanted} leaves none of its {count}", "choose some")
    return places
