"""Visitors take turns in a queue that has an end."""

import asyncio
import threading
import time

import gradio as gr
import httpx
import orjson
import pytest
from gradio import queueing
from gradio.server_messages import ProcessCompletedMessage

from app.server.gradio_patches import fair_queue
from app.server.gradio_patches.checked_calls import Page
from app.server.gradio_patches.fair_queue import MAX_UNREAD_BYTES, FairQueue
from app.server.turns import MAX_WAITING_OF_VISITOR
from tests.waiting import HANG_SECONDS


@pytest.fixture
def held_page():
    """A served page with a function that holds its callers until it is let go."""
    begun, gate = [], threading.Event()

    def hold(who: str) -> str:
        begun.append(who)
        gate.wait(60)
        return "answered"

    with Page(analytics_enabled=False, title="held") as page:
        gr.api(hold)
    _, address, _ = page.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False)
    try:
        yield page, f"{address}gradio_api/call/hold", begun, gate
    finally:
        gate.set()
        page.close()


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_one_visitors_calls_leave_the_queues_other_places_to_others(held_page):
    page, address, begun, gate = held_page

    def post(who):
        body = {"data": [who], "session_hash": who}
        return httpx.post(address, json=body, headers={"x-forwarded-for": f"192.0.2.{who}"})

    ids = [post("1").json()["event_id"] for _ in range(MAX_WAITING_OF_VISITOR + 1)]
    wait_until(lambda: begun == ["1"] and len(page._queue) == MAX_WAITING_OF_VISITOR)
    refused = post("1")
    assert (refused.status_code, refused.json()["detail"]) == (
        429, f"Busy, try again in {refused.headers['retry-after']} s.")  # fmt: skip
    ids += [post("2").json()["event_id"], post("3").json()["event_id"]]
    wait_until(lambda: begun == ["1", "2", "3"])
    assert len(page._queue) == MAX_WAITING_OF_VISITOR
    gate.set()
    assert '["answered"]' in httpx.get(f"{address}/{ids[-1]}", timeout=HANG_SECONDS).text
    wait_until(lambda: not page._queue._list_waiting() and not page._queue.event_ids_to_events)
    assert page._queue._list_waiting() == []
    assert not page._queue._calls


def test_sessions_of_calls_that_are_over_are_forgotten(held_page, monkeypatch):
    page, address, _, gate = held_page
    monkeypatch.setattr(fair_queue, "MAX_SESSIONS", 3)
    gate.set()
    for number in range(9):
        event_id = httpx.post(address, json={"data": [f"{number}"]}).json()["event_id"]
        assert "answered" in httpx.get(f"{address}/{event_id}", timeout=HANG_SECONDS).text
        page._queue.pending_messages_per_session.clear()  # as where others have come since
    assert len(page._queue.pending_event_ids_session) <= 2 * 3 + 1


@pytest.mark.filterwarnings("ignore::Warning")  # of pandas, for Gradio
def test_queue_reckons_no_statistics(page):
    queue = FairQueue(page)
    records = [{"function": "ask", "status": "success", "process_time": 1.0}]
    assert queue.ANALYTICS_MAX_EVENTS == 1
    for reckoning, known in ((queue, set()), (page._queue, {"ask"})):
        reckoning.events_recorded = 1
        assert set(reckoning.compute_analytics_summary(records)["functions"]) == known


@pytest.fixture
def mailbox(page):
    """A queue that nobody reads, and how a session is given an answer."""
    queue, (function,) = FairQueue(page), page.fns.values()

    def answer(session, value):
        queue.pending_messages_per_session.setdefault(session, asyncio.Queue())
        queue.pending_event_ids_session[session] = {session}
        message = ProcessCompletedMessage(output={"data": [value]}, success=True)
        queue.send_message(queueing.Event(session, function, None, None), message)

    return queue, answer


def test_answers_that_nobody_fetches_are_given_up_the_oldest_first(mailbox):
    queue, answer = mailbox
    for number in range(5):
        answer(f"{number}", orjson.Fragment(b"0" * (MAX_UNREAD_BYTES // 4)))
    first, *others = (queue.pending_messages_per_session[f"{number}"].get_nowait() for number in range(5))
    assert not first.success
    assert "fetch each answer at once" in first.output["error"]
    assert all(message.success for message in others)
    del first, others, queue.pending_messages_per_session["4"]
    answer("5", "x")
    assert [each.session for each in queue._unread] == ["5"]  # what has been read is not counted


def test_so_many_sessions_wait_to_be_read_and_no_more(mailbox, monkeypatch):
    queue, answer = mailbox
    monkeypatch.setattr(fair_queue, "MAX_UNREAD", 10)
    for number in range(12):
        answer(f"{number}", "x")
    assert sorted(queue.pending_messages_per_session, key=int) == [f"{n}" for n in range(2, 12)]
    assert sorted(queue.pending_event_ids_session, key=int) == [f"{n}" for n in range(2, 12)]
    queue.send_message(queueing.Event("0", next(iter(queue.blocks.fns.values())), None, None), None)
