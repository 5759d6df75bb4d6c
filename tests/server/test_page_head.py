"""The tags for installing the page, at the beginning of its head."""

import re

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.server.page_head import PageHead, build_tags
from app.ui.loader import build_script_routes
from tests.running import run

PRELOADS = {"descent": ["/glassbox/scripts/0123/a.js"]}


def serve(path, *bodies):
    """Answer a request for `path` with a body in parts; return what leaves the middleware."""
    sent = []

    async def app(scope, receive, send):
        length = str(sum(map(len, bodies))).encode()
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"Content-Length", length), (b"x", b"1")],
            }
        )
        for index, body in enumerate(bodies):
            more = index < len(bodies) - 1
            await send({"type": "http.response.body", "body": body, "more_body": more})

    async def send(message):
        sent.append(message)

    request = PageHead(app, PRELOADS)({"type": "http", "path": path}, None, send)
    run(request)
    return dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("rest", [(), (b"<p>more</p>",)])
def test_page_begins_with_the_tags(rest):
    headers, body = serve("/", b"<html><head><title>x</title>", *rest)
    assert body == b"<html><head>" + build_tags(PRELOADS).encode() + b"<title>x</title>" + b"".join(rest)
    assert int(headers[b"Content-Length"]) == len(body)
    assert headers[b"x"] == b"1"


def test_other_answers_pass_as_they_are():
    headers, body = serve("/config", b'{"a": "<head>"}')
    assert body == b'{"a": "<head>"}'
    assert int(headers[b"Content-Length"]) == len(body)


def test_scripts_of_the_head_are_files_that_the_browser_keeps():
    """What stands in the page itself is sent anew at every visit."""
    tags = build_tags(PRELOADS)
    (first,) = re.findall(r'<script type="module" src="\.([^"]+)"></script>', tags)
    preloaded = re.findall(r'<link rel="modulepreload" fetchpriority="low" href="\.([^"]+)">', tags)
    assert tags.count("<script") == 2  # the other one asks for those of the open tab
    server = TestClient(Starlette(routes=build_script_routes()))
    for address in (first, *preloaded):
        kept = server.get(address)
        assert (kept.status_code, "immutable" in kept.headers["cache-control"]) == (200, True)
        imported = re.findall(r'^(?:import .+|}) from "\./(\w+\.js)";', kept.text, re.MULTILINE)
        assert {f"{address.rpartition('/')[0]}/{name}" for name in imported} <= set(preloaded)
