"""How many processors this process may use: a container shows all of its host's, and has a share of them."""

from __future__ import annotations

import math
import os
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")


def count_processors(cgroups: Path = _CGROUPS) -> int:
    """Return how many processors this process may keep busy: 1 or more.

    The least of what there are, what the process is bound to (`taskset`, `docker run --cpuset-cpus`) and the
    container's quota of time (`docker run --cpus`), rounded up.

    Args:
        cgroups: The folder in which Linux shows the container's limits, version 2 or 1.
    """
    num: int = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        num = len(os.sched_getaffinity(0))
    quota = _read_quota(cgroups)
    return num if quota is None else max(1, min(num, math.ceil(quota)))


def share_processors() -> None:
    """Let torch use as many threads as this process may keep busy, in it and in the processes that it starts.

    To be called before torch is imported. What `OMP_NUM_THREADS` says already goes before.
    """
    num = count_processors()
    if num < (os.cpu_count() or 1):
        os.environ.setdefault("OMP_NUM_THREADS", str(num))


def _read_quota(cgroups: Path) -> float | None:
    """Return the container's quota in processors, None where it has none."""
    try:
        quota, period = (cgroups / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota, period = (
                (cgroups / "cpu" / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period")
            )
        except OSError:
            return None
    try:
        processors = float(quota) / float(period)
    except (ValueError, ZeroDivisionError):  # "max": no limit
        return None
    return processors if processors > 0 else None
