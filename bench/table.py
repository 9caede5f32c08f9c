"""Print the table of a record, or put its short form into a page.

    python -m bench.table bench/record/X.json                      the whole record as text
    python -m bench.table bench/record/X.json --into README.md     rewrites the page's table

The page's table stands between `<!-- bench: ... -->` and `<!-- end of bench -->`; the first line names
the record, so that a test can tell whether the page still says what the record says.
"""

import argparse
import re
from pathlib import Path

from bench.cells import README
from logsumexp.bench import Record, lines, load, markdown

BLOCK = re.compile(r"<!-- bench: (\S+) -->\n.*?<!-- end of bench -->", re.DOTALL)


def block(record: Record, path: str) -> str:
    """The page's table with its marks, its command, and its machine."""
    machine = record.machine
    libraries = ", ".join(
        f"{name} {number}" for name, number in record.versions.items() if name != "logsumexp"
    )
    return (
        f"<!-- bench: {path} -->\n"
        f"{markdown(record, list(README))}\n\n"
        f"Time of a call and worst error, from [{path}]({path}), made by `{record.command}` on "
        f"{machine['processor']}, {record.threads} threads, {record.date[:10]}, with {libraries}. "
        f"*wrong*: inf, nan or more than 0.1 % off.\n"
        f"<!-- end of bench -->"
    )


def main() -> None:
    """Print or rewrite."""
    parser = argparse.ArgumentParser(prog="python -m bench.table")
    parser.add_argument("record", type=Path)
    parser.add_argument("--into", type=Path, help="the page whose table is rewritten")
    given = parser.parse_args()
    record = load(given.record)
    if given.into is None:
        print("\n".join(lines(record)))
        return
    page = given.into.read_text(encoding="utf-8")
    table = block(record, given.record.as_posix())
    rewritten, count = BLOCK.subn(lambda old: table, page)
    if count != 1:
        parser.error(f"{given.into} has {count} tables between the marks: wanted 1")
    given.into.write_text(rewritten, encoding="utf-8")


if __name__ == "__main__":
    main()
