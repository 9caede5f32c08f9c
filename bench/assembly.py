"""Count vector against scalar arithmetic in the machine code of each kernel.

    python -m bench.assembly                                         this machine's instruction sets
    python -m bench.assembly --target aarch64-unknown-linux-gnu      those of another, for which cargo can compile

A kernel that silently falls back to scalar code keeps its answers and loses its speed, so this looks at
the code itself: it compiles the crate to assembly and reads the shells of every instruction set
(crates/lse/src/kernels/table.rs). A shell fails when too few of its floating-point operations use whole
vector registers (of a kernel that computes nothing: when no instruction does), or when it calls a function of
the crate or of the mathematical library: what is not inlined into the shell is compiled without the
instruction set.

x86-64 and aarch64: elsewhere it says so and looks at nothing.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# The lanes of a sum are added up one by one at the end of a row, so an honest kernel has scalar operations
# too: 0 to 65 % of the listing seen. A loop that fell back has 75 % and more.
LEAST_SHARE = 0.33

# A single row adds its elements one by one, in the order of a lane of a tile: the exponentials are vectors.
ONE_BY_ONE = {
    f"alone_{kernel}{kind}" for kernel in ("", "shares_", "logs_") for kind in ("single", "double")
}

# A few operations a row: a kernel for the sake of a fused multiply-add that is an instruction.
A_ROW = {
    "inverse",
    "level_single",
    "level_double",
    "level_beside_single",
    "level_beside_double",
}

# Scalar by nature: the lanes of a block added up once, and the elements too far out for float64.
SCALAR_BY_NATURE = {"lse::kernels::logistic::fine::add_up", "lse::elementary::precise::exp_one"}

# The lanes of a column's total are added once a strip, by a function that is handed in.
ONCE_A_STRIP = {
    "columns_single",
    "columns_double",
    "weighted_columns_single",
    "weighted_columns_double",
}

# Intrinsics and closures that were not inlined: what calls them would do its arithmetic out of sight.
HANDED_IN = "core::ops::function::Fn::call"
OUT_OF_SIGHT = {"core_arch", "call", "call_mut", "call_once"}

_LABEL = re.compile(r"^(_[A-Za-z0-9_$.]+):")
_MATHEMATICS = r"(_[A-Za-z0-9_$.]+|fmaf?|expf?|logf?)"


@dataclass(frozen=True)
class Architecture:
    """How a line of its assembly shows arithmetic, the use of whole vector registers, and a call."""

    arithmetic: re.Pattern[str]
    wide: re.Pattern[str]
    call: re.Pattern[str]
    # Whether functions that are not inlined have the instruction set all the same.
    everywhere: bool


ARCHITECTURES = {
    "x86_64": Architecture(
        re.compile(r"^v?(?:add|sub|mul|div|sqrt|min|max|fn?m(?:add|sub)(?:132|213|231))[ps][sd]\b"),
        re.compile(r"^(?!v?\w+s[sd]\s).*%[yz]mm"),
        re.compile(rf"^(?:call|jmp)q?\s+\*?\[?(?:rip \+ )?{_MATHEMATICS}"),
        everywhere=False,
    ),
    "aarch64": Architecture(
        re.compile(r"^f(?:add|sub|mul|div|sqrt|min|max|minnm|maxnm|ml[as]|n?m(?:add|sub))\b"),
        re.compile(r"\bv\d+\.(?:4s|2d|16b|8h)\b|\bq\d+\b"),
        re.compile(rf"^bl?\s+{_MATHEMATICS}"),
        everywhere=True,
    ),
}


@dataclass(frozen=True)
class Shell:
    """One kernel of one instruction set."""

    isa: str
    name: str
    vector: int
    scalar: int
    calls: tuple[str, ...]
    wide: int = 0

    @property
    def complaint(self) -> str:
        """Why it fails, or nothing."""
        if self.calls and not (self.name in ONCE_A_STRIP and self.calls == (HANDED_IN,)):
            return f"calls {', '.join(self.calls)}"
        if self.name in A_ROW:
            return ""
        if self.vector == self.scalar == 0:  # it moves and compares, nothing else
            return "" if self.wide else "is scalar"
        least = 0 if self.name in ONE_BY_ONE else LEAST_SHARE
        if self.vector == 0 or self.vector < least * (self.vector + self.scalar):
            return "is scalar"
        return ""


def words(symbol: str) -> list[str]:
    """The names in a mangled symbol: each stands after its length."""
    # The newer mangling marks a crate with a hash that may hold digits.
    found, rest = [], re.sub(r"Cs[0-9A-Za-z]*_", "C", symbol) if symbol[:2] == "_R" else symbol
    while hit := re.search(r"(?<!\d)(\d+)", rest):
        length = int(hit.group(1))
        name = rest[hit.end() : hit.end() + length].lstrip("_")
        if len(name) + 1 >= length and re.fullmatch(r"[A-Za-z]\w*", name):
            found.append(name)
            rest = rest[hit.end() + length :]
        else:
            rest = rest[hit.end() :]
    return found


def shells(assembly: str, architecture: str = "x86_64") -> Iterator[Shell]:
    """Every shell in an assembly listing."""
    symbol, body = "", []
    for line in assembly.splitlines():
        if label := _LABEL.match(line):
            symbol, body = label.group(1), []
        elif line.startswith(".Lfunc_end"):
            place = words(symbol)
            if place[:3] == ["lse", "kernels", "table"] and len(place) >= 5:
                yield counted(place[3], place[4], body, ARCHITECTURES[architecture])
            symbol, body = "", []
        elif symbol:
            body.append(line.strip())


def counted(isa: str, name: str, body: list[str], architecture: Architecture) -> Shell:
    """Count the instructions of one function."""
    vector = scalar = wide_lines = 0
    calls = set()
    for line in body:
        wide = bool(architecture.wide.search(line))
        wide_lines += wide
        if architecture.arithmetic.match(line):
            vector, scalar = vector + wide, scalar + (not wide)
        elif call := architecture.call.match(line.replace("\t", " ")):
            target = words(call.group(1)) or [call.group(1)]
            ours = target[0] == "lse" or not OUT_OF_SIGHT.isdisjoint(target)
            if (ours and not architecture.everywhere) or not call.group(1).startswith("_"):
                calls.add("::".join(part for part in target if not re.fullmatch(r"h\w{16}", part)))
    return Shell(isa, name, vector, scalar, tuple(sorted(calls - SCALAR_BY_NATURE)), wide_lines)


def compiled(target: str | None = None) -> str:
    """The crate as assembly; link-time optimisation would leave no machine code to read."""
    with tempfile.TemporaryDirectory() as folder:
        listing = Path(folder) / "lse.s"
        subprocess.run(
            ["cargo", "rustc", "-p", "lse", "--lib", "--release", "--quiet",
             *([] if target is None else ["--target", target]), "--",
             f"--emit=asm={listing}", "-Ccodegen-units=1"],
            check=True,
            env={**os.environ, "CARGO_PROFILE_RELEASE_LTO": "off"},
        )  # fmt: skip
        return listing.read_text(encoding="utf-8")


def main() -> int:
    """Print a line per shell; 1 when one of a vector instruction set fails."""
    parser = argparse.ArgumentParser(prog="python -m bench.assembly")
    parser.add_argument("--target", help="a target triple; default: this machine's")
    target = parser.parse_args().target
    machine = (target or platform.machine()).lower().split("-")[0]
    architecture = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
    if architecture not in ARCHITECTURES:
        print(f"nothing looked at: no patterns for {architecture}")
        return 0
    found = sorted(
        shells(compiled(target), architecture), key=lambda shell: (shell.isa, shell.name)
    )
    failed = [shell for shell in found if shell.isa != "portable" and shell.complaint]
    for shell in found:
        mark = f"  {shell.complaint}" if shell in failed else ""
        print(
            f"{shell.isa:9} {shell.name:14} vector {shell.vector:5} scalar {shell.scalar:5}{mark}"
        )
    vectors = [shell for shell in found if shell.isa != "portable"]
    print(f"{len(vectors)} vector kernels, {len(failed)} failed")
    return 1 if failed or not vectors else 0


if __name__ == "__main__":
    sys.exit(main())
