"""How much of the disk the pictures that visitors upload may take, all together."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from app.server.body_limit import MAX_BODY_BYTES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

MAX_UPLOADS_BYTES = 256 * 2**20  # of files that Gradio keeps for a day or two
_MEASURE_AGAIN_SECONDS = 10.0


class UploadQuota:
    """ASGI middleware that answers 507 to an upload while Gradio's folder of files is full.

    The folder is measured at most every ten seconds; what was let through since then is counted.
    """

    def __init__(self, app: ASGIApp, folder: Path, max_bytes: int = MAX_UPLOADS_BYTES) -> None:
        self._app = app
        self._folder = folder
        self._max_bytes = max_bytes
        self._num_bytes = 0
        self._measured_at = -_MEASURE_AGAIN_SECONDS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it is an upload for which there is no room."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("/upload"):
            if time.monotonic() - self._measured_at >= _MEASURE_AGAIN_SECONDS:
                self._measured_at = time.monotonic()
                self._num_bytes = await anyio.to_thread.run_sync(measure_folder, self._folder)
            declared = dict(scope["headers"]).get(b"content-length", b"")
            num_bytes = self._num_bytes + (int(declared) if declared.isdigit() else MAX_BODY_BYTES)
            if num_bytes > self._max_bytes:
                await _refuse(send)
                return
            self._num_bytes = num_bytes
        await self._app(scope, receive, send)


def measure_folder(folder: Path) -> int:
    """Return the bytes of all files under `folder`; 0 if there is none."""
    num_bytes = 0
    for path in folder.rglob("*"):
        try:
            num_bytes += path.stat().st_size if path.is_file() else 0
        except OSError:  # deleted meanwhile
            continue
    return num_bytes


async def _refuse(send: Send) -> None:
    text = b"There is no more room for uploaded files here; those of today are deleted within two days."
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 507, "headers": headers})
    await send({"type": "http.response.body", "body": text})
