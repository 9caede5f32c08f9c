"""The command line `lse`: files in, files out, and `lse explain`.

    main -> app (the subcommands) -> commands/* -> transform  (files, blocks, progress)
                                                -> scoring    (logits against what was right)
                                                -> explaining (step by step)

It uses the public names of `logsumexp` and nothing else of it. typer and rich come with the extra
`logsumexp[cli]`, the libraries for .parquet and .safetensors with `logsumexp[files]`; each is
imported only when it is needed.
"""

import importlib
import signal
import sys
from types import FrameType

__all__ = ["main"]


def main() -> int:
    """Run the command line; the entry point of `lse` and of `python -m logsumexp`.

    Returns
    -------
    int
        The exit status. 2: refused, with one line on standard error. 130, 143: told to stop by
        SIGINT or SIGTERM, with nothing left behind.
    """
    for library in ("typer", "rich"):
        try:
            importlib.import_module(library)
        except ImportError:
            print(f"lse: {library} is not installed: pip install 'logsumexp[cli]'", file=sys.stderr)
            return 2
    from logsumexp.cli.app import app

    stop_in_order()
    for stream in (sys.stdout, sys.stderr):
        # A terminal without Unicode shows a question mark rather than a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app(prog_name="lse")
    return 0


def stop_in_order() -> None:
    """Let SIGTERM and SIGHUP unwind the stack as SIGINT does, so that temporary files go."""

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and signal.getsignal(getattr(signal, name)) != signal.SIG_IGN:
            signal.signal(getattr(signal, name), leave)
