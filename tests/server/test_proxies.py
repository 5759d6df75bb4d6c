"""A proxy in the environment: the page on one's own machine is asked for without it, whatever it is."""

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from app.server.proxies import bypass_proxies

NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
PROXIES = [
    "http://127.0.0.1:9",
    "127.0.0.1:9",
    "socks5://127.0.0.1:9",
    "socks4://127.0.0.1:9",
    "http://a:b:c",
]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="module")
def address():
    """The address of a small server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", PROXIES)
def test_no_proxy_is_looked_at(monkeypatch, address, name, proxy):
    monkeypatch.setenv(name, proxy)
    with pytest.raises((httpx.HTTPError, httpx.InvalidURL, ImportError, ValueError)):
        httpx.get(address)
    with bypass_proxies():
        assert httpx.get(address).status_code == 204


@pytest.mark.parametrize("kept", [{}, {"no_proxy": "school.example"}, {"NO_PROXY": "a", "no_proxy": "b"}])
def test_environment_is_afterwards_as_it_was(monkeypatch, kept):
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    with bypass_proxies():
        assert os.environ["no_proxy"] == "*"
    assert dict(os.environ) == before
