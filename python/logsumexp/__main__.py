"""`python -m logsumexp` is `lse`."""

import sys

from logsumexp.cli import main

if __name__ == "__main__":
    sys.exit(main())
