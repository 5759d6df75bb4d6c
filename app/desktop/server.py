"""The server behind the desktop window, a process of its own.

So the window stays quick while Python computes, and the window's graphics library and torch, which both carry
LLVM, do not meet in one process, where the first crashes.

`python -m app.desktop.server PORT` writes `{"address": …}` or `{"error": …}` when it has started, then
answers each line that it reads: "runs" with `{"num_live": …}`, "stop" with the same once it has asked them to
stop. It ends with its input, so too when the window's process is killed.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from typing import Any

from models.processes import build_call, build_environment

_END_SECONDS = 10


class DesktopServer:
    """The server as the window sees it."""

    def __init__(self, port: int) -> None:
        self._process = subprocess.Popen(
            build_call("app.desktop.server", str(port)),
            env=build_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def wait_for_address(self) -> str:
        """Return the page's address once it is served.

        Raises:
            OSError: If the server cannot start.
        """
        answer = self._read()
        if "address" not in answer:
            raise OSError(answer.get("error", "the server ended; what it said is in the terminal"))
        return str(answer["address"])

    def count_live_runs(self) -> int:
        """Return how many runs train or wait; 0 where the server has died."""
        return int(self._ask("runs").get("num_live", 0))

    def stop_live_runs(self) -> None:
        """Ask the runs that train or wait to stop, which they do within moments."""
        self._ask("stop")

    def end(self) -> None:
        """End the server; runs have processes of their own and go on."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _ask(self, question: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(f"{question}\n")
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has died, or is being ended
            return {}
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        return dict(json.loads(line)) if line else {}


def serve(port: int) -> None:
    """Serve the page, and answer the window until the input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # whatever else is printed is no answer

    def answer(**values: object) -> None:
        answers.write(json.dumps(values) + "\n")
        answers.flush()

    try:
        with socket.create_server(("127.0.0.1", port)):
            pass  # it is free: find out before the imports, which take seconds
        from app.main import launch_app
        from models.runs.control import list_live_runs, stop_live_runs

        _, address = launch_app(port=port, wait=False, quiet=True)
    except (OSError, ValueError) as error:
        answer(error=str(error))
        return
    answer(address=address)
    for line in sys.stdin:
        if line.strip() == "stop":
            stop_live_runs()
        answer(num_live=len(list_live_runs()))


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        serve(int(sys.argv[1]))
    # Threads may be in the middle of an import, which an orderly end would break off with their complaints.
    sys.stderr.flush()
    os._exit(0)
