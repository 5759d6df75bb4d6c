"""Which of Gradio's routes are answered: its whole table, each of it in one of two lists."""

import re

import gradio as gr
import httpx
import pytest
from gradio.routes import App
from starlette.routing import Mount

from app.server.open_routes import CLOSED_ROUTES, MCP_ROUTES, NOT_OFFERED, OPEN_ROUTES, OpenRoutes


@pytest.fixture(scope="module")
def gradio_routes():
    """Every address of a page that Gradio serves, with its tools for assistants, as Gradio writes them."""

    def ask() -> str:
        return "answered"

    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(ask)
    return set(list_routes(App.create_app(page, mcp_server=True).routes))


def list_routes(routes, prefix=""):
    for route in routes:
        if isinstance(route, Mount):
            yield from (prefix + route.path, f"{prefix}{route.path}/{{path:path}}")
        elif hasattr(route, "original_router"):  # what FastAPI keeps of a router that was included
            yield from list_routes(route.original_router.routes, prefix)
        else:
            path = prefix + route.path
            yield path.rstrip("/") or "/"


def fill_in(path):
    """Return an address that a route answers."""
    return re.sub(r"\{[^}]*\}", "1", path)


def test_every_route_of_gradio_is_either_open_or_closed(gradio_routes):
    listed = [*OPEN_ROUTES, *MCP_ROUTES, *CLOSED_ROUTES]
    assert len(set(listed)) == len(listed)
    assert sorted(gradio_routes - set(listed)) == []  # new in this Gradio: closed until it is listed
    assert sorted(set(listed) - gradio_routes) == []  # gone from it


def test_no_closed_route_passes_for_an_open_one():
    routes = OpenRoutes(None, ["/glassbox/runs"])
    assert all(routes.is_open(fill_in(path)) for path in (*OPEN_ROUTES, *MCP_ROUTES, "/glassbox/runs"))
    for path in CLOSED_ROUTES:
        assert not routes.is_open(fill_in(path)), path
        assert not routes.is_open(fill_in(path) + "/"), path
    for path in ("", "/config//", "/nowhere", "/gradio_api", "/gradio_api/nowhere", "/CONFIG", "config"):
        assert not routes.is_open(path), path
    for path in ("/", "/config", "/gradio_api/component_server", "/glassbox/runs"):
        for end in ("\n", "\r", "\0", "/\n"):  # as %0A; none of the guards would know it again
            assert not routes.is_open(path + end)


@pytest.mark.parametrize("path", CLOSED_ROUTES)
def test_what_gradio_offers_and_the_page_does_not_need_is_closed(served_page, path):
    film = {"video": ("film.mp4", b"\0" * 1_000, "video/mp4")}
    for address in (fill_in(path), fill_in(path) + "/"):
        assert httpx.get(f"{served_page}{address}?session_hash=s").text == NOT_OFFERED
        assert httpx.post(f"{served_page}{address}", files=film).status_code == 404


def test_icon_of_any_size_is_not_drawn(served_page):
    for size in (16, 10_000, 999_999):
        assert httpx.get(f"{served_page}/pwa_icon/{size}").status_code == 404
