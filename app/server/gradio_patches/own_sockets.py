"""A server on sockets that are open already."""

from __future__ import annotations

import errno
import os
import socket
from typing import Any

import uvicorn
from gradio import http_server
from gradio.exceptions import ServerFailedToStartError

from app.server.gradio_patches.patch import Patch
from app.server.listening import name_host, open_sockets

PATCH = Patch(
    "own sockets",
    "Gradio asks on 127.0.0.1 whether a port is free, whatever it is to listen on, writes links to IPv6 "
    "without brackets, and serves `::` without IPv4.",
    "The page does not start on IPv6, or has an address that nobody can open.",
    (
        "gradio.http_server.start_server"
        "(app, server_name, server_port, ssl_keyfile, ssl_certfile, ssl_keyfile_password)",
        "gradio.http_server.Server.run_in_thread(self)",
        "uvicorn.Server.run(self, sockets)",
        *(f"gradio.http_server.{name}" for name in ("INITIAL_PORT_VALUE", "TRY_NUM_PORTS", "LOCALHOST_NAME")),
    ),
)


def serve_on_own_sockets() -> None:
    """Let Gradio serve on what `open_sockets` opens."""
    http_server.start_server = _start_server  # type: ignore[assignment]


class _Server(http_server.Server):
    """Gradio's server, on sockets that are open already."""

    def __init__(self, config: uvicorn.Config, opened: list[socket.socket]) -> None:
        super().__init__(config)
        self._opened = opened

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        super().run(self._opened)


def _start_server(
    app: Any, server_name: str | None = None, server_port: int | None = None, **_without_https: Any
) -> tuple[str, int, str, http_server.Server]:
    """Serve; returns how the host is written in a link, the port, the page's address and the server."""
    host = server_name or http_server.LOCALHOST_NAME
    opened = _open_first_free(host) if server_port is None else open_sockets(host, server_port)
    port = opened[0].getsockname()[1]
    trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
    server = _Server(uvicorn.Config(app, log_level="warning", forwarded_allow_ips=trusted), opened)
    try:
        server.run_in_thread()  # type: ignore[no-untyped-call]
    except ServerFailedToStartError as error:
        raise OSError(f"The server on {host}, port {port}, did not start.") from error
    named = name_host(host)
    return named, port, f"http://{named}:{port}/", server


def _open_first_free(host: str) -> list[socket.socket]:
    first, num_ports = http_server.INITIAL_PORT_VALUE, http_server.TRY_NUM_PORTS
    for port in range(first, first + num_ports):
        try:
            return open_sockets(host, port)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
    raise OSError(f"None of the ports from {first} to {first + num_ports - 1} is free on {host}; name one.")
