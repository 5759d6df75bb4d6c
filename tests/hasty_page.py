"""Serve the page as `glassbox` does, but with runs that do not stand back for whatever else computes.

`python -m tests.hasty_page OPTIONS`, for tests that wait for runs on a machine which has other work: there a
run that stands back waits for minutes. That runs do so is shown by tests/runs/test_control.py, and what a
visitor has of it by tests/browser/test_sketchpad_speed.py.
"""

import sys

from app import cli
from models.runs import launcher


def hurry_runs():
    launcher._let_others_go_first = lambda pid: None


if __name__ == "__main__":
    hurry_runs()
    sys.exit(cli.main())
