"""The page is served on sockets of its own."""

import importlib.util
import socket

import gradio as gr
import httpx
import pytest
from gradio import http_server, routes

from app.server.gradio_patches.own_sockets import serve_on_own_sockets
from tests.conftest import find_free_port


def test_gradio_itself_links_to_ipv6_without_brackets():
    spec = importlib.util.find_spec("gradio.http_server")
    unpatched = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(unpatched)
    *_, address, server = unpatched.start_server(routes.App(), "::1", find_free_port())
    server.close()
    assert address.startswith("http://::1:")


def test_page_is_served_on_its_own_sockets_and_told_by_a_link(page, monkeypatch, capsys):
    monkeypatch.setattr(http_server, "start_server", http_server.start_server)  # put back afterwards
    serve_on_own_sockets()
    _, address, _ = page.launch(
        server_name="::1", server_port=find_free_port(), prevent_thread_lock=True, ssr_mode=False
    )
    try:
        assert address == f"http://[::1]:{page.server_port}/"
        assert f"Running on local URL:  {address.rstrip('/')}\n" in capsys.readouterr().out
        assert httpx.get(f"{address}config").json()["title"] == "small"
        with pytest.raises(OSError, match="in use"):
            http_server.start_server(page.app, "::1", page.server_port)
    finally:
        page.close()
    socket.create_server(("::1", page.server_port), family=socket.AF_INET6).close()  # free again


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_proxies_of_the_same_machine_are_believed(page, monkeypatch, address):
    """Whom a request was forwarded for, whichever family nginx chooses on its way here."""
    monkeypatch.setattr(http_server, "start_server", http_server.start_server)  # put back afterwards
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    serve_on_own_sockets()

    def find_address(request: gr.Request) -> str:
        return request.client.host

    with page:
        gr.api(find_address)
    _, told, _ = page.launch(
        server_name="::", server_port=find_free_port(), prevent_thread_lock=True, quiet=True, ssr_mode=False
    )
    try:
        host = f"[{address}]" if ":" in address else address
        asked = told.replace("localhost", host)
        answer = httpx.post(
            f"{asked}gradio_api/run/find_address", json={"data": []}, headers={"X-Forwarded-For": "192.0.2.7"}
        )
        assert answer.json()["data"] == ["192.0.2.7"]
    finally:
        page.close()
