"""Two sets of arrows, room -> room: those ARCHITECTURE.md draws and those the sources hold.

    drawn   a markdown table after the line `<!-- arrows: NAME -->`, columns `room` and `may use`
    held    what the imports say (rust.py, python.py)

The two must be equal. An arrow held but not drawn is forbidden; an arrow drawn but not held is a
stale row, and so is a room that is gone. Equality, not inclusion: a permission that nothing uses is a
door that nobody watches.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

Arrows = dict[str, set[str]]

NOTHING = "nothing"


def drawn(page: str, name: str) -> Arrows:
    """Read the table that follows `<!-- arrows: name -->`."""
    marker = f"<!-- arrows: {name} -->"
    _, found, after = page.partition(marker)
    if not found:
        raise ValueError(f"the page has no line {marker!r}")
    lines = after.lstrip().splitlines()
    header = _cells(lines[0])
    if header[:2] != ["room", "may use"]:
        raise ValueError(f"the table after {marker!r} begins {header[:2]}: wanted room, may use")
    table: Arrows = {}
    for line in lines[2:]:
        if not line.startswith("|"):
            break
        room, users = _cells(line)[:2]
        room = room.strip("`")
        if room in table:
            raise ValueError(f"the table after {marker!r} has two rows for {room!r}")
        table[room] = set() if users == NOTHING else set(re.findall(r"`([^`]+)`", users))
        if users != NOTHING and not table[room]:
            raise ValueError(f"row {room!r}: write `rooms` in backticks, or {NOTHING}")
    return table


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def differences(table: Mapping[str, set[str]], source: Mapping[str, set[str]]) -> list[str]:
    """Every way in which the drawn arrows and the held ones differ, one sentence each."""
    found = [f"`{room}` exists and has no row" for room in sorted(source.keys() - table.keys())]
    found += [f"`{room}` has a row and no source" for room in sorted(table.keys() - source.keys())]
    for room in sorted(table.keys() & source.keys()):
        forbidden = sorted(source[room] - table[room])
        stale = sorted(table[room] - source[room])
        found += [f"`{room}` uses `{other}`: forbidden" for other in forbidden]
        found += [f"`{room}` may use `{other}`, and does not: stale" for other in stale]
    return found
