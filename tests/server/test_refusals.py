"""What is refused: too large a body, a call that Gradio gives up; and what is not."""

import gradio as gr
import httpx
import pytest
from gradio.queueing import Queue
from safetensors.torch import save
from starlette.middleware import Middleware

from app.server.refusals import MAX_BODY_BYTES, MAX_UPLOAD_BYTES, UPLOAD_PATH, CallRefusals, Refusals
from models.networks.registry import build_network
from tests.running import run


def ask(chunks, declared=None, path="/gradio_api/queue/join"):
    """Send a body in chunks through the middleware; return the status and how many bytes the app read."""
    read = 0
    sent = []

    async def app(scope, receive, send):
        nonlocal read
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            read += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200})

    messages = [
        {"type": "http.request", "body": chunk, "more_body": index < len(chunks) - 1}
        for index, chunk in enumerate(chunks)
    ]

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    headers = [] if declared is None else [(b"content-length", declared)]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    run(Refusals(app)(scope, receive, send))
    return (sent[0]["status"] if sent else None), read


def test_body_at_the_limit_is_read_in_full():
    chunks = [b"x" * 2**20] * (MAX_BODY_BYTES // 2**20)
    assert ask(chunks, str(MAX_BODY_BYTES).encode()) == (200, MAX_BODY_BYTES)


@pytest.mark.parametrize("declared", [str(MAX_BODY_BYTES + 1).encode(), b"10" * 50, b"-1", b"many"])
def test_body_declared_too_large_is_refused_unread(declared):
    assert ask([b"x"], declared) == (413, 0)


def test_body_that_turns_out_too_large_is_cut_off():
    chunks = [b"x" * 2**20] * (MAX_BODY_BYTES // 2**20 + 1)
    assert ask(chunks) == (None, MAX_BODY_BYTES)


def test_upload_may_be_larger_than_other_requests():
    """As large as the weights of the largest network in float64."""
    path = f"{UPLOAD_PATH}/"
    chunks = [b"x" * 2**20] * (MAX_UPLOAD_BYTES // 2**20)
    assert ask(chunks, str(MAX_UPLOAD_BYTES).encode(), path) == (200, MAX_UPLOAD_BYTES)
    assert ask(chunks, str(MAX_UPLOAD_BYTES + 1).encode(), path) == (413, 0)
    assert ask([*chunks, b"x"], path=path) == (None, MAX_UPLOAD_BYTES)
    weights = build_network("convnet4").double().state_dict()
    assert len(save(weights)) < MAX_UPLOAD_BYTES - 2**16  # the form around them


# Calls


@pytest.fixture
def small_page(capsys):
    """A page with one endpoint, served; its log goes to `capsys`."""

    def double(number: float) -> float:
        return 2 * number

    with gr.Blocks(analytics_enabled=False) as page:
        gr.api(double)
    page.launch(
        prevent_thread_lock=True,
        quiet=True,
        ssr_mode=False,
        app_kwargs={"middleware": [Middleware(CallRefusals, endpoints={"double": double})]},
    )
    yield page
    page.close()


CALLS = [
    ("queue/join", {"data": [1], "fn_index": 0, "session_hash": "s"}),
    ("call/double", {"data": [1]}),
    ("call/v2/double", {"number": 1}),
]


@pytest.mark.parametrize("error", [KeyError("fn_index"), TypeError("not callable"), AttributeError("gone")])
def test_mistake_of_gradios_own_is_an_error_that_is_logged(small_page, monkeypatch, capsys, error):
    async def push(*args, **kwargs):
        raise error

    monkeypatch.setattr(Queue, "push", push)
    for path, body in CALLS:
        assert httpx.post(f"{small_page.local_url}gradio_api/{path}", json=body).status_code == 500
    small_page.close()  # what is logged is logged after the answer
    logged = capsys.readouterr().err
    assert logged.count("Traceback") >= len(CALLS)
    assert logged.count(f"{type(error).__name__}: {error}") == len(CALLS)
