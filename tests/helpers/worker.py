"""A second interpreter that answers calls: for what must hold across processes and kernel paths.

    with Worker(LOGSUMEXP_ISA="portable") as worker:
        worker.call("State.fold", row)          # folded there, the state pickled back

A name is looked up in `logsumexp`, dots and all, so `State.merge` takes the state as its first
argument. Whatever the call raises there is raised here.
"""

import functools
import os
import pickle
import subprocess
import sys


class Worker:
    """One other process, started on the first call and ended by `close`."""

    def __init__(self, **environment):
        self.environment, self.process = environment, None

    def call(self, name, *arguments, **keywords):
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, __file__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **self.environment},
            )
        pickle.dump((name, arguments, keywords), self.process.stdin)
        self.process.stdin.flush()
        try:
            fine, answer = pickle.load(self.process.stdout)
        except EOFError:
            code = self.process.wait()
            self.process = None
            raise AssertionError(f"the process died (exit status {code}) in {name}") from None
        if not fine:
            raise answer
        return answer

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait(timeout=30)
            self.process = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def serve():
    """Answer calls from standard input until it ends."""
    # The answers need standard output to themselves: prints of the library go elsewhere.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            name, arguments, keywords = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        try:
            import logsumexp

            function = functools.reduce(getattr, name.split("."), logsumexp)
            answer = True, function(*arguments, **keywords)
        except Exception as error:  # raised again on the other side
            answer = False, error
        pickle.dump(answer, answers)
        answers.flush()


@functools.cache
def shared(isa):
    """The worker of one kernel path, shared by all tests; `close_all` ends it."""
    return Worker(LOGSUMEXP_ISA=isa)


def close_all(isas):
    for worker in map(shared, isas):
        worker.close()
    shared.cache_clear()


if __name__ == "__main__":
    serve()
