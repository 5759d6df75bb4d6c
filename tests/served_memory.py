"""The memory of a served page: its process, and those that it has started."""

import os
import time
from pathlib import Path

import pytest

PROC = Path("/proc")
SETTLE_SECONDS = 90


def find_server(address):
    """Return the number of the process that this one serves a page by."""
    if not (PROC / "self" / "stat").exists():
        pytest.skip("reads the memory of a process as Linux tells it")
    port = address.rpartition(":")[2].encode()
    (pid,) = [pid for pid in list_children(os.getpid()) if port in read_command(pid)]
    return pid


def read_command(pid):
    return (PROC / f"{pid}" / "cmdline").read_bytes().split(b"\0")


def list_children(pid):
    """Return the numbers of the processes that a process has started and that live."""
    children = []
    for stat in PROC.glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # it has just ended
            continue
        if int(parent) == pid and state != "Z":
            children.append(int(stat.parent.name))
    return children


def measure_memory_mb(pid):
    """Return the megabytes that a server takes with its spare process, once no run trains and both rest.

    A run's process is no longer there when its run has ended; the spare one that it was is replaced by
    another, which takes seconds to import what a run needs.
    """
    deadline = time.monotonic() + SETTLE_SECONDS
    last = []
    while time.monotonic() < deadline:
        children = list_children(pid)
        now = [sum(map(read_memory, [pid, *children]))] if len(children) == 1 else []
        last = last + now if now else []
        if len(last) > 5 and max(last[-5:]) < 1.002 * min(last[-5:]):
            return last[-1]
        time.sleep(1)
    raise AssertionError(f"the server did not come to rest: {last[-5:]} MB, {list_children(pid)}")


def read_memory(pid):
    return int((PROC / f"{pid}" / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
