"""Requests that compute wait for their turn, and are refused where there is no room to wait."""

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest

from app.server import arrivals
from app.server.admission import DIRECT_BOUNDS, Admission
from app.server.refusals import MAX_BODY_BYTES
from app.server.turns import MAX_WAITING, MAX_WAITING_OF_ADDRESS, MAX_WAITING_OF_VISITOR, BusyError, Turns
from tests.running import run
from tests.served_memory import find_server, read_memory
from tests.waiting import HANG_SECONDS, wait_until

DIRECT, JOINING = "/gradio_api/component_server", "/gradio_api/call/pool"
FLOODER, NEIGHBOUR = {"x-forwarded-for": "192.0.2.1"}, {"x-forwarded-for": "192.0.2.2"}
JSON = {"content-type": "application/json"}
MAX_GROWTH_MB = 300


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
        assert len(stage.bodies) == 1
        assert not stage.admission._bodies.list_calls()

    run(send())


class Idler:
    """A visitor who opens requests and sends no body."""

    def __init__(self, stage, address, path=DIRECT, num_bytes=10):
        self.statuses, self.stage = [], stage
        self.scope = {"type": "http", "method": "POST", "path": path, "client": (address, 1),
                      "headers": [(b"content-length", b"%d" % num_bytes)]}  # fmt: skip

    def open(self, num):
        async def send(message):
            if message["type"] == "http.response.start":
                self.statuses.append(message["status"])

        return [
            asyncio.create_task(self.stage.admission(self.scope, asyncio.Event().wait, send))
            for _ in range(num)
        ]


@pytest.mark.parametrize("path", [DIRECT, JOINING])
def test_bodies_that_do_not_come_are_given_up(monkeypatch, path):
    monkeypatch.setattr(arrivals, "ARRIVAL_SECONDS", 0.05)

    async def idle():
        stage = Stage()
        idler = Idler(stage, "a", path)
        await asyncio.gather(*idler.open(2 * MAX_WAITING_OF_VISITOR))
        assert idler.statuses == [408] * 2 * MAX_WAITING_OF_VISITOR
        assert not stage.bodies

    run(idle())


@pytest.mark.parametrize("path", [DIRECT, JOINING])
@pytest.mark.parametrize(
    ("num", "num_bytes"), [(MAX_WAITING_OF_ADDRESS, 10), (MAX_WAITING_OF_ADDRESS, 2**20)]
)
def test_bodies_that_do_not_come_shut_out_nobody(monkeypatch, path, num, num_bytes):
    """Neither another address nor, behind one address, a whole class; those that came first give way."""
    monkeypatch.setattr(arrivals, "UNDISTURBED_SECONDS", arrivals.ARRIVAL_SECONDS)

    async def idle():
        turns = Turns(DIRECT_BOUNDS)
        stage = Stage(turns.check_room)
        stage.gate.set()
        idlers = [Idler(stage, address, path, num_bytes) for address in ("a", "b", "c")]
        tasks = [task for idler in idlers for task in idler.open(num)]
        await rest()
        status, *_ = await stage.ask("d", b" " * num_bytes, path=path)
        assert status == 503  # at first, those may be just on their way
        monkeypatch.setattr(arrivals, "UNDISTURBED_SECONDS", 0.0)
        for address in ("a", "d"):
            asking = [stage.ask(address, b" " * num_bytes, path=path) for _ in range(MAX_WAITING_OF_VISITOR)]
            answers = await asyncio.gather(*asking)
            assert {status for status, *_ in answers} == {200}
        assert len([task for task in tasks if not task.done()]) < MAX_WAITING
        assert {status for idler in idlers for status in idler.statuses} <= {429, 503}
        for task in tasks:
            task.cancel()

    run(idle())


def test_who_waits_gives_way_to_nobody_and_no_body_gives_way_in_vain():
    async def flood():
        stage = Stage()
        (arriving,) = Idler(stage, "b").open(1)
        asking = [
            asyncio.create_task(stage.ask("a", b'{"session_hash": "%d"}' % (number // 10)))
            for number in range(MAX_WAITING_OF_ADDRESS + DIRECT_BOUNDS.running_of_address)
        ]
        await rest()
        assert (await stage.ask("a"))[0] == 429
        assert not arriving.done()
        arriving.cancel()
        stage.gate.set()
        assert {(await each)[0] for each in asking} == {200}

    run(flood())


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


def test_served_page_answers_beside_hundreds_of_requests_without_their_body(served_page):
    to = urlsplit(served_page)
    head = "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: 90\r\n"
    small = json.dumps({"image": [[1, 2], [3, 4]], "kernel": [[1]]}).encode()
    with ExitStack() as open_connections:
        for number in range(2 * (MAX_WAITING_OF_ADDRESS + 10)):
            path = ("/gradio_api/call/v2/convolve", DIRECT)[number // 2 % 2]
            connection = socket.create_connection((to.hostname, to.port), timeout=HANG_SECONDS)
            open_connections.enter_context(connection)
            forwarded = f"X-Forwarded-For: 192.0.2.{1 + number % 2}\r\n\r\n"
            connection.sendall((head.format(path=path, host=to.netloc) + forwarded).encode())

        def ask(visitor):
            status, text = call_by_name(served_page, "convolve", small, visitor)
            assert status in (429, 503) or "max_difference" in text
            return status == 200

        for visitor in (FLOODER, {"x-forwarded-for": "192.0.2.3"}):
            wait_until(partial(ask, visitor))  # within a second, the others may be just on their way


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
