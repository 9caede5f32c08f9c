"""A record as text: time and error side by side, ratios against targets."""

from collections.abc import Iterator
from typing import Any

from logsumexp.bench.record import Record
from logsumexp.bench.rivals import PEERS

__all__ = ["COLUMNS", "duration", "error", "head", "lines", "markdown", "rows"]

COLUMNS = ("who", "time a call", "quartiles", "ns/element", "error", "memory", "times ours")


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best, three digits."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= size:
            return f"{_three(seconds / size)} {unit}"
    return f"{_three(seconds / 1e-9)} ns"


def _three(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def error(row: dict[str, Any]) -> str:
    """A contestant's worst error among the sampled results."""
    if row.get("wrong"):
        return "wrong"
    if "ulp" not in row:
        return ""
    ulp = row["ulp"]
    return f"{ulp:.2f} ulp" if ulp < 10 else f"{ulp:.0f} ulp" if ulp < 1e4 else f"{ulp:.0e} ulp"


def rows(cell: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """One tuple of :data:`COLUMNS` per contestant."""
    elements = 1
    for size in cell["cell"]["shape"]:
        elements *= size
    for name, row in cell["rows"].items():
        seconds = row.get("seconds")
        if seconds is None:
            yield name, "", "", "", error(row), "", ""
            continue
        median, ratio = seconds["median"], cell["ratios"].get(name)
        yield (
            name,
            duration(median),
            f"{duration(seconds['low'])} - {duration(seconds['high'])}",
            f"{median / elements * 1e9:.3f}",
            error(row),
            f"{row['bytes'] / 2**20:.1f} MiB" if "bytes" in row else "",
            f"{ratio:.2f}x" if ratio else "",
        )


def verdict(cell: dict[str, Any]) -> str:
    """Best peer against ours, and the targets: in one line."""
    for reason in ("failed", "skipped"):
        if reason in cell:
            return f"{reason}: {cell[reason]}"
    if "ratios" not in cell:
        return "answers right"
    words = []
    if "best" in cell["ratios"]:
        words.append(f"best peer / ours {cell['ratios']['best']:.2f}x")
    targets = dict(cell["cell"]["targets"])
    not_reached = cell["missed"] or cell.get("beyond")
    if cell["missed"]:
        words.append("MISSED: " + "; ".join(cell["missed"]))
    if cell.get("beyond"):
        words.append("BEYOND this memory: " + "; ".join(cell["beyond"]))
    if not not_reached and (targets or cell["cell"]["ceiling"]):
        wanted = [f"{name} {ratio:g}x" for name, ratio in targets.items()]
        if cell["cell"]["ceiling"]:
            wanted.append(f"at most {duration(cell['cell']['ceiling'])}")
        # Of memory a record says nothing where the system does not tell.
        if cell["cell"].get("memory") and any("bytes" in row for row in cell["rows"].values()):
            wanted.append(f"memory {cell['cell']['memory']:.1%}")
        words.append("reached: " + ", ".join(wanted))
    return "; ".join(words)


def head(record: Record) -> Iterator[str]:
    """Where and when, with what, and the memory's limits."""
    machine = record.machine
    yield f"{record.date}  {record.command}"
    yield f"{machine['processor']}, {machine['processors']} processors, {record.threads} threads"
    yield ", ".join(f"{name} {number}" for name, number in record.versions.items())
    for name, limit in record.limits.items():
        yield (
            f"memory, {name} thread{'s' if not name.endswith(' 1') else ''}: "
            f"{limit['bytes_per_second'] / 1e9:.1f} GB/s "
            f"({limit['low'] / 1e9:.1f} - {limit['high'] / 1e9:.1f})"
        )


def lines(record: Record) -> Iterator[str]:
    """The whole record as plain text."""
    yield from head(record)
    for cell in record.cells:
        yield ""
        yield cell["name"]
        found = list(rows(cell))
        if record.timed and found:
            # Most cells do not ask for memory: no empty column
            used = [
                i for i, name in enumerate(COLUMNS) if name != "memory" or any(r[i] for r in found)
            ]
            found = [tuple(row[i] for i in used) for row in (COLUMNS, *found)]
        widths = [max(map(len, column)) for column in zip(*found, strict=True)]
        for row in found:
            yield (
                "   "
                + "  ".join(
                    text.ljust(width) if i == 0 else text.rjust(width)
                    for i, (text, width) in enumerate(zip(row, widths, strict=True))
                ).rstrip()
            )
        if said := verdict(cell):
            yield "   " + said


def markdown(record: Record, names: list[str]) -> str:
    """A small table of the named cells for a page: time and error per contestant."""
    chosen = [cell for name in names for cell in record.cells if cell["name"] == name]
    if missing := set(names) - {cell["name"] for cell in chosen}:
        raise ValueError(f"the record has no cell {sorted(missing)[0]!r}")
    present = [who for who in PEERS if any(who in cell["rows"] for cell in chosen)]
    table = [
        "| " + " | ".join(["", "logsumexp", *present]) + " |",
        "|---" * (len(present) + 2) + "|",
    ]
    for cell in chosen:
        entries = [_entry(cell["rows"].get(who)) for who in ("ours", *present)]
        table.append("| " + " | ".join([f"{cell['name']}", *entries]) + " |")
    return "\n".join(table)


def _entry(row: dict[str, Any] | None) -> str:
    if row is None:
        return ""
    if "seconds" not in row:
        return error(row)
    return f"{duration(row['seconds']['median'])}, {error(row)}"
