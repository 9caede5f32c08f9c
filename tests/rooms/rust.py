"""The arrows that the Rust sources hold.

A room of the crate `lse` is a file or folder directly under src/. An arrow is any path `crate::room`
or `super::..::room`, in a `use` or in the middle of an expression, outside comments, strings and test
modules. The seam, crates/lse-python, is one room: its arrows are the rooms of `lse` that its paths
`lse::..` lead to, through the crate's re-exports, and the Python modules that it imports by name.
lib.rs is a table of contents and belongs to no room.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.rooms.arrows import Arrows

_STRING = re.compile(r'\bb?r(#*)".*?"\1|\bb?"(?:\\.|[^"\\])*"|"(?:\\.|[^"\\])*"', re.DOTALL)
_LINE_COMMENT = re.compile(r"//[^\n]*")
_BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CHARACTER = re.compile(r"b?'(?:\\.[^']*|[^'\\])'")
_PYTHON_NAME = re.compile(r'"logsumexp\.([a-z][a-z_.]*)"')


def code(text: str) -> str:
    """The text without comments, strings and test modules."""
    # Strings go first, so that "//" inside one does not hide the rest of its line; a quote inside a
    # comment would open a string, so comments that hold one lose it before.
    text = re.sub(r'//[^\n]*"[^\n]*', lambda hit: _comment_or_string(text, hit), text)
    text = _CHARACTER.sub("' '", text)
    text = _STRING.sub('""', text)
    text = _BLOCK_COMMENT.sub("", text)
    text = _LINE_COMMENT.sub("", text)
    return _without_tests(text)


def _comment_or_string(text: str, hit: re.Match[str]) -> str:
    """Drop a `//` remark with a quote in it, unless the `//` itself stands inside a string."""
    line = text[text.rfind("\n", 0, hit.start()) + 1 : hit.start()]
    return hit.group() if line.count('"') % 2 else ""


def _without_tests(text: str) -> str:
    while (start := text.find("#[cfg(test)]")) >= 0:
        brace, semicolon = text.find("{", start), text.find(";", start)
        if brace < 0 or 0 <= semicolon < brace:
            end = semicolon
        else:
            depth, end = 1, brace
            while depth:
                end += 1
                depth += {"{": 1, "}": -1}.get(text[end], 0)
        text = text[:start] + text[end + 1 :]
    return text


def heads(text: str, root: str) -> Iterator[str]:
    """The first name after each `root::`, also inside `root::{a::b, c}`."""
    for hit in re.finditer(rf"(?<![\w:$]){root}\s*::\s*", text):
        rest = text[hit.end() :]
        if not rest.startswith("{"):
            yield re.match(r"\w+|\*", rest).group()  # type: ignore[union-attr]
            continue
        depth, item = 1, ""
        for letter in rest[1:]:
            if letter == "{":
                depth += 1
            elif letter == "}":
                depth -= 1
            if depth == 0 or (depth == 1 and letter == ","):
                if head := re.match(r"\s*(\w+)", item):
                    yield head.group(1)
                item = ""
            else:
                item += letter
            if depth == 0:
                break


def sources(folder: Path) -> dict[tuple[str, ...], str]:
    """The code of each file under src/, by module path, test files and lib.rs left out."""
    found = {}
    for path in sorted(folder.rglob("*.rs")):
        parts = path.relative_to(folder).with_suffix("").parts
        if parts[-1] == "mod":
            parts = parts[:-1]
        if parts != ("lib",) and "tests" not in parts:
            found[parts] = code(path.read_text(encoding="utf-8"))
    return found


def crate_arrows(folder: Path) -> Arrows:
    """The arrows between the rooms of the crate whose src/ is `folder`."""
    modules = sources(folder)
    rooms = {parts[0] for parts in modules}
    homes = exports(folder)
    held: Arrows = {room: set() for room in rooms}
    for parts, text in modules.items():
        names = list(heads(text, "crate"))
        # `super` once per level leads to the root of the crate; fewer stay inside the room.
        names += heads(text, r"::\s*".join(["super"] * len(parts)))
        targets = {homes.get(name, name) for name in names}
        held[parts[0]] |= targets & rooms - {parts[0]}
    return held


def exports(folder: Path) -> dict[str, str]:
    """Name -> room, for what lib.rs re-exports and for exported macros."""
    homes = {}
    text = code((folder / "lib.rs").read_text(encoding="utf-8"))
    for room, names in re.findall(r"pub use (?:crate::|self::)?(\w+)::([^;]+);", text):
        for name in re.findall(r"(\w+)\s*(?=[,}]|$)", names.strip()):
            homes[name] = room
    for parts, body in sources(folder).items():
        for name in re.findall(r"macro_rules!\s*(\w+)", body):
            homes.setdefault(name, parts[0])
    return homes


def seam_arrows(seam: Path, mathematics: Path) -> set[str]:
    """What the seam uses: rooms of `lse`, and Python modules as `logsumexp.name`."""
    rooms = {parts[0] for parts in sources(mathematics)}
    homes = exports(mathematics)
    held = set()
    for path in sorted(seam.rglob("*.rs")):
        text = path.read_text(encoding="utf-8")
        held |= {f"logsumexp.{name}" for name in _PYTHON_NAME.findall(text)}
        for name in heads(code(text), "lse"):
            home = homes.get(name, name)
            # A name that cannot be traced is shown as it stands: the table then fails on it.
            held.add(home if home in rooms else f"lse::{name}")
    return held
