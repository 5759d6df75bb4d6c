"""`glassbox`, the command: it finds the application's folders, and starts it.

In a clone, `app`, `models` and `checkpoints` lie beside this folder; in the wheel they lie within it. So an
environment that Glassbox is installed in keeps its own modules of those names, a student's `models.py` for
one, and Glassbox finds its own, whatever lies around it.
"""

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def main() -> int:
    """Run the command line, and return its exit status."""
    root = _PACKAGE if (_PACKAGE / "app").is_dir() else _PACKAGE.parent
    sys.path.insert(0, str(root))
    from app.cli import main as run_command

    return run_command()
