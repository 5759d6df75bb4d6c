"""The table of limits in SECURITY.md: its values are those of the constants that it names.

`uv run python -m tests.server.limits_table` writes them into the file.
"""

import importlib
import re
from pathlib import Path

SECURITY = Path(__file__).parents[2] / "SECURITY.md"
ROW = re.compile(r"^\| ([^|]+) \| ([^|]*) \| `([\w.]+)` \| `([\w/.]+::\w+)` \|$", re.MULTILINE)


def read_constant(name):
    """Return the value of a module's constant, or the default of a class's field."""
    owner, _, attribute = name.rpartition(".")
    try:
        return getattr(importlib.import_module(owner), attribute)
    except ModuleNotFoundError:
        module, _, owner = owner.rpartition(".")
        return getattr(getattr(importlib.import_module(module), owner), attribute)


def write_limit(value):
    """Write a limit as people read it: 4,194,304 or 0.999 or 1e15."""
    if value >= 1e12:
        return f"{value:g}".replace("e+", "e")
    return f"{value:,}".removesuffix(".0")


def write_limits(text):
    """Return SECURITY.md's text with the limits as they are in the code."""

    def write_row(row):
        what, _, constant, test = row.groups()
        return f"| {what} | {write_limit(read_constant(constant))} | `{constant}` | `{test}` |"

    return ROW.sub(write_row, text)


if __name__ == "__main__":
    SECURITY.write_text(write_limits(SECURITY.read_text(encoding="utf-8")), encoding="utf-8")
