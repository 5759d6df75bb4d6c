"""What was measured last, one JSON file a benchmark: machine, date, versions, rows."""

from __future__ import annotations

import datetime
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("measured")
_PACKAGES = ("torch", "gradio")


def list_measurements() -> list[str]:
    """Return the names of all that is kept."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def load_measurement(name: str) -> dict[str, Any]:
    """Read `{"machine", "date", "versions", "rows"}`; what is not known of an old measurement is None."""
    measurement: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return measurement


def save_measurement(name: str, rows: list[dict[str, Any]], key: str | None = None) -> None:
    """Keep what was just measured, on this machine and today.

    Args:
        name: The benchmark's.
        rows: Its rows, of plain values.
        key: If given, a row replaces the kept one with the same value under this key, in its place, and has a
            date of its own; the others stay.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    measurement = {
        "machine": describe_machine(),
        "date": today,
        "versions": {"python": platform.python_version(), **{each: version(each) for each in _PACKAGES}},
        "rows": rows,
    }
    if key is not None:
        rows = [{**row, "date": today} for row in rows]
        kept = load_measurement(name) if name in list_measurements() else {**measurement, "rows": []}
        by_key = {row[key]: row for row in [*kept["rows"], *rows]}
        is_new = all(row in rows for row in by_key.values())
        date = today if is_new else kept["date"]
        measurement = {**measurement, "date": date, "rows": list(by_key.values())}
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(measurement, indent=2, ensure_ascii=False, allow_nan=False)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def describe_machine() -> dict[str, Any]:
    """Return what of this machine matters to a measurement."""
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"system": platform.system(), "cores": os.cpu_count(), "memory_gib": round(gibibytes)}
