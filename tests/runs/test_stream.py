"""News of runs as server-sent events: what is sent, when a stream ends, and what is refused."""

import contextlib
import json
import secrets
import threading
import time
from urllib.parse import urlencode

import httpx
import pytest
import uvicorn
from filelock import FileLock
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route

from app.runs import stream as run_stream
from app.runs.stream import PERIOD_SECONDS, STREAM_PATH, RunStream
from models.runs.folder import append_event
from models.runs.management import delete_run
from tests.running import run as run_coroutine
from tests.runs.trained_runs import make_ending, make_folder, make_step
from tests.waiting import HANG_SECONDS, wait_until

A = "a" * 32


@pytest.fixture
def run():
    """A run whose process is alive, with 20 reports."""
    folder = make_folder(A, [make_step(step) for step in range(1, 21)])
    with FileLock(folder / "lock"):
        yield folder


@pytest.fixture
def address():
    app = Starlette(routes=[Route(STREAM_PATH, RunStream().answer)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def build_question(known=None):
    return {"runs": {A: known}, "focus": A, "view": False}


def follow(address, question):
    """Open a stream, and yield its events as they come."""
    params = {"question": json.dumps(question)}
    with httpx.stream("GET", f"{address}{STREAM_PATH}", params=params, timeout=HANG_SECONDS) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line:
                yield json.loads(line.removeprefix("data: "))


def follow_news(address):
    """Follow the run from where it is now."""
    (answer,) = follow(address, build_question())  # a card ends the stream
    (card,) = answer["cards"]
    return follow(address, build_question([card["offset"], card["mark"]]))


def test_reports_come_as_they_are_written(run, address):
    news = follow_news(address)
    append_event(run, make_step(21))
    event = next(news)
    assert [row[0] for row in event["news"]["steps"]] == [21]
    assert event["cards"] == event["gone"] == []
    append_event(run, make_step(22))
    append_event(run, make_step(23))
    event = next(news)
    assert [row[0] for row in event["news"]["steps"]] == [22, 23]  # each of them once
    assert event["updates"][A].keys() >= {"offset", "mark", "share", "details"}


def test_more_than_four_events_a_second_and_no_flood(run, address):
    """A run that reports a hundred times a second is told of in steps of PERIOD_SECONDS."""
    is_over = threading.Event()

    def report():
        for step in range(21, 5_000):
            append_event(run, make_step(step))
            if is_over.wait(0.01):
                return

    thread = threading.Thread(target=report)
    thread.start()
    times = []
    for event in follow_news(address):
        times.append(time.monotonic())
        assert event["news"]["steps"]
        if len(times) == 12:
            break
    is_over.set()
    thread.join()
    assert len(times) == 12
    assert (times[-1] - times[0]) / 11 >= PERIOD_SECONDS - 0.02


def test_nothing_is_sent_while_there_is_nothing_new(run, address, monkeypatch):
    monkeypatch.setattr(run_stream, "MAX_STREAM_SECONDS", 0.6)
    assert list(follow_news(address)) == []  # and the stream ends after its time


def test_stream_ends_with_the_run_and_with_its_folder(run, address):
    news = follow_news(address)
    append_event(run, make_ending("stopped", "Stopped as asked"))
    last = list(news)[-1]
    assert last["cards"][0]["status"] == "stopped"
    delete_run(A)
    assert [event["gone"] for event in follow(address, build_question([0, "stopped"]))] == [[A]]


@pytest.mark.parametrize("question", [None, [], {}, {"runs": 5, "focus": "", "view": False}, {"runs": {}}])
def test_what_is_no_question_is_refused_and_takes_no_place(address, monkeypatch, question):
    monkeypatch.setattr(run_stream, "MAX_STREAMS", 1)
    for _ in range(2):
        answer = httpx.get(f"{address}{STREAM_PATH}", params={"question": json.dumps(question)})
        assert (answer.status_code, "cannot be read" in answer.text) == (400, True)


@pytest.mark.parametrize("text", ["", "{", "[" * 5_000, "NaN,"])
def test_what_is_no_json_is_refused(address, text):
    answer = httpx.get(f"{address}{STREAM_PATH}", params={"question": text})
    assert answer.status_code == 400


def test_a_closed_page_makes_room_for_the_next(run, address, monkeypatch):
    monkeypatch.setattr(run_stream, "MAX_STREAMS", 1)
    params = {"question": json.dumps(build_question([0, "running Training"]))}
    url = f"{address}{STREAM_PATH}"
    with httpx.stream("GET", url, params=params, timeout=HANG_SECONDS) as first:
        lines = first.iter_lines()
        assert next(lines)
        assert httpx.get(url, params=params).status_code == 503

    def has_room():  # the server notices at its next look
        with httpx.stream("GET", url, params=params, timeout=HANG_SECONDS) as second:
            return second.status_code == 200

    wait_until(has_room, lambda: "the closed stream still counts")


def test_streams_are_counted_before_their_first_event(monkeypatch):
    """Many at once, none of which has sent anything when the next one asks; and some leave before it does."""
    monkeypatch.setattr(run_stream, "MAX_STREAMS", 6)
    stream = RunStream()
    query = urlencode({"question": json.dumps({"runs": {}, "focus": "", "view": False})}).encode()
    scope = {"type": "http", "method": "GET", "path": STREAM_PATH, "headers": [], "query_string": query}

    async def leave():
        return {"type": "http.disconnect"}

    async def send(message):
        raise OSError("the visitor is gone")

    async def ask_all():
        answers = [await stream.answer(Request(scope)) for _ in range(8)]
        for answer in answers[:3]:
            with contextlib.suppress(Exception):
                await answer(scope, leave, send)
        other = Request(scope | {"client": ("192.0.2.7", 1)})
        return [*answers, *[await stream.answer(Request(scope)), await stream.answer(other)]]

    answers = run_coroutine(ask_all())
    assert [answer.status_code for answer in answers] == [200] * 3 + [503] * 5 + [200, 200]


def test_page_serves_the_stream(served_page):
    unknown = secrets.token_hex(16)
    (answer,) = follow(served_page, {"runs": {unknown: None}, "focus": "", "view": False})
    assert answer["gone"] == [unknown]
