"""The page in fewer bytes: by Brotli, by gzip, as it is, and nothing but the page."""

import asyncio
import gzip
from concurrent.futures import ThreadPoolExecutor

import brotli
import httpx
import pytest

from app.server.compression import CompressedPage

PARTS = [b"<html>" + b"<p>The same again.</p>" * 500, b"<p>\xe2\x88\x92</p>" * 300, b"</html>"]


def serve(path, accepted):
    """Answer a request for `path` in parts; return the headers and the body that leave the middleware."""
    sent = []

    async def app(scope, receive, send):
        headers = [(b"content-length", str(len(b"".join(PARTS))).encode()), (b"x", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for part in PARTS:
            await send({"type": "http.response.body", "body": part, "more_body": part is not PARTS[-1]})

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "path": path, "headers": [(b"accept-encoding", accepted)]}
    with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
        pool.submit(asyncio.run, CompressedPage(app)(scope, None, send)).result()
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [(b"gzip, deflate, br", b"br", brotli.decompress), (b"gzip", b"gzip", gzip.decompress)],
)
def test_page_is_compressed_as_its_reader_can_read(accepted, encoding, decode):
    headers, body = serve("/", accepted)
    assert headers[b"content-encoding"] == encoding
    assert headers[b"vary"].lower() == b"accept-encoding"
    assert headers[b"x"] == b"1"
    assert headers.get(b"content-length", str(len(body)).encode()) == str(len(body)).encode()
    assert len(body) < len(b"".join(PARTS)) / 6
    assert decode(body) == b"".join(PARTS)


@pytest.mark.parametrize(("path", "accepted"), [("/", b"identity"), ("/gradio_api/call/runs", b"br, gzip")])
def test_what_is_not_the_page_or_not_wanted_is_as_it_was(path, accepted):
    headers, body = serve(path, accepted)
    assert b"content-encoding" not in headers
    assert body == b"".join(PARTS)


def test_served_page_travels_at_a_fifth_of_its_size_or_less(served_page):
    with httpx.stream("GET", served_page, headers={"accept-encoding": "br"}) as answer:
        travelled = sum(map(len, answer.iter_raw()))
    page = httpx.get(served_page, headers={"accept-encoding": "identity"})
    assert travelled <= len(page.content) / 5
    assert page.text.startswith("<!doctype html>")
