"""Run the benchmarks of this repository.

python -m bench                              every cell, the table on standard output
python -m bench --record bench/record/X.json    and keep the record
python -m bench --only softmax --only 1000x10   cells whose name holds all of these
python -m bench --answers-only               check every answer, of large cells on a part; time nothing
python -m bench --slow --only "lifted"           and the cells whose peer takes minutes
python -m bench --targets                    exit status 1 when a target is missed
"""

import argparse
import sys
from pathlib import Path

from bench.cells import CELLS, SLOW
from logsumexp.bench import PEERS, lines, run, save

# With nothing timed after them, answers need not be those of gigabytes.
ANSWERED = 1 << 23


def main() -> int:
    """Parse, run, print, keep; 1 when an answer is wrong or, if asked, a target is missed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Time and error of logsumexp and its rivals."
    )
    parser.add_argument("--only", action="append", default=[], help="part of a cell's name")
    parser.add_argument("--rival", action="append", choices=PEERS, help="default: all installed")
    parser.add_argument("--seconds", type=float, default=2.0, help="a contestant and cell")
    parser.add_argument("--largest", type=int, help="leave out cells of more elements than this")
    parser.add_argument("--slow", action="store_true", help="also what takes minutes a call")
    parser.add_argument("--record", type=Path, help="where to keep the record")
    parser.add_argument("--answers-only", action="store_true", help="time nothing")
    parser.add_argument("--targets", action="store_true", help="fail when a target is missed")
    given = parser.parse_args()
    known = (*CELLS, *SLOW) if given.slow else CELLS
    cells = [cell for cell in known if all(part in cell.name for part in given.only)]
    if given.largest is not None:
        cells = [cell for cell in cells if cell.elements <= given.largest]
    if not cells:
        parser.error(f"no cell has {' and '.join(given.only)} in its name")
    if given.answers_only:
        cells = [cell.cut(ANSWERED) for cell in cells]
    record = run(
        cells,
        only=given.rival,
        seconds=given.seconds,
        timed=not given.answers_only,
        command=" ".join(["python -m bench", *sys.argv[1:]]),
        progress=lambda line: print(f"... {line}", file=sys.stderr, flush=True),
    )
    print("\n".join(lines(record)))
    if given.record is not None:
        save(record, given.record)
    missed = [cell for cell in record.cells if cell.get("missed")]
    if record.failures:
        print(f"\n{len(record.failures)} answers outside their budget:", *record.failures, sep="\n")
    if given.targets:
        print(f"\n{len(missed)} cells missed a target")
    return 1 if record.failures or (given.targets and missed) else 0


if __name__ == "__main__":
    sys.exit(main())
