"""The pages still say what the code does."""

import importlib.util
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

import logsumexp as lse
from bench.table import BLOCK, block
from logsumexp.bench import load
from tests.rooms.pages import commands, failures, links

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_of_pages(page):
    report, count = failures(page.name, page.read_text(encoding="utf-8"))
    assert not report
    assert count or page.name != "README.md"


@pytest.mark.parametrize("name", lse.__all__)
def test_examples_of_docstrings(name):
    public = getattr(lse, name)
    if not callable(public):
        return
    names = {"np": np, "numpy": np, "lse": lse, "logsumexp": lse}
    report, count = failures(name, public.__doc__ or "", names)
    assert not report
    assert count or isinstance(public, type), f"{name} has no example"


def test_examples_of_state():
    names = {"np": np, "lse": lse}
    for name, method in vars(lse.State).items():
        if not name.startswith("_"):
            assert method.__doc__, f"State.{name} has no docstring"
            assert not failures(name, method.__doc__, names)[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links(page):
    missing = [
        to for to in links(page.read_text(encoding="utf-8")) if not (page.parent / to).exists()
    ]
    assert not missing


def test_functions_page_is_made_from_the_docstrings():
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs/generate.py")
    generate = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generate)
    assert generate.PAGE.read_text(encoding="utf-8") == generate.page(), "run `just pages`"


def test_readme_commands_are_single_lines():
    found = commands((ROOT / "README.md").read_text(encoding="utf-8"))
    assert set(found) == {"run", "test"}
    for command in found.values():
        assert "\n" not in command
        subprocess.run(["bash", "-n", "-c", command], check=True)


def test_readme_table_says_what_its_record_says():
    page = (ROOT / "README.md").read_text(encoding="utf-8")
    found = BLOCK.search(page)
    assert found, "the README has no table between its marks"
    path = found.group(1)
    assert found.group() == block(load(ROOT / path), path)


def test_version_is_the_crates():
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    assert re.search(r'^version = "(.+)"$', manifest, re.MULTILINE).group(1) == lse.__version__


def test_changelog_has_the_version():
    assert f"## {lse.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_examples_can_fail():
    report, count = failures("page", "```python\n>>> 1 + 1\n3\n\n```\n")
    assert "Expected" in report
    assert count == 1


def test_links_and_commands_are_found():
    assert links("[a](b.md) [c](d/e.md#f) [g](https://h.i)") == ["b.md", "d/e.md"]
    assert commands("<!-- command: run -->\n```sh\nls\n```\n") == {"run": "ls"}
