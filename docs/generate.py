"""Write docs/functions.md from the docstrings: documentation lives with the thing it documents.

A numpydoc section becomes a bold word, a parameter an item of a list, examples a Python block (which the
tests run, as those of every page).
"""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import logsumexp as lse

PAGE = Path(__file__).with_name("functions.md")

OPENING = """\
# Functions

Made from the docstrings by `docs/generate.py`; `help(logsumexp.softmax)` says the same.

"""

_SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}$", re.MULTILINE)
_DEFINITIONS = ("Parameters", "Returns", "Raises", "Attributes", "Yields")


def sections(text: str) -> Iterator[tuple[str, str]]:
    """(title, body) of each section; the part before the first has the title ''."""
    parts = _SECTION.split(inspect.cleandoc(text))
    yield "", parts[0].strip()
    yield from zip(parts[1::2], (body.strip("\n") for body in parts[2::2]), strict=True)


def definitions(body: str) -> str:
    """`name : type` and an indented text, as an item of a list."""
    lines = []
    for line in body.splitlines():
        if line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            lines.append(f"- `{name}`" + (f": {kind}" if kind else ""))
        else:
            lines.append(f"  {line.strip()}" if line.strip() else "")
    return "\n".join(lines)


def examples(body: str) -> str:
    """A Python block; the blank line before its end closes the last expected output."""
    return f"```python\n{body.rstrip()}\n\n```"


def described(text: str) -> str:
    """A docstring as Markdown."""
    parts = []
    for title, body in sections(text):
        if title == "Examples":
            parts.append(examples(body))
        elif title in _DEFINITIONS:
            parts.append(f"**{title}**\n\n{definitions(body)}")
        elif title:
            parts.append(f"**{title}**\n\n{body.strip()}")
        else:
            parts.append(body)
    return "\n\n".join(parts)


def signature(public: object, name: str) -> str:
    """The name with its arguments, as Python reports them."""
    try:
        return f"{name}{inspect.signature(public)}"  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return name


def entries() -> Iterator[str]:
    """One entry per public name that has a docstring of its own."""
    for name in lse.__all__:
        public = getattr(lse, name)
        if not callable(public) or (isinstance(public, type) and issubclass(public, Exception)):
            continue
        yield f"## {name}\n\n`{signature(public, name)}`\n\n{described(public.__doc__ or '')}"
        if isinstance(public, type):
            for word, method in sorted(vars(public).items()):
                if not word.startswith("_") and method.__doc__:
                    call = signature(getattr(public, word), f"{name}.{word}")
                    yield f"### {name}.{word}\n\n`{call}`\n\n{described(method.__doc__)}"


def page() -> str:
    """The whole page."""
    return OPENING + "\n\n".join(entries()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
