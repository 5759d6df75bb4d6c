"""The path below which the page is served: what is taken off an address, and which paths are taken."""

import pytest

from app.server.root_path import VARIABLE, RootPath, read_root_path
from tests.running import run

OWN_ROUTES = ["/glassbox/runs"]


def ask(root_path, path, query=b""):
    """Return the path with which a request is passed on, or else what answers it."""
    sent, passed = [], []

    async def app(scope, receive, send):
        passed.append(scope)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "query_string": query, "root_path": root_path,
             "headers": []}  # fmt: skip
    run(RootPath(app, root_path, OWN_ROUTES)(scope, None, send))
    if sent:
        return sent[0]["status"], dict(sent[0]["headers"])[b"location"].decode()
    assert passed[0]["root_path"] == ""
    assert passed[0]["raw_path"] == passed[0]["path"].encode()
    return passed[0]["path"]


@pytest.mark.parametrize("root_path", ["/lab", "/user/me/proxy/7860", "/glassbox", "/assets", "/gradio_api"])
@pytest.mark.parametrize(
    "path", ["/", "/config", "/assets/a.js", "/gradio_api/queue/join", "/gradio_api/info/", "/glassbox/runs"]
)
def test_an_address_is_the_same_whether_the_proxy_took_the_path_off_or_not(root_path, path):
    assert ask(root_path, path) == path
    assert ask(root_path, root_path + path) == path


@pytest.mark.parametrize(
    "path", ["/laboratory/config", "/lab/nowhere", "/labconfig", "/lab//config", "/x/lab/"]
)
def test_what_is_no_address_of_the_page_stays_as_it_is(path):
    assert ask("/lab", path) == path


def test_path_with_other_letters_is_known_as_the_server_reads_it():
    assert ask("/user/me%40school", "/user/me@school/config") == "/config"


def test_page_without_its_last_slash_is_sent_there_with_its_settings():
    assert ask("/lab", "/lab") == (307, "/lab/")
    assert ask("/lab", "/lab", b"tab=runs&run=7") == (307, "/lab/?tab=runs&run=7")


@pytest.mark.parametrize(
    ("text", "path"),
    [("", ""), ("/", ""), ("lab", "/lab"), ("/lab/", "/lab"), ("/a/b-c_d.e~f", "/a/b-c_d.e~f"),
     ("/user/me%40school/proxy/7860/", "/user/me%40school/proxy/7860")],
)  # fmt: skip
def test_path_is_read_with_or_without_slashes_at_its_ends(monkeypatch, text, path):
    monkeypatch.setenv(VARIABLE, text)
    assert read_root_path() == path


@pytest.mark.parametrize(
    "text",
    ["https://example.edu/lab", "/lab?x", "/lab#x", "/a//b", "/a/../b", "/.", "/a b", "/ä", "/a%2", "/a\\b"],
)
def test_what_is_no_path_is_refused(monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)
    with pytest.raises(ValueError, match="is no path; give what stands behind the host"):
        read_root_path()
