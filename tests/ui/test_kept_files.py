"""A text that is asked for by its version is kept for good; another version is that of another server."""

import brotli
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from app.ui.kept_files import KEPT_HEADERS, serve_version


@pytest.mark.parametrize(("query", "is_kept"), [("?v=2", True), ("?v=1", False), ("", False)])
@pytest.mark.parametrize("encoding", ["br", "identity"])
def test_version_is_kept_if_it_is_the_one_that_was_asked_for(query, is_kept, encoding):
    found = [("body {}", "2")]
    client = TestClient(Starlette(routes=[serve_version("/theme.css", lambda: found[0], "text/css")]))
    answer = client.get(f"/theme.css{query}", headers={"accept-encoding": encoding})
    assert answer.text == "body {}"
    assert answer.headers["content-type"].startswith("text/css")
    assert answer.headers.get("content-encoding") == ("br" if encoding == "br" else None)
    assert answer.headers["cache-control"] == (KEPT_HEADERS["cache-control"] if is_kept else "no-cache")
    found[0] = ("main {}", "3")  # of a page that was built anew
    again = client.get("/theme.css?v=2", headers={"accept-encoding": encoding})
    assert (again.text, again.headers["cache-control"]) == ("main {}", "no-cache")


def test_what_is_sent_is_compressed():
    long = "a { color: red }\n" * 500
    client = TestClient(Starlette(routes=[serve_version("/theme.css", lambda: (long, "1"), "text/css")]))
    with client.stream("GET", "/theme.css?v=1", headers={"accept-encoding": "br"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert len(raw) < 100
    assert brotli.decompress(raw).decode() == long
