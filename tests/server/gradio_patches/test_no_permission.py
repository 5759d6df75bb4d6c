"""No page of another site is given permission."""

from fastapi.testclient import TestClient
from gradio import route_utils, routes

from app.server.gradio_patches.no_permission import give_no_permission


def test_gradio_would_give_permission_and_does_not(page, monkeypatch):
    headers = {
        "Host": "lab.example.edu",
        "Origin": "http://evil.example",
        "Access-Control-Request-Method": "POST",
    }

    def ask():
        client = TestClient(routes.App.create_app(page))
        answers = (
            client.options("/gradio_api/call/ask", headers=headers),
            client.get("/config", headers=headers),
        )
        return [answer.headers.get("access-control-allow-origin") for answer in answers]

    monkeypatch.setattr(
        routes, "CustomCORSMiddleware", route_utils.CustomCORSMiddleware
    )  # put back afterwards
    assert ask() == ["http://evil.example"] * 2
    give_no_permission()
    assert ask() == [None] * 2
