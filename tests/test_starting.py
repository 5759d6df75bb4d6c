"""The page started by a process of its own, on IPv6, and where a proxy is set that is dead or refuses."""

import os
import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from tests.conftest import find_free_port
from tests.waiting import HANG_SECONDS, wait_until

DEAD = "http://127.0.0.1:9"


@pytest.fixture
def refusing_proxy():
    """The address of a proxy that answers 503, and what it was asked for."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(503)

        do_CONNECT = do_HEAD = do_GET  # noqa: N815 - as the module names them

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@contextmanager
def start_page(folder, *options, **environment):
    """Start the page in an environment, and give the address that it prints to the `with` block."""
    port, log_path = find_free_port(), folder / "log.txt"
    command = [sys.executable, "-u", "-m", "app.cli", "--port", f"{port}", "--no-open", *options]
    proxies = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    others = {name: value for name, value in os.environ.items() if name.lower() not in proxies}
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            command, stdout=log, stderr=subprocess.STDOUT, env={**others, **environment}
        )

    def find_address():
        assert process.poll() is None, log_path.read_text()
        return re.search(r"Running on local URL:\s+(http://\S+)\n", log_path.read_text())

    try:
        yield wait_until(find_address, log_path.read_text)[1]
    finally:
        process.terminate()
        process.wait(timeout=HANG_SECONDS)
    assert "Traceback" not in log_path.read_text()


def read_title(address):
    with httpx.Client(trust_env=False) as client:
        return client.get(f"{address}/config", timeout=HANG_SECONDS).json()["title"]


@pytest.mark.gate
def test_page_starts_behind_a_proxy_that_refuses(tmp_path, refusing_proxy):
    proxy, asked = refusing_proxy
    environment = {"http_proxy": proxy, "https_proxy": proxy, "all_proxy": "socks5://127.0.0.1:9"}
    with start_page(tmp_path, "--host", "::1", **environment) as address:
        assert re.fullmatch(r"http://\[::1\]:\d+", address)
        assert read_title(address) == "Glassbox"
    assert asked == []


@pytest.mark.release
def test_downloads_go_on_asking_the_proxy(tmp_path, refusing_proxy):
    proxy, asked = refusing_proxy
    folders = {"GLASSBOX_DATA": str(tmp_path / "sets"), "GLASSBOX_RUNS": str(tmp_path / "runs")}
    with (
        start_page(tmp_path, http_proxy=proxy, https_proxy=proxy, **folders) as address,
        httpx.Client(base_url=address, trust_env=False, timeout=HANG_SECONDS) as client,
    ):
        training = {"network": "logistic", "dataset": "mnist", "epochs": 1}
        assert client.post("/gradio_api/call/v2/train", json=training).status_code == 200
        wait_until(lambda: asked)
    assert not any("127.0.0.1" in host for host in asked)


@pytest.mark.gate
def test_page_starts_behind_a_dead_proxy_and_listens_everywhere(tmp_path):
    browser, opened = tmp_path / "browser", tmp_path / "opened.txt"
    browser.write_text(f'#!/bin/sh\necho "$1 $ALL_PROXY $no_proxy" > {opened}\n')
    browser.chmod(0o755)
    socks = "socks4://127.0.0.1:9"
    environment = {"HTTP_PROXY": DEAD, "HTTPS_PROXY": DEAD, "ALL_PROXY": socks, "BROWSER": str(browser)}
    with start_page(tmp_path, "--host", "[::]", "--open", **environment) as address:
        found = re.fullmatch(r"http://localhost:(\d+)", address)
        for name in ("localhost", "[::1]", "127.0.0.1"):
            assert read_title(f"http://{name}:{found[1]}") == "Glassbox"
        told = wait_until(lambda: opened.exists() and opened.read_text())
        assert told.split() == [f"{address}/", socks]  # the browser itself goes on using the proxy
