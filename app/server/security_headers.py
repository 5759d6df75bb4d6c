"""What the page's answers tell a browser to refuse: other hosts, other sites' frames, guessed types."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.server.allowed_hosts import is_space

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page's own host and nothing else. Gradio builds components with `new Function` and inline styles, and
# its page begins with inline scripts; it shows files that it holds as data: or blob:. Other sites that may
# show the page in a frame are added by `build_policy`.
CONTENT_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "frame-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'self'",
}
FRAMES_VARIABLE = "GLASSBOX_FRAME_ANCESTORS"
SPACE_FRAMES = ("https://huggingface.co", "https://*.hf.space")
_SITE = re.compile(
    r"https?://(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?:[0-9]{1,5}|\*))?/?"
)
_UNUSED_DEVICES = (
    "camera",
    "microphone",
    "geolocation",
    "payment",
    "usb",
    "serial",
    "midi",
    "display-capture",
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",  # no image or script of another site's page
    "referrer-policy": "same-origin",  # the address of a run holds its id, which is a secret
    "permissions-policy": ", ".join(f"{device}=()" for device in _UNUSED_DEVICES),
}


def build_policy(frame_ancestors: Sequence[str] = ()) -> str:
    """Return the content policy of a page that these sites, too, may show in a frame."""
    frames = " ".join([CONTENT_POLICY["frame-ancestors"], *frame_ancestors])
    policy = CONTENT_POLICY | {"frame-ancestors": frames}
    return "; ".join(f"{name} {value}" for name, value in policy.items())


def read_frame_ancestors() -> tuple[str, ...]:
    """Read from the environment which sites may show the page in a frame; of a Space, the Hub may.

    Raises:
        ValueError: If the variable names what is no site.
    """
    told = re.findall(r"[^\s,]+", os.environ.get(FRAMES_VARIABLE, "").lower())
    for site in told:
        if not _SITE.fullmatch(site):
            raise ValueError(
                f"{site[:80]!r} in {FRAMES_VARIABLE} is no site; give scheme and host alone, as "
                "https://moodle.example.edu or http://localhost:8888, several with spaces between."
            )
    return (*(SPACE_FRAMES if is_space() else ()), *told)


class SecurityHeaders:
    """ASGI middleware that gives every answer the policy and `HEADERS`, those of refused requests included.

    Args:
        app: What answers.
        frame_ancestors: The sites that may show the page in a frame.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: Sequence[str] = ()) -> None:
        self._app = app
        headers = {"content-security-policy": build_policy(frame_ancestors), **HEADERS}
        self._headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self._names = {name for name, _ in self._headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the beginning of its answer."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [pair for pair in message.get("headers", ()) if pair[0].lower() not in self._names]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        await self._app(scope, receive, send_guarded)
