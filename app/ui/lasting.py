"""Contents at addresses that name them: the browser keeps each for good, as another has another address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import brotli
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_HEADERS = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
_DIGEST_LETTERS = 16


def write_address(folder: str, text: str, suffix: str) -> str:
    """Return the address of a text below the page's own, without a slash before it.

    Args:
        folder: What it is, such as `values`.
        text: The text.
        suffix: How its address ends, such as `json`.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LETTERS]
    return f"glassbox/{folder}/{digest}.{suffix}"


def build_lasting_route(folder: str, texts: Mapping[str, str], media_type: str) -> Route:
    """Return the route of texts by their addresses, which answers 404 to what is not among them."""
    contents = {f"/{address}": text.encode() for address, text in texts.items()}
    compressed: dict[str, bytes] = {}  # once each, when first asked for

    def answer(request: Request) -> Response:
        address = f"/glassbox/{folder}/{request.path_params['file']}"
        if address not in contents:
            return PlainTextResponse("This version is not here. Load the page again.", 404)
        content, headers = contents[address], dict(_HEADERS)
        if "br" in request.headers.get("accept-encoding", ""):
            if address not in compressed:
                compressed[address] = brotli.compress(content, mode=brotli.MODE_TEXT, quality=9)
            content = compressed[address]
            headers["content-encoding"] = "br"
        return Response(content, headers=headers, media_type=media_type)

    return Route(f"/glassbox/{folder}/{{file}}", answer)
