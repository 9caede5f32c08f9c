"""What the command line says when it will not go on: one line, exit status 2.

The line names the file or option, states the fact, and says what to do:

    lse: scores.csv: line 7 has 3 columns, the lines before have 4: mend that line

Everything that can go wrong with a file passes through here, so that no traceback reaches a user.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["EXIT_STATUS", "Refusal", "from_system", "system_errors_of", "value_errors_of"]

EXIT_STATUS = 2


class Refusal(Exception):  # noqa: N818 - nothing is in error, somebody says no
    """A fact about a file or an option that stops the run.

    Parameters
    ----------
    subject : str
        The file or option, as the user wrote it.
    fact : str
        What is the case.
    remedy : str
        What the user can do about it.
    """

    def __init__(self, subject: str, fact: str, remedy: str) -> None:
        self.subject, self.fact, self.remedy = subject, fact, remedy
        super().__init__(subject, fact, remedy)

    def __str__(self) -> str:
        between = " " if self.subject.startswith("--") else ": "
        line = f"{self.subject}{between}{self.fact}: {self.remedy}"
        return " ".join(line.split())  # one line, whatever a library's message held


REMEDIES = {
    errno.ENOENT: ("no such file", "check the name"),
    errno.EISDIR: ("is a directory", "name a file"),
    errno.ENOTDIR: ("part of its path is not a directory", "check the name"),
    errno.EACCES: ("permission denied", "check the rights of the file and its directory"),
    errno.EPERM: ("permission denied", "check the rights of the file and its directory"),
    errno.EROFS: ("its file system is read-only", "choose another directory"),
    errno.ENOSPC: ("no space left on its file system", "free some, or choose another directory"),
    errno.EDQUOT: ("the disk quota is used up", "free some, or choose another directory"),
    errno.EFBIG: ("would be larger than files may be here", "see `ulimit -f`"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.ENOMEM: ("not enough memory", "close other programs, or use .npy, which needs least"),
}


def from_system(error: OSError, subject: str) -> Refusal:
    """Turn an error of the operating system into a refusal.

    Parameters
    ----------
    error : OSError
        What the system answered.
    subject : str
        The file the user named; the error itself may speak of a temporary one.
    """
    number = error.errno if error.errno is not None else 0
    fact, remedy = REMEDIES.get(
        number, (os.strerror(number) if number else str(error) or "cannot be read", "check it")
    )
    return Refusal(subject, fact, remedy)


@contextmanager
def system_errors_of(subject: str) -> Iterator[None]:
    """Say errors of the operating system in one line about `subject`.

    A closed pipe passes through: the reader has left, and there is nobody to tell.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except MemoryError:
        fact, remedy = REMEDIES[errno.ENOMEM]
        raise Refusal(subject, fact, remedy) from None
    except OSError as error:
        raise from_system(error, subject) from None


@contextmanager
def value_errors_of(subject: str) -> Iterator[None]:
    """Say what a function has against the numbers of `subject` in one line."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise Refusal(subject, str(error), "see `lse --help`") from None
