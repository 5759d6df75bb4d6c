"""Serve the page as `glassbox` does, but without loading beforehand what its first visitor would wait for.

`python -m tests.server.cold_page OPTIONS`, for tests that ask for little: it spares them twenty seconds of
the processor's time. Its runs do not stand back either.
"""

import sys

from app import cli, main
from tests.hasty_page import hurry_runs

if __name__ == "__main__":
    main.warm_up = lambda *_: None
    hurry_runs()
    sys.exit(cli.main())
