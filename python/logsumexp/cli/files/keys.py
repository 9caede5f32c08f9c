"""Which array of a file that holds several."""

from collections.abc import Sequence

from logsumexp.cli.refusal import Refusal

__all__ = ["chosen_key"]

SHOWN = 8


def chosen_key(name: str, keys: Sequence[str], wanted: str | None) -> str:
    """The array the user named, or the only one.

    Parameters
    ----------
    name : str
        The file.
    keys : sequence of str
        The arrays it holds.
    wanted : str or None
        What --key said.
    """
    if not keys:
        raise Refusal(name, "holds no array", "check how it was written")
    listed = ", ".join(keys[:SHOWN]) + (
        f" and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
    )
    if wanted is None and len(keys) == 1:
        return keys[0]
    if wanted is None:
        raise Refusal(name, f"holds {listed}", "choose one with --key")
    if wanted not in keys:
        raise Refusal(name, f"has no array {wanted!r}, it holds {listed}", "choose one with --key")
    return wanted
