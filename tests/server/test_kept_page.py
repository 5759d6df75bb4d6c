"""The page from memory: rendered once an address, compressed once, and nobody's answer but one's own."""

import asyncio
import gzip
import re

import brotli
import httpx
import pytest

from app.server.kept_page import KEPT_PATHS, MAX_VARIANTS, MAX_WANTED, KeptPage
from tests.running import run

PARTS = [b"<html>" + b"<p>The same again.</p>" * 500, b"<p>\xe2\x88\x92</p>" * 300, b"</html>"]


@pytest.fixture
def kept():
    """Ask a page that is kept; `renders` holds what Gradio would have been asked."""

    async def app(scope, receive, send):
        await receive()
        app.renders.append(scope)
        await send({"type": "http.response.start", "status": app.status, "headers": [(b"x", b"1")]})
        for part in app.parts:
            await send({"type": "http.response.body", "body": part, "more_body": part is not app.parts[-1]})

    middleware = KeptPage(app)
    app.renders, app.status, app.parts = [], 200, PARTS

    def ask(*requests, path="/", **headers):
        """Answer requests at the same time, a query each; return status, headers and body of the last one."""

        async def ask_one(query, method="GET"):
            sent = []
            pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
            scope = {"type": "http", "method": method, "path": path, "headers": pairs, "scheme": "http",
                     "query_string": query.encode()}  # fmt: skip

            async def receive():
                return {"type": "http.request", "body": b""}

            async def send(message):
                sent.append(message)

            await middleware(scope, receive, send)
            body = b"".join(message.get("body", b"") for message in sent[1:])
            return sent[0]["status"], dict(sent[0]["headers"]), body

        async def ask_all():
            return await asyncio.gather(*(ask_one(*request.split("#")) for request in requests or [""]))

        return run(ask_all())[-1]

    ask.app, ask.middleware = app, middleware
    return ask


@pytest.mark.parametrize(
    ("accepted", "encoding", "decode"),
    [("gzip, deflate, br", b"br", brotli.decompress), ("gzip", b"gzip", gzip.decompress)],
)
def test_page_is_compressed_as_its_reader_can_read(kept, accepted, encoding, decode):
    for _ in range(2):
        status, headers, body = kept(accept_encoding=accepted)
        assert (status, headers[b"content-encoding"], headers[b"vary"]) == (200, encoding, b"accept-encoding")
        assert headers[b"x"] == b"1"
        assert headers[b"content-length"] == str(len(body)).encode()
        assert len(body) < len(b"".join(PARTS)) / 6
        assert decode(body) == b"".join(PARTS)
    assert len(kept.app.renders) == 1


def test_page_is_whole_for_who_reads_no_compression_and_empty_for_who_asks_for_its_head(kept):
    _, headers, body = kept(accept_encoding="identity")
    assert b"content-encoding" not in headers
    assert body == b"".join(PARTS)
    status, headers, body = kept("#HEAD")
    assert (status, headers[b"content-length"], body) == (200, str(len(b"".join(PARTS))).encode(), b"")


@pytest.mark.parametrize("path", KEPT_PATHS)
def test_page_is_rendered_once_however_many_ask_at_once_and_whatever_they_add(kept, path):
    queries = ["", "__theme=dark", "view=inspection&stride=2", "deep_link=../x", "page=nowhere", "#HEAD"]
    kept(*queries * 10, path=path, host="lab", cookie="a=1", authorization="x", x_forwarded_for="1.2.3.4")
    kept(path=path, host="lab", cookie="b=2", range="bytes=0-1", if_none_match="x")
    (asked,) = kept.app.renders
    assert asked["headers"] == [(b"host", b"lab")]  # nothing of one visitor is in another's page
    assert asked["query_string"] == b""


def test_what_describes_the_page_is_kept_by_its_own_name_alone(kept):
    config = b'{"components": [], "css": "", "dependencies": [], "page": {}, "root": "http://lab"}'
    kept.app.parts = [b"<head><script>window.gradio_config = " + config + b";</script></head>"]
    description = b'window.gradio_config={"components":[],"css":"","dependencies":[],"page":{}};'
    # An earlier server's, or another replica's: nobody has asked this one for the page.
    status, headers, body = kept(path="/glassbox/page/another.js", accept_encoding="br")
    assert (status, headers[b"cache-control"], brotli.decompress(body)) == (200, b"no-store", description)
    _, _, html = kept(host="lab")
    name = re.search(rb"/glassbox/page/(\w+\.js)", html)[1].decode()
    status, headers, body = kept(path=f"/glassbox/page/{name}", host="lab")
    assert (status, headers[b"content-type"], body) == (200, b"text/javascript", description)
    assert headers[b"cache-control"] == b"public, max-age=31536000, immutable"
    assert len(kept.app.renders) == 2


def test_page_knows_its_own_address(kept):
    addresses = [{}, {"host": "lab"}, {"host": "lab", "x_forwarded_proto": "https"},
                 {"host": "lab", "x_forwarded_host": "school"}]  # fmt: skip
    for address in addresses * 2:
        kept(**address)
    assert len(kept.app.renders) == len(addresses)


def test_so_many_variants_are_kept_and_no_more(kept):
    for number in range(MAX_VARIANTS):
        kept(host=f"host-{number}")
        kept(host="host-0")
    assert len(kept.app.renders) == MAX_VARIANTS
    kept(host="another")
    kept(host="host-0")
    assert len(kept.app.renders) == MAX_VARIANTS + 1
    kept(host="host-1")  # the one longest unused is gone
    assert len(kept.app.renders) == MAX_VARIANTS + 2


def test_page_that_is_asked_for_most_stays_whatever_else_is_asked(kept):
    for _ in range(3):
        kept(host="lab")
    for number in range(2 * MAX_VARIANTS):
        kept(host=f"127.0.0.1:{number}")
    num_renders = len(kept.app.renders)
    kept(host="lab")
    assert len(kept.app.renders) == num_renders


def test_many_names_at_once_make_nobody_wait(kept):
    async def ask_under_many_names():
        statuses = []

        async def ask(number):
            async def send(message):
                if message["type"] == "http.response.start":
                    statuses.append(message["status"])

            scope = {"type": "http", "method": "GET", "path": "/", "scheme": "http", "query_string": b"",
                     "headers": [(b"host", b"name-%d" % number)]}  # fmt: skip
            await kept.middleware(scope, asyncio.Event().wait, send)

        await asyncio.gather(*map(ask, range(40)))
        return statuses

    statuses = run(ask_under_many_names())
    assert statuses.count(200) == MAX_WANTED
    assert statuses.count(503) == 40 - MAX_WANTED


def test_error_is_answered_and_not_kept(kept):
    kept.app.status = 503
    assert kept()[0] == 503
    kept.app.status = 200
    assert kept()[0] == 200
    assert kept("#POST")[2] == b"".join(PARTS)
    assert len(kept.app.renders) == 3  # what is not asked for with GET is not ours


def test_other_answers_pass_as_they_are(kept):
    for _ in range(2):
        _, headers, body = kept(path="/gradio_api/call/runs", accept_encoding="br, gzip")
        assert b"content-encoding" not in headers
        assert body == b"".join(PARTS)
    assert len(kept.app.renders) == 2


def test_served_page_is_small_and_what_describes_it_is_kept(served_page):
    def weigh(address):
        with httpx.stream("GET", address, headers={"accept-encoding": "br"}) as answer:
            return sum(map(len, answer.iter_raw()))

    page = httpx.get(served_page, headers={"accept-encoding": "identity"})
    assert page.text.startswith("<!doctype html>")
    head = httpx.head(served_page, headers={"accept-encoding": "identity"})
    assert head.headers["content-length"] == str(len(page.content))
    assert weigh(served_page) < 6_000
    [address] = re.findall(r'<script src="\.(/glassbox/page/[^"]+)">', page.text)
    description = httpx.get(served_page + address)
    assert "immutable" in description.headers["cache-control"]
    assert weigh(served_page + address) <= len(description.content) / 5


def test_served_page_names_the_address_that_it_was_asked_at(served_page):
    behind_proxy = {"x-forwarded-host": "lab.localhost", "x-forwarded-proto": "https"}
    for path in ("/", "/config"):
        for _ in range(2):
            assert f'"root":"{served_page}"' in httpx.get(served_page + path).text.replace(" ", "")
            text = httpx.get(served_page + path, headers=behind_proxy).text.replace(" ", "")
            assert '"root":"https://lab.localhost"' in text
            assert served_page not in text.partition('"root":')[2][:200]


def test_link_to_a_page_or_a_state_that_is_not_there_is_the_page(served_page):
    for query in ("page=nowhere", "deep_link=..", "__theme=dark", "view=runs&run=" + "f" * 32):
        assert httpx.get(f"{served_page}/?{query}").text == httpx.get(served_page).text
