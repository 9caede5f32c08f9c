"""A number of threads for a while."""

from types import TracebackType

from logsumexp._rust import get_num_threads, set_num_threads


class threads:  # noqa: N801  a verb phrase at the call: `with lse.threads(1):`
    """Use up to `n` threads inside a `with` block.

    >>> import logsumexp as lse
    >>> with lse.threads(1):
    ...     lse.get_num_threads()
    1

    Parameters
    ----------
    n : int
        The number of threads, as in `set_num_threads`.

    Raises
    ------
    TypeError, ValueError
        On entering the block, as `set_num_threads`.

    Notes
    -----
    The number belongs to the process: other Python threads see it too. The number from before is
    set again when the block ends, also by an exception. Blocks may be nested. The number of
    threads changes no bit of any result.
    """

    def __init__(self, n: int) -> None:
        self._wanted = n
        self._before: list[int] = []

    def __enter__(self) -> None:
        before = get_num_threads()
        set_num_threads(self._wanted)
        self._before.append(before)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        set_num_threads(self._before.pop())
