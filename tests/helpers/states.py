"""The implementations of State that the laws are checked on: one line each in `STATES`.

    naive                      tests.helpers.naive
    here                       logsumexp.State, on the kernel path of this process
    portable, avx2, avx512     logsumexp.State in another process, on that kernel path

Those of another process travel as pickles with every call, which is a law of its own.
"""

import functools
import os
import re
import subprocess
import sys

import pytest

from tests.helpers.naive import NaiveState
from tests.helpers.worker import shared

ISAS = ("portable", "avx2", "avx512")


class Elsewhere:
    """A State whose every step is computed by the worker of one kernel path."""

    isa = None

    def __init__(self, near):
        self.near = near

    @classmethod
    def _call(cls, name, *arguments):
        near = [argument.near if isinstance(argument, cls) else argument for argument in arguments]
        return shared(cls.isa).call(f"State.{name}", *near)

    @classmethod
    def fold(cls, x):
        return cls(cls._call("fold", x))

    @classmethod
    def one(cls, x):
        return cls(cls._call("one", x))

    @classmethod
    def empty(cls):
        return cls(cls._call("empty"))

    def merge(self, other):
        return type(self)(self._call("merge", self, other))

    def __or__(self, other):
        return type(self)(self._call("__or__", self, other))

    def shift(self, c):
        return type(self)(self._call("shift", self, c))

    def finish(self, minus=0.0):
        return self._call("finish", self, minus)

    def spread(self, x):
        return self._call("spread", self, x)

    def __eq__(self, other):
        return self._call("__eq__", self, other)

    __hash__ = None
    max = property(lambda self: self.near.max)
    top = property(lambda self: self.near.top)
    rest = property(lambda self: self.near.rest)


class Portable(Elsewhere):
    isa = "portable"


class Avx2(Elsewhere):
    isa = "avx2"


class Avx512(Elsewhere):
    isa = "avx512"


def here():
    import logsumexp

    return logsumexp.State


@functools.cache
def path_of(isa):
    """The kernel path that a process takes which is asked for `isa` (None: not asked)."""
    environment = {**os.environ, "LOGSUMEXP_ISA": isa or ""}
    if isa is None:
        environment.pop("LOGSUMEXP_ISA")
    command = [sys.executable, "-c", "import logsumexp; logsumexp.show_config()"]
    run = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    return re.search(r"\bpath\W+(.+)", run.stdout)[1].strip()


def on(isa):
    """The State of one kernel path; skips where this processor has no such path."""
    path = path_of(isa)
    if isa not in path:
        pytest.skip(f"this processor has no {isa} path, it takes {path}")
    return {kind.isa: kind for kind in Elsewhere.__subclasses__()}[isa]


STATES = {"naive": lambda: NaiveState, "here": here}
STATES |= {isa: lambda isa=isa: on(isa) for isa in ISAS}
