"""Requests that compute wait for their turn, and are refused where there is no room to wait."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from app.server import admission as admission_module
from app.server.admission import DIRECT_BOUNDS, Admission
from app.server.refusals import MAX_BODY_BYTES
from app.server.turns import MAX_WAITING_OF_VISITOR, BusyError
from tests.served_memory import find_server, read_memory

DIRECT, JOINING = "/gradio_api/component_server", "/gradio_api/call/pool"
FLOODER, NEIGHBOUR = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
JSON = {"content-type": "application/json"}
MAX_GROWTH_MB = 300


def run(coroutine):
    with ThreadPoolExecutor() as pool:  # the browser tests leave this thread with a loop of their own
        return pool.submit(asyncio.run, coroutine).result()


class Stage:
    """An app that holds every request until it is let go, behind `Admission`."""

    def __init__(self, check_queue=lambda call, others: None):
        self.bodies, self.begun, self.gate = [], [], asyncio.Event()
        self.admission = Admission(self.answer, check_queue)

    async def answer(self, scope, receive, send):
        message = await receive()
        self.begun.append(scope["client"][0])
        self.bodies.append(message)
        await self.gate.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"done"})

    async def ask(self, address, body=b"{}", path=DIRECT, parts=1, leaves=None):
        """Send a request; returns status, headers and body of its answer, or None if it was left."""
        pieces = [body[i::parts] for i in range(parts)] if parts > 1 else [body]
        messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        messages[-1]["more_body"] = False
        sent = []

        async def receive():
            if messages:
                return messages.pop(0)
            await (leaves or asyncio.Event()).wait()
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)

        scope = {"type": "http", "method": "POST", "path": path, "client": (address, 1),
                 "headers": [(b"content-length", str(len(body)).encode())]}  # fmt: skip
        await self.admission(scope, receive, send)
        return (sent[0]["status"], dict(sent[0]["headers"]), sent[1]["body"]) if sent else None


async def rest():
    """Let everything go on until it waits."""
    for _ in range(50):
        await asyncio.sleep(0)


def test_one_visitors_flood_leaves_a_place_to_another():
    async def flood():
        stage = Stage()
        asking = [asyncio.create_task(stage.ask("a")) for _ in range(MAX_WAITING_OF_VISITOR)]
        await rest()
        assert stage.begun == ["a"] * DIRECT_BOUNDS.running_of_visitor
        asking.append(asyncio.create_task(stage.ask("b")))
        await rest()
        assert stage.begun[-1] == "b"
        stage.gate.set()
        assert {(await each)[0] for each in asking} == {200}
        assert not stage.admission._running
        assert not stage.admission._waiting

    run(flood())


def test_sessions_of_one_address_take_turns():
    async def flood():
        stage = Stage()
        bodies = [b'{"session_hash": "one"}'] * 10 + [b'{"data": 1, "session_hash":"two"}']
        asking = [asyncio.create_task(stage.ask("a", body)) for body in bodies]
        await rest()
        assert [message["body"] for message in stage.bodies] == [bodies[0], bodies[0], bodies[-1]]
        stage.gate.set()
        await asyncio.gather(*asking)

    run(flood())


@pytest.mark.parametrize("path", [DIRECT, "/gradio_api/component_server/", "/gradio_api/run/pool"])
def test_one_too_many_is_told_when_to_come_again(path):
    async def flood():
        stage = Stage()
        room = MAX_WAITING_OF_VISITOR + DIRECT_BOUNDS.running_of_visitor
        asking = []
        for _ in range(room):
            asking.append(asyncio.create_task(stage.ask("a", path=path)))
            await rest()
        status, headers, body = await stage.ask("a", path=path)
        assert status == 429
        assert json.loads(body)["detail"] == f"Busy, try again in {headers[b'retry-after'].decode()} s."
        stage.gate.set()
        assert {(await each)[0] for each in asking} == {200}

    run(flood())


def test_who_leaves_while_waiting_is_not_computed_for():
    async def leave():
        stage, leaves = Stage(), asyncio.Event()
        staying = [asyncio.create_task(stage.ask("a")) for _ in range(DIRECT_BOUNDS.running_of_visitor)]
        await rest()
        gone = asyncio.create_task(stage.ask("a", leaves=leaves))
        await rest()
        leaves.set()
        assert await gone is None
        assert not stage.admission._waiting
        stage.gate.set()
        await asyncio.gather(*staying)
        assert len(stage.begun) == len(staying)

    run(leave())


def test_body_in_parts_arrives_whole_and_one_broken_off_is_told_as_such():
    async def send():
        stage = Stage()
        stage.gate.set()
        await stage.ask("a", b"abcd", parts=2)
        assert stage.bodies[-1] == {"type": "http.request", "body": b"acbd", "more_body": False}

        async def receive():
            return {"type": "http.disconnect"}

        scope = {"type": "http", "method": "POST", "path": DIRECT, "client": ("a", 1), "headers": []}
        await stage.admission(scope, receive, lambda message: asyncio.sleep(0))
        assert stage.bodies[-1] == {"type": "http.disconnect"}
        assert not stage.admission._arriving

    run(send())


def test_bodies_that_do_not_come_are_given_up_and_shut_out_nobody_of_their_address(monkeypatch):
    monkeypatch.setattr(admission_module, "ARRIVAL_SECONDS", 0.05)

    async def idle():
        stage = Stage()
        stage.gate.set()
        scope = {"type": "http", "method": "POST", "path": DIRECT, "client": ("a", 1),
                 "headers": [(b"content-length", b"10")]}  # fmt: skip
        idling = [
            asyncio.create_task(stage.admission(scope, asyncio.Event().wait, None))
            for _ in range(2 * MAX_WAITING_OF_VISITOR)
        ]
        await asyncio.sleep(0)
        assert (await stage.ask("a"))[0] == 200
        done, _ = await asyncio.wait(idling)
        assert not stage.admission._arriving
        assert len(done) == len(idling)

    run(idle())


def test_calls_on_their_way_into_the_queue_count():
    def check(call, others):
        if len(others) == 2:
            raise BusyError(503, 7)

    async def flood():
        stage = Stage(check)
        asking = [asyncio.create_task(stage.ask("a", path=JOINING)) for _ in range(2)]
        await rest()
        status, headers, _ = await stage.ask("b", path=JOINING)
        assert (status, headers[b"retry-after"]) == (503, b"7")
        stage.gate.set()
        await asyncio.gather(*asking)
        assert (await stage.ask("b", path=JOINING))[0] == 200

    run(flood())


def call_by_name(address, name, body, visitor):
    """Call an endpoint as a program does; returns status and what came of it."""
    path = f"{address}/gradio_api/call/v2/{name}"
    answer = httpx.post(path, content=body, headers=visitor | JSON, timeout=300)
    if answer.status_code == 200:
        answer_path = f"{path}/{answer.json()['event_id']}"
        return 200, httpx.get(answer_path, headers=visitor, timeout=300).text
    assert answer.headers["retry-after"].isdigit()
    return answer.status_code, answer.json()["detail"]


def test_flood_of_the_queue_delays_no_other_visitor_and_leaves_no_memory(served_page):
    """Forty calls of almost 4 MB at once, whose images are too large."""
    server, num_calls = find_server(served_page), 40
    large = json.dumps({"image": [[0.12345678901] * 290_000]}, separators=(",", ":")).encode()
    small = json.dumps({"image": [[1, 2], [3, 4]], "kernel": [[1]]}).encode()
    assert MAX_BODY_BYTES // 2 < len(large) <= MAX_BODY_BYTES

    def flood():
        try:
            status, text = call_by_name(served_page, "pool", large, FLOODER)
        except httpx.TransportError:  # the answer was there before the body had been sent
            return
        assert ("512" in text) if status == 200 else text.startswith("Busy, try again in "), text

    def convolve():
        status, text = call_by_name(served_page, "convolve", small, NEIGHBOUR)
        assert status == 200
        assert "max_difference" in text

    convolve()  # what is loaded once is loaded now
    before = read_memory(server)
    with ThreadPoolExecutor(num_calls) as pool:
        flooding = [pool.submit(flood) for _ in range(num_calls)]
        convolve()
        for each in flooding:
            each.result()
    convolve()
    assert read_memory(server) < before + MAX_GROWTH_MB
