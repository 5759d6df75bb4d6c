"""Serve the page as `glassbox` does, but without loading beforehand what its first visitor would wait for.

`python -m tests.server.cold_page OPTIONS`, for tests that ask for little: it spares them twenty seconds of
the processor's time.
"""

import sys

from app import cli, main

if __name__ == "__main__":
    main.warm_up = lambda *_: None
    sys.exit(cli.main())
