"""Files at addresses that name their content: a browser asks for each once and keeps it for good."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import brotli
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

KEPT_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_DIGEST_LETTERS = 16


def name_content(text: str) -> str:
    """Return what names a content in an address: another content has another one."""
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]


def serve_kept(path: str, texts: Mapping[str, str], media_type: str) -> Route:
    """Return the route of all addresses below a path.

    Args:
        path: Such as `/glassbox/scripts`.
        texts: The files' contents by their addresses, which begin with `path`.
        media_type: Theirs, such as `text/css`.
    """
    compressed: dict[str, bytes] = {}  # once each, when first asked for

    def answer(request: Request) -> Response:
        address = f"{path}/{request.path_params['file']}"
        if address not in texts:
            return PlainTextResponse("This version of the file is not here. Load the page again.", 404)
        content, headers = texts[address].encode(), dict(KEPT_HEADERS)
        if "br" in request.headers.get("accept-encoding", ""):
            if address not in compressed:
                compressed[address] = brotli.compress(content, mode=brotli.MODE_TEXT, quality=9)
            content = compressed[address]
            headers["content-encoding"] = "br"
        return Response(content, headers=headers, media_type=media_type)

    return Route(f"{path}/{{file:path}}", answer)
