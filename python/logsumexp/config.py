"""What was built, and what it runs on."""

import numpy as np

from logsumexp._rust import config


def show_config() -> None:
    """Print the version, the build, the processor's features and what is made of them.

    >>> import logsumexp as lse
    >>> lse.show_config()  # doctest: +ELLIPSIS
    logsumexp          ...
    build              ...
    numpy              ...
    cpu features       ...
    path               ...
    threads            ... of ...

    Notes
    -----
    `path` names the kernels that were chosen for this processor. The choice changes the speed and
    no bit of any result.
    """
    facts = config()
    lines = {
        "logsumexp": facts["version"],
        "build": facts["build"],
        "numpy": np.__version__,
        "cpu features": facts["cpu_features"],
        "path": facts["path"],
        "threads": f"{facts['threads']} of {facts['threads_available']}",
    }
    for name, fact in lines.items():
        print(f"{name:<18} {fact}")
