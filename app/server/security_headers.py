"""What the page's answers tell a browser to refuse: other hosts, other sites' frames, guessed types."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The page's own host and nothing else. Gradio builds components with `new Function` and inline styles, and
# its page begins with inline scripts; it shows files that it holds as data: or blob:. The frames are those of
# a Hugging Face Space.
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
    "frame-ancestors": "'self' https://huggingface.co https://*.hf.space",
}
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
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in CONTENT_POLICY.items()),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # the address of a run holds its id, which is a secret
    "permissions-policy": ", ".join(f"{device}=()" for device in _UNUSED_DEVICES),
}


class SecurityHeaders:
    """ASGI middleware that gives every answer `HEADERS`, those of refused requests included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and add the headers to the beginning of its answer."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    pair for pair in message.get("headers", ()) if pair[0].decode().lower() not in HEADERS
                ]
                message = {**message, "headers": [*kept, *self._headers]}
            await send(message)

        await self._app(scope, receive, send_guarded)
