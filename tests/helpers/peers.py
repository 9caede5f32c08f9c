"""Other libraries that a test may compare with: absent, it skips and says so.

With LOGSUMEXP_REQUIRE_PEERS=1 no such skip is allowed: the test fails instead.
"""

import importlib
import os

import pytest


def peer(name):
    """The module `name`; without it the calling test (or test file) skips, or fails if required."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        reason = f"{name} is not installed (dependency group `peers`)"
        if os.environ.get("LOGSUMEXP_REQUIRE_PEERS") == "1":
            raise AssertionError(f"{reason}, but LOGSUMEXP_REQUIRE_PEERS=1 asks for it") from error
        pytest.skip(reason, allow_module_level=True)
