"""What the server refuses because of who asks: under a foreign name, or from a page of another site.

A browser sends what any page tells it to, even to a server that listens for its own machine alone. It says
truly from where, in `Origin` and `Sec-Fetch-Site`, which no page can change. Programs say neither, and no
page can make them ask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from app.server.allowed_hosts import AllowedHosts, Authority, read_authority
from app.server.plain_refusals import make_refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_READING = ("GET", "HEAD", "OPTIONS")
_DEFAULT_PORTS = {"http": 80, "https": 443}
# What a body may be. A form or a text could be sent by a page of any site without the browser asking first;
# files come as multipart, and only where a file is expected.
_BODY_TYPES = ("application/json", "multipart/form-data")

_FOREIGN_SITE = (
    "A page of another site asked for this, which only this page itself and programs may. If that page is "
    "served under a name of this server, start Glassbox with that name as --allowed-host."
)
_NO_JSON = (
    "The body of this request does not say that it is JSON: send the header Content-Type: application/json."
)


class ForeignRequests:
    """ASGI middleware that refuses, unread, what a page of another site asks for."""

    def __init__(self, app: ASGIApp, allowed: AllowedHosts) -> None:
        self._app = app
        self._allowed = allowed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless there is a reason not to."""
        refusal = self._find_refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, send)
            return
        status, text = refusal
        await make_refusal(status, text)(scope, receive, send)

    def _find_refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Return status and sentence for a request that is refused; None for any other."""
        headers, method = Headers(scope=scope), scope.get("method", "GET")
        if not self._allowed.allow_every_host():
            # Behind a proxy the page is asked for by two names; Gradio writes the second into its addresses.
            asked = [*headers.getlist("host"), *_list_forwarded(headers)]
            own = [read_authority(text) for text in asked]
            for text, authority in zip(asked, own, strict=True):
                if authority is None or not self._allowed.include(authority.name):
                    return 403, _refuse_name(text)
            if "host" not in headers:
                return 403, "This request names no host: send the header Host."
            if self._is_foreign(scope["path"], method, headers, own):
                return 403, _FOREIGN_SITE
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        if method not in _READING and _has_body(headers) and kind not in _BODY_TYPES:
            return 415, _NO_JSON
        return None

    def _is_foreign(self, path: str, method: str, headers: Headers, own: list[Authority | None]) -> bool:
        """Return whether a page of another site makes the browser ask for this."""
        origins = headers.getlist("origin")
        if origins and all(self._is_told(origin) for origin in origins):
            return False
        if not all(_is_own(origin, own) for origin in origins):
            return True
        # Without `Origin`: a link or a frame; or an image, a script, a stream, which cost something too.
        if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
            return False
        if method not in _READING or headers.get("sec-fetch-mode") != "navigate":
            return True
        kind = headers.get("sec-fetch-dest", "document")
        return kind != "document" and not (kind in ("frame", "iframe") and path == "/")

    def _is_told(self, origin: str) -> bool:
        authority = _read_origin(origin)
        return authority is not None and self._allowed.include_told(authority.name)


def _list_forwarded(headers: Headers) -> list[str]:
    """Return the names under which proxies were asked for the page."""
    return [
        text for value in headers.getlist("x-forwarded-host") for text in value.split(",") if text.strip()
    ]


def _is_own(origin: str, own: list[Authority | None]) -> bool:
    """Return whether an origin is the page that is asked for; its scheme may have ended at a proxy."""
    authority = _read_origin(origin)
    return authority is not None and any(
        name is not None and authority == name._replace(port=_drop_default(origin, name.port)) for name in own
    )


def _read_origin(origin: str) -> Authority | None:
    """Read SCHEME://NAME:PORT, without the port that the scheme implies; None for "null" and the like."""
    scheme, separator, rest = origin.partition("://")
    authority = read_authority(rest) if separator and scheme.lower() in _DEFAULT_PORTS else None
    return authority and authority._replace(port=_drop_default(origin, authority.port))


def _drop_default(origin: str, port: int | None) -> int | None:
    return None if port == _DEFAULT_PORTS[urlsplit(origin).scheme] else port


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _refuse_name(text: str) -> str:
    authority = read_authority(text)
    if authority is None:
        return "This request names a host that is none: send a name or an address in the header Host."
    return (
        f"Glassbox is not served under the name {authority.name[:100]!r}. If that is a name of this server, "
        "start Glassbox with it as --allowed-host, or add it to GLASSBOX_ALLOWED_HOSTS."
    )
