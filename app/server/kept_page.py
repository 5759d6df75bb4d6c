"""The page, and what describes it: rendered once, and served from memory, compressed."""

from __future__ import annotations

import asyncio
import gzip
from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import anyio.to_thread
import brotli
from starlette.datastructures import Headers, MutableHeaders, QueryParams
from starlette.responses import Response

from app.server.gradio_patches.light_page import DESCRIPTION_PATH, lighten_page
from app.ui.kept_files import KEPT_HEADERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from app.ui.addresses import Reading

MAX_VARIANTS = 32  # some 1 MB each
MAX_WANTED = 8  # answers at once that are rendered or wait for that, however many ask for each
DESCRIPTION_ROUTE = f"{DESCRIPTION_PATH}/{{name}}"
KEPT_PATHS = ("/", "/config", "/gradio_api/info", "/gradio_api/openapi.json")
_QUALITY = 5  # of Brotli: 20 ms of one core for 1.3 MB
_KEPT_QUALITY = 9  # of Brotli, for what a browser asks for once
# The page names its own address, which Gradio reads off these.
_ADDRESS_HEADERS = (b"host", b"x-forwarded-host", b"x-forwarded-proto")


class _Variant(NamedTuple):
    """One answer as it is sent, by its encoding; only a success is kept."""

    status: int
    headers: list[tuple[bytes, bytes]]
    bodies: dict[str, bytes]


class _Description(NamedTuple):
    """What describes the page, the same whatever its address; compressed when it is first asked for."""

    name: str
    text: bytes
    bodies: dict[str, bytes]


_BUSY = _Variant(
    503,
    [(b"content-type", b"text/plain; charset=utf-8"), (b"retry-after", b"2")],
    {"": b"Busy, try again in 2 s."},
)


class KeptPage:
    """ASGI middleware that lets Gradio answer once for each address by which the page is known.

    Gradio takes a tenth of a second of one core for the page, and a visitor in a loop would slow everybody
    down. It is given nothing of a request but what its answer depends on, so no visitor meets another's.
    Answers not kept yet are rendered one after the other, whoever asks.
    """

    def __init__(
        self,
        app: ASGIApp,
        max_variants: int = MAX_VARIANTS,
        loads: Mapping[int, Reading] = MappingProxyType({}),
    ) -> None:
        self._app = app
        self._loads = loads
        self._max_variants = max_variants
        self._variants: dict[tuple[object, ...], _Variant] = {}
        self._asked: Counter[tuple[object, ...]] = Counter()
        self._turn = asyncio.Lock()
        self._wanted: Counter[tuple[object, ...]] = Counter()  # requests for what is not there yet
        self._description: _Description | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on if it is not for the page."""
        path = scope["path"].rstrip("/") or "/" if scope["type"] == "http" else ""
        folder, _, name = path.rpartition("/")
        if not (path in KEPT_PATHS or folder == DESCRIPTION_PATH) or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        if folder != DESCRIPTION_PATH:
            variant = await self._find(_simplify(scope, path))
        else:
            variant = await self._describe(name, _simplify(scope, "/"))
        headers = MutableHeaders(raw=[*variant.headers])
        accepted = Headers(scope=scope).get("accept-encoding", "")
        encoding = next((name for name in ("br", "gzip") if name in accepted), "")
        body = variant.bodies.get(encoding, variant.bodies[""])
        if encoding in variant.bodies and encoding:
            headers["content-encoding"] = encoding
        headers.add_vary_header("accept-encoding")
        headers["content-length"] = str(len(body))
        answer = Response(b"" if scope["method"] == "HEAD" else body, variant.status)
        answer.raw_headers = headers.raw
        await answer(scope, receive, send)

    async def _find(self, asked: Scope) -> _Variant:
        """Return the answer to a request, from memory if it was asked before."""
        key = tuple(map(str, (asked[name] for name in sorted(asked) if name in _KEY)))
        if key not in self._variants:
            if key not in self._wanted and len(self._wanted) >= MAX_WANTED:
                return _BUSY
            self._wanted[key] += 1
            try:
                async with self._turn:
                    if key not in self._variants:
                        variant = await self._render(asked)
                        if variant.status != 200:
                            return variant
                        self._keep(key, variant)
            finally:
                self._wanted[key] -= 1
                self._wanted += Counter()  # forgets what nobody wants
        self._asked[key] += 1
        return self._variants[key]

    async def _describe(self, name: str, page: Scope) -> _Variant:
        """Return what describes the page, to be kept if it is asked for by its own name.

        Another name is that of an earlier server's page, or of another one's behind the same proxy: what is
        here goes with what this server will answer.

        Args:
            name: By which it is asked for.
            page: A request for the page, which has it rendered where nobody has asked for it yet.
        """
        rendered = _BUSY if self._description else await self._find(page)
        if self._description is None:
            return rendered
        own_name, text, bodies = self._description
        if not bodies:
            bodies[""] = text
            bodies |= await anyio.to_thread.run_sync(_compress, text, _KEPT_QUALITY)
        caching = KEPT_HEADERS["cache-control"] if name == own_name else "no-store"
        return _Variant(
            200, [(b"content-type", b"text/javascript"), (b"cache-control", caching.encode())], bodies
        )

    def _keep(self, key: tuple[object, ...], variant: _Variant) -> None:
        """Keep an answer, in place of the one that was asked for least if there is no room."""
        if len(self._variants) >= self._max_variants:
            least = min(self._variants, key=self._asked.__getitem__)
            del self._variants[least], self._asked[least]
        self._variants[key] = variant

    async def _render(self, asked: Scope) -> _Variant:
        """Let Gradio answer, and compress what it says."""
        start: Message = {}
        parts = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def take(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            elif message["type"] == "http.response.body":
                parts.append(message.get("body", b""))

        await self._app(asked, receive, take)
        bodies = {"": b"".join(parts)}
        if asked["path"] == "/":
            light = lighten_page(bodies[""], self._loads)
            bodies[""] = light.html
            if light.name is not None and (self._description is None or self._description.name != light.name):
                self._description = _Description(light.name, light.description, {})
        if start["status"] == 200:
            bodies |= await anyio.to_thread.run_sync(_compress, bodies[""])
        headers = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        return _Variant(start["status"], headers, bodies)


_KEY = ("path", "query_string", "headers", "scheme", "server", "root_path")


def _simplify(scope: Scope, path: str) -> Scope:
    """Return a request with nothing in it but what Gradio's answer depends on.

    Of the query these are `page`, which has one value here, and `all_endpoints`; the browser reads the rest.
    """
    query = QueryParams(scope["query_string"])
    kept = ["page="] if query.get("page") == "" else []
    kept += ["all_endpoints=True"] if query.get("all_endpoints") else []
    return {
        **scope,
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": "&".join(kept).encode(),
        "headers": [pair for pair in scope["headers"] if pair[0].lower() in _ADDRESS_HEADERS],
    }


def _compress(body: bytes, quality: int = _QUALITY) -> dict[str, bytes]:
    return {"br": brotli.compress(body, quality=quality), "gzip": gzip.compress(body, 6, mtime=0)}
