"""Nothing is downloaded for a visitor."""

from __future__ import annotations

from typing import Any

from gradio import processing_utils

from app.server.gradio_patches.patch import Patch

NO_FETCHING = "This page fetches nothing from other hosts."

PATCH = Patch(
    "no downloads",
    "Gradio downloads a file whose path is an address, and passes on what it finds at one.",
    "A visitor makes the server ask any host (SSRF).",
    ("gradio.processing_utils.async_ssrf_protected_get(url)",),
    ("/gradio_api/file=x", "/gradio_api/proxy=x"),
)


def shut_downloads() -> None:
    """Make Gradio refuse what it would download for a visitor."""
    processing_utils.async_ssrf_protected_get = _refuse_download


async def _refuse_download(url: str) -> Any:
    raise ValueError(f"{NO_FETCHING} {url[:80]!r} is an address; send the file itself.")
