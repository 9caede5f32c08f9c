"""Write the reference tables: rows and their correctly rounded answers, from 60 digits of mpmath.

    python tables/reference.py

Each table is JSON, one case a line. Numbers are hex floats, so that inputs are exact; "h * 3" stands
for h, h, h. Answers come from the textbook formula and nothing else,

    logsumexp     = log(sum b exp(x / t)) * t          softmax_i     = exp(x_i / t) / sum
    logmeanexp    = log(sum exp(x / t) / n) * t        log_softmax_i = log(softmax_i)

with x shifted by its maximum, in as many digits as the smallest float64 needs to survive beside 1
(324) and 60 more: no case needs a trick, which is what makes the tables worth comparing with.
"""

import itertools
import json
import pathlib
import random
from collections.abc import Iterable, Sequence
from typing import Any

import mpmath
import numpy as np

HERE = pathlib.Path(__file__).parent
DIGITS = 60
Case = dict[str, Any]
FUNCTIONS = ("logsumexp", "logmeanexp", "softmax", "log_softmax")

mp = mpmath.MPContext()
mp.dps = 340 + DIGITS


def answers(x: Sequence[float], temperature: float = 1.0) -> dict[str, Any]:
    """The four functions of one row of finite numbers and -inf, as mpf or lists of mpf."""
    x, temperature = [mp.mpf(float(element)) for element in x], mp.mpf(temperature)
    shift = max(x)
    exponentials = {element: mp.exp((element - shift) / temperature) for element in set(x)}
    total = mp.fsum(exponentials[element] for element in x)
    logarithms = {element: (element - shift) / temperature - mp.log(total) for element in set(x)}
    return {
        "logsumexp": shift + temperature * mp.log(total),
        "logmeanexp": shift + temperature * mp.log(total / len(x)),
        "softmax": [exponentials[element] / total for element in x],
        "log_softmax": [logarithms[element] for element in x],
    }


def weighted_answer(a: Sequence[float], b: Sequence[float]) -> tuple[Any, int]:
    """log|sum b exp(a)| and the sign of the sum; elements of weight zero are left out."""
    pairs = [(mp.mpf(float(x)), mp.mpf(float(w))) for x, w in zip(a, b, strict=True) if w != 0]
    shift = max((x for x, _ in pairs), default=mp.mpf(0))
    total = mp.fsum(weight * mp.exp(x - shift) for x, weight in pairs)
    return (shift + mp.log(abs(total)) if total else -mp.inf), int(mp.sign(total))


def nearest(exact: Any, dtype: str) -> np.floating:
    """The float of `dtype` nearest to `exact`; of two as near, the even one; a zero has no sign."""
    kind = np.dtype(dtype).type
    limit = mp.ldexp(1, int(np.finfo(dtype).maxexp))  # where an infinity stands, for rounding
    if not mp.isfinite(exact):
        return kind(float(exact))
    exact = min(max(exact, -limit), limit)
    with np.errstate(all="ignore"):
        guess = kind(float(exact))
        floats = [guess, *(np.nextafter(guess, end, dtype=dtype) for end in (-np.inf, np.inf))]
    places = [mp.mpf(float(x)) if np.isfinite(x) else mp.sign(float(x)) * limit for x in floats]
    odd = [int(x.view(f"i{x.itemsize}")) & 1 for x in floats]
    best = min(range(3), key=lambda index: (abs(places[index] - exact), odd[index]))
    return floats[best] + kind(0)


def write_row(row: Iterable[float]) -> str:
    """A row as text: hex floats, equal neighbours counted."""
    runs = ((x, sum(1 for _ in run)) for x, run in itertools.groupby(row, key=_hex))
    return ", ".join(x if count == 1 else f"{x} * {count}" for x, count in runs)


def read_row(text: str, dtype: str) -> np.ndarray:
    """The inverse of `write_row`."""
    runs = (part.partition(" * ") for part in text.split(", ")) if text else ()
    return np.array(
        [float.fromhex(x) for x, _, count in runs for _ in range(int(count or 1))], dtype
    )


def _hex(x: float) -> str:
    mantissa, exponent, power = float(x).hex().partition("p")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + exponent + power


def solve(case: Case, dtype: str) -> Case:
    """A case with its answers: {"name", "x", "temperature"?} and the four functions."""
    exact = answers(read_row(case["x"], dtype), case.get("temperature", 1.0))
    for function in FUNCTIONS:
        want = exact[function]
        row = want if isinstance(want, list) else [want]
        rounded = {element: nearest(element, dtype) for element in set(row)}
        case[function] = write_row([rounded[element] for element in row])
    return case


def solve_weighted(case: Case, dtype: str) -> Case:
    """A case with its answer: {"name", "a", "b"} and logsumexp, sign."""
    exact, sign = weighted_answer(read_row(case["a"], dtype), read_row(case["b"], dtype))
    return case | {"logsumexp": write_row([nearest(exact, dtype)]), "sign": sign}


def read(name: str) -> list[Case]:
    """The cases of one table."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="ascii"))


def write(name: str, cases: Iterable[Case]) -> None:
    """One case a line."""
    lines = ",\n".join(json.dumps(case) for case in cases)
    (HERE / f"{name}.json").write_text(f"[\n{lines}\n]\n", encoding="ascii")


def main() -> None:
    from tables import cases

    for dtype in ("float32", "float64"):
        rows = cases.rows(dtype, random.Random(1))  # noqa: S311
        write(dtype, (solve(case, dtype) for case in rows))
        weights = cases.weights(dtype, random.Random(2))  # noqa: S311
        write(f"weights_{dtype}", (solve_weighted(case, dtype) for case in weights))


if __name__ == "__main__":
    import sys

    sys.path.insert(0, str(HERE.parent))
    main()
