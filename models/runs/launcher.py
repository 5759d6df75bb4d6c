"""Processes for runs: each run has one of its own, and a server keeps one ready.

Importing torch and its optimizers takes seconds, which a spare process has behind it when somebody presses
Start. It waits for a folder on its standard input, and ends when the server does. Where the processor is
short, all of them stand back, so that the page answers as quickly as while nothing trains.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from models.processes import build_call, build_environment
from models.runs.folder import LOG

SPARE_OPTION = "--spare"
_NEXT_SPARE_SECONDS = 4.0  # a run that begins is not to share the machine with the imports of the next spare
NICENESS = 10  # of 0, as everything else, to 19: how far a run stands back
_ROOT = Path(__file__).resolve().parents[2]
# What a new session is on Windows: Ctrl+C does not reach it, nor does the end of the terminal.
_DETACHED = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
_STANDS_BACK = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)  # Windows' word for it


class _Spare:
    """The spare process of this server, which the next run of whoever starts one takes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_wanted = False

    def keep(self) -> None:
        """Have one spare process ready from now on."""
        with self._lock:
            self._is_wanted = True
            if self._process is None or self._process.poll() is not None:
                self._process = _open_process([SPARE_OPTION], subprocess.PIPE, None)

    def take(self, folder: Path) -> subprocess.Popen[bytes] | None:
        """Give the spare process a run, or return None where there is none; another will replace it."""
        with self._lock:
            process, self._process = self._process, None
            if self._is_wanted:
                timer = threading.Timer(_NEXT_SPARE_SECONDS, self.keep)
                timer.daemon = True
                timer.start()
        if process is None or process.stdin is None:
            return None
        try:
            order = {"folder": str(folder.resolve()), "environment": _own_settings()}
            with process.stdin as pipe:
                pipe.write(json.dumps(order).encode() + b"\n")
        except OSError:  # it has died meanwhile
            return None
        return process


_spare = _Spare()


def keep_spare() -> None:
    """Keep one process ready for the next run, as long as this process lives."""
    _spare.keep()


def launch_process(folder: Path, on_end: Callable[[int], None]) -> None:
    """Train a run in a process of its own, detached from this one and its terminal.

    Args:
        folder: The run's folder.
        on_end: Called with the process's number, from another thread, when it has ended, if this one still
            lives then.

    Raises:
        OSError: If no process can be started.
    """
    process = _spare.take(folder)
    if process is None:
        with (folder / LOG).open("ab") as log:
            process = _open_process([str(folder.resolve())], subprocess.DEVNULL, log.fileno())
    started = process

    def wait() -> None:  # without a wait, an ended process stays in the system's table until the server ends
        started.wait()
        on_end(started.pid)

    threading.Thread(target=wait, daemon=True).start()


def _open_process(arguments: list[str], stdin: int, log: int | None) -> subprocess.Popen[bytes]:
    """Start `python -m models.training` with these arguments."""
    process = subprocess.Popen(
        build_call("models.training", *arguments),
        cwd=_ROOT,
        env={
            **build_environment(),
            **_own_settings(),
            "PYTHONIOENCODING": "utf-8",
        },  # of its log, on Windows too
        stdin=stdin,
        stdout=subprocess.DEVNULL if log is None else log,
        stderr=subprocess.STDOUT if log is not None else subprocess.DEVNULL,
        start_new_session=True,
        creationflags=_DETACHED | _STANDS_BACK,
    )
    _let_others_go_first(process.pid)
    return process


def _let_others_go_first(pid: int) -> None:
    """Have Linux or macOS prefer what else needs the processor; a process that begins has one thread yet."""
    if not hasattr(os, "setpriority"):
        return
    with suppress(OSError):  # it has ended already
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    autogroup = Path(f"/proc/{pid}/autogroup")  # of the session, where Linux shares among those first
    with suppress(OSError):
        autogroup.write_text(str(NICENESS))


def _own_settings() -> dict[str, str]:
    """Return this program's environment variables; folders are absolute, for the process works elsewhere."""
    settings = {name: value for name, value in os.environ.items() if name.startswith("GLASSBOX_")}
    for name in ("GLASSBOX_DATA", "GLASSBOX_RUNS"):
        if settings.get(name):
            settings[name] = str(Path(settings[name]).expanduser().resolve())
    return settings
