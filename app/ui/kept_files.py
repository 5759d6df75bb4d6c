"""Texts that a browser keeps: for good where the address names the content, else until there is another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache

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
        if "br" not in request.headers.get("accept-encoding", ""):
            return Response(texts[address], headers=KEPT_HEADERS, media_type=media_type)
        if address not in compressed:
            compressed[address] = _compress(texts[address])
        headers = KEPT_HEADERS | {"content-encoding": "br"}
        return Response(compressed[address], headers=headers, media_type=media_type)

    return Route(f"{path}/{{file:path}}", answer)


def serve_later(address: str, compute: Callable[[], str], media_type: str) -> Route:
    """Return the route of one text, which is worked out when it is first asked for.

    Whoever has it asks whether it is still that one, and is not sent it again.
    """

    @lru_cache(maxsize=1)
    def make() -> tuple[str, bytes, str]:
        text = compute()
        return text, _compress(text), f'"{name_content(text)}"'

    def answer(request: Request) -> Response:
        text, compressed, tag = make()
        headers = {"cache-control": "no-cache", "vary": "accept-encoding", "etag": tag}
        if request.headers.get("if-none-match", "").removeprefix("W/") == tag:
            return Response(status_code=304, headers=headers)
        if "br" not in request.headers.get("accept-encoding", ""):
            return Response(text, headers=headers, media_type=media_type)
        return Response(compressed, headers=headers | {"content-encoding": "br"}, media_type=media_type)

    return Route(address, answer)


def serve_version(address: str, find: Callable[[], tuple[str, str]], media_type: str) -> Route:
    """Return the route of a text that is asked for by its version, as `/theme.css?v=…`.

    Args:
        address: Of the text.
        find: Returns the text and its version; called when the text is asked for.
        media_type: Such as `text/css`.
    """

    @lru_cache(maxsize=1)
    def compress(text: str) -> bytes:
        return _compress(text)

    def answer(request: Request) -> Response:
        text, version = find()
        caching = KEPT_HEADERS["cache-control"] if request.query_params.get("v") == version else "no-cache"
        headers = KEPT_HEADERS | {"cache-control": caching}
        if "br" not in request.headers.get("accept-encoding", ""):
            return Response(text, headers=headers, media_type=media_type)
        return Response(compress(text), headers=headers | {"content-encoding": "br"}, media_type=media_type)

    return Route(address, answer)


def _compress(text: str) -> bytes:
    compressed: bytes = brotli.compress(text.encode(), mode=brotli.MODE_TEXT, quality=9)
    return compressed
