"""The arrows that the Python sources hold.

A room is a row of the table: `logsumexp` (the front door, __init__) or a module below it, and a module
belongs to the longest row that it begins with. An arrow is any import, at the top of a file, inside a
function or under TYPE_CHECKING: a picture that leaves some imports out is not the picture.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from pathlib import Path

from tests.rooms.arrows import Arrows

PACKAGE = "logsumexp"


def modules(folder: Path) -> dict[str, tuple[str, bool]]:
    """Module name -> (text, whether it is a package), for every file under the package folder."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if package else parts)
        found[name] = (path.read_text(encoding="utf-8"), package)
    return found


def imports(name: str, text: str, package: bool, known: Collection[str]) -> set[str]:
    """The modules of the package that a module imports; names that are no modules count as their home."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            home = _absolute(node, name, package)
            for alias in node.names:
                inner = f"{home}.{alias.name}"
                found.add(inner if inner in known else home)
        elif _is_import_call(node):
            found.add(node.args[0].value)  # type: ignore[attr-defined]
    return {target for target in found if target.split(".")[0] == PACKAGE}


def _absolute(node: ast.ImportFrom, name: str, package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    base = parts[: len(parts) - node.level + (1 if package else 0)]
    return ".".join([*base, node.module] if node.module else base)


def _is_import_call(node: ast.AST) -> bool:
    """`import_module("logsumexp.x")` and `__import__("logsumexp.x")`."""
    if not isinstance(node, ast.Call) or not node.args:
        return False
    called = ast.unparse(node.func).split(".")[-1]
    first = node.args[0]
    text = isinstance(first, ast.Constant) and isinstance(first.value, str)
    return called in {"import_module", "__import__"} and text


def room_of(module: str, rooms: Collection[str]) -> str:
    """The longest room that the module begins with; the module itself when there is none."""
    parts = module.split(".")
    for length in range(len(parts), 1, -1):
        if (room := ".".join(parts[:length])) in rooms:
            return room
    return module


def package_arrows(folder: Path, rooms: Collection[str]) -> Arrows:
    """The arrows between the rooms of the package at `folder`, sorted into the table's rooms."""
    files = modules(folder)
    compiled = f"{PACKAGE}._rust"
    known = {*files, compiled}
    held: Arrows = {compiled: set()}
    for name, (text, package) in files.items():
        room = room_of(name, rooms)
        targets = {room_of(target, rooms) for target in imports(name, text, package, known)}
        held.setdefault(room, set()).update(targets - {room})
    return held
