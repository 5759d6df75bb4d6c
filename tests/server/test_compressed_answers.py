"""What a page asks past Gradio's queue is answered compressed; all else is left as it is."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from app.server.compressed_answers import CompressedAnswers

LONG, SHORT = "0," * 2_000, "0"


@pytest.fixture(scope="module")
def client():
    """Answer every address with LONG, or with SHORT where it asks for that."""

    def answer(request):
        return PlainTextResponse(SHORT if "short" in request.query_params else LONG)

    page = Starlette(routes=[Route("/{path:path}", answer)], middleware=[Middleware(CompressedAnswers)])
    return TestClient(page)


@pytest.mark.parametrize("path", ["/gradio_api/component_server/", "/gradio_api/run/predict"])
def test_answer_to_a_direct_call_is_compressed(client, path):
    answer = client.get(path)
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(LONG) / 10
    assert answer.text == LONG


@pytest.mark.parametrize(
    ("path", "accepted"),
    [
        ("/gradio_api/component_server/?short", "gzip"),
        ("/gradio_api/component_server/", "identity"),
        ("/gradio_api/queue/data", "gzip"),
        ("/", "gzip"),
    ],
)
def test_all_else_is_as_it_was(client, path, accepted):
    answer = client.get(path, headers={"accept-encoding": accepted})
    assert "content-encoding" not in answer.headers
    assert answer.text in (LONG, SHORT)
