"""ARCHITECTURE.md draws the arrows that the sources hold: none more, none fewer."""

from pathlib import Path

import pytest

from tests.rooms.arrows import differences, drawn
from tests.rooms.python import package_arrows
from tests.rooms.rust import crate_arrows, seam_arrows

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
MATHEMATICS = ROOT / "crates/lse/src"
SEAM = ROOT / "crates/lse-python/src"


def test_rust():
    held = crate_arrows(MATHEMATICS) | {"lse-python": seam_arrows(SEAM, MATHEMATICS)}
    found = differences(drawn(PAGE, "rust"), held)
    assert not found, "\n".join(found)


def test_python():
    table = drawn(PAGE, "python")
    found = differences(table, package_arrows(ROOT / "python/logsumexp", table))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["rust", "python"])
def test_no_circles(name):
    """A room is built from the rooms below it: following the arrows never leads back."""
    table = drawn(PAGE, name)
    while leaves := {room for room, uses in table.items() if not uses & table.keys()}:
        table = {room: uses for room, uses in table.items() if room not in leaves}
    assert not table, f"these rooms use each other in a circle: {sorted(table)}"


def test_adapters_never_import_each_other():
    for room, uses in drawn(PAGE, "python").items():
        if room.startswith("logsumexp.adapters."):
            assert not [use for use in uses if use.startswith("logsumexp.adapters.")], room
