"""Markdown pages as material for tests: their Python blocks, their links, their marked commands."""

import doctest
import re
import warnings

import numpy as np

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"^<!-- command: (\w+) -->\n```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")

FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def commands(page):
    """Name -> text of each marked command."""
    return {name: text.strip() for name, text in _COMMAND.findall(page)}


def links(page):
    """The files that a page links to."""
    return _LINK.findall(page)


def failures(name, text, names=None):
    """Run the examples of a page or docstring; the report, empty when all hold, and their number.

    A page shows wrong ways too, so warnings are no failures here.
    """
    blocks = _BLOCK.findall(text)
    source = "\n".join(blocks) if blocks else text
    test = doctest.DocTestParser().get_doctest(source, dict(names or {}), name, name, 0)
    report = []
    with warnings.catch_warnings(), np.printoptions():
        warnings.simplefilter("ignore")
        doctest.DocTestRunner(optionflags=FLAGS).run(test, out=report.append)
    return "".join(report), len(test.examples)
