"""A server in a process of its own, to be measured."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

START_SECONDS = 600  # at most, on a machine that is busy


def find_free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server for the length of a `with`; `arguments` are Python's, with PORT where its port belongs."""

    def __init__(self, arguments: list[str]) -> None:
        port = str(find_free_port())
        self.address = f"http://127.0.0.1:{port}"
        self.config: dict[str, Any] = {}
        self._command = [sys.executable, *(argument.replace("PORT", port) for argument in arguments)]

    def __enter__(self) -> Server:
        self._log = tempfile.TemporaryFile()
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
        self._process = subprocess.Popen(
            self._command, stdout=self._log, stderr=subprocess.STDOUT, env=environment
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                self.config = httpx.get(f"{self.address}/config", timeout=60).json()
                return self
            except httpx.TransportError:
                time.sleep(0.1)
        self._log.seek(0)
        said = self._log.read().decode()
        self.__exit__()
        raise RuntimeError(f"the server did not start: {said}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Halt the process meanwhile, so that it takes nothing from what is measured (not on Windows)."""
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)


def serve_glassbox(runs_folder: str) -> Server:
    """Return a server of the page, as `glassbox` serves it."""
    return Server(["-m", "app.cli", "--port", "PORT", "--no-open", "--runs-dir", runs_folder])
