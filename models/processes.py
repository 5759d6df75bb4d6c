"""The Python processes that this program starts, with its own code before any other of the same name."""

import os
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def build_call(module: str, *arguments: str) -> list[str]:
    """Return the command line that runs a module; a `models.py` in the working folder is not looked at."""
    return [sys.executable, "-P", "-m", module, *arguments]


def build_environment() -> dict[str, str]:
    """Return the environment variables under which that process finds our code first."""
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
