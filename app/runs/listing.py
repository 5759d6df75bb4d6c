"""Whose runs the training runs tab lists, and which of them is chosen, as its component takes it."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

from app.runs.payloads import RunList
from app.ui.packing import pack

_MAX_REMEMBERED_RUNS = 1_100  # more than a visitor may ever keep, for runs that were opened by their address


class Listing(NamedTuple):
    """Whose runs the tab shows, in the order of the outputs."""

    error: Any
    my_runs: Any
    runs: Any


def show_runs(
    run_ids: list[str], focus: str, ticked: list[str] | None = None, keys: dict[str, str] | None = None
) -> Listing:
    """Return what lists runs, with no error; the arguments are those of `pack_listing`."""
    remembered = run_ids[-_MAX_REMEMBERED_RUNS:]
    return Listing("", remembered, pack_listing(remembered, focus, ticked, keys))


def pack_listing(
    run_ids: list[str], focus: str, ticked: list[str] | None = None, keys: dict[str, str] | None = None
) -> str:
    """Return the value of the runs' component.

    Args:
        run_ids: The runs, oldest first.
        focus: The chosen one.
        ticked: Those to compare, where others are ticked than before.
        keys: Owner's keys that the browser has not got yet, by the runs' ids.
    """
    listing: RunList = {"serial": time.time_ns(), "ids": run_ids, "focus": focus}
    if ticked:
        listing["ticked"] = ticked
    if keys:
        listing["keys"] = keys
    return pack(listing)
