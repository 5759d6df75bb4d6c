"""One visitor who sends without pause, beside another: how soon the other's pad and `/convolve` answer.

    uv run python -m benchmarks.noisy_visitor [KIND …] [--seconds SECONDS] [--save]

The server has a process of its own, and so has the visitor who sends: one kind of call at a time, so many at
once; as soon as one is answered or refused the next one goes out. The other one draws five times a second and
calls `/convolve` with a small image once a second. Both come from this machine and are told apart as behind a
proxy, by the address that they are forwarded for.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import httpx
import numpy as np
from PIL import Image

from app.sketchpad.tab import build_example
from app.ui.drawing import PAD_SIZE_PX
from benchmarks.measurements import save_measurement
from benchmarks.server import serve_glassbox
from benchmarks.tables import write_table

PAD_LIMIT_MS = 250
CONVOLVE_LIMIT_MS = 2_000
PAD_PERIOD_SECONDS = 0.2
CONVOLVE_PERIOD_SECONDS = 1.0
SETTLE_SECONDS = 20  # a server that has just begun imports what it needs later, and so does its spare process
REST_SECONDS = 2  # after each kind, for what still runs
TIMEOUT_SECONDS = 60
CHECKPOINT = "sketchpad"
SIX = ["sketchpad", "glassnet", "convnet", "convnet2", "convnet3", "convnet4"]
MANY_DIGITS = 500


class Request(NamedTuple):
    """A request: for an endpoint's result, a component's function, or the page, with the body as JSON."""

    way: str  # "call", "component" or "page"
    name: str
    body: bytes


class Noise(NamedTuple):
    """What the visitor sends, and how many at once."""

    text: str
    request: Callable[[dict[str, Any]], Request]
    num_at_once: int


def _call(name: str, *values: Any) -> Request:
    return Request("call", name, json.dumps({"data": list(values)}).encode())


def _call_by_name(name: str, **values: Any) -> Request:
    return Request("call", f"v2/{name}", json.dumps(values).encode())


def _ask(config: dict[str, Any], elem_id: str, function: str, data: Any) -> Request:
    (part,) = (part for part in config["components"] if part["props"].get("elem_id") == elem_id)
    assert function in part["props"]["server_fns"]
    body = {"data": data, "component_id": part["id"], "fn_name": function, "session_hash": "noisyvisitor"}
    return Request("component", function, json.dumps(body).encode())


def _ask_pad(config: dict[str, Any], drawing: Any, checkpoints: list[str]) -> Request:
    return _ask(config, "pad", "predict", {"drawing": drawing, "checkpoints": checkpoints})


def _draw(digit: int) -> dict[str, Any]:
    return {"strokes": build_example(digit), "size": PAD_SIZE_PX}


def _draw_large_image(side_px: int) -> dict[str, Any]:
    image = Image.new("L", (side_px, side_px), 255)
    image.paste(0, (side_px // 2, side_px // 4, side_px // 2 + side_px // 20, 3 * side_px // 4))
    file = io.BytesIO()
    image.save(file, "PNG")
    return {"picture": f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"}


def _draw_many(number: int) -> list[dict[str, Any]]:
    return [{**_draw(digit % 10), "label": digit % 10} for digit in range(number)]


def _make_image(side_px: int) -> list[list[float]]:
    image: list[list[float]] = np.random.default_rng(0).random((side_px, side_px)).round(3).tolist()
    return image


KERNEL = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
WHY = {"drawing": _draw(8), "checkpoint": CHECKPOINT}
NOISES: dict[str, Noise] = {
    "nothing": Noise("nothing", lambda config: Request("page", "", b""), 0),
    "descend": Noise(
        "`/descend`, 100,000 steps",
        lambda config: _call_by_name("descend", problem="valley", lr=1e-4, steps=100_000),
        4,
    ),
    "alexnet": Noise("`/architecture` of AlexNet", lambda config: _call("architecture", "alexnet"), 8),
    "convolve": Noise(
        "`/convolve`, 512 × 512",
        lambda config: _call_by_name("convolve", image=_make_image(512), kernel=KERNEL),
        4,
    ),
    "pool": Noise(
        "`/pool`, 512 × 512",
        lambda config: _call_by_name("pool", image=_make_image(512)),
        4,
    ),
    "image": Noise(
        "an image of 4,096 × 4,096 px on the pad",
        lambda config: _ask_pad(config, _draw_large_image(4096), [CHECKPOINT]),
        8,
    ),
    "six": Noise("six networks on the pad", lambda config: _ask_pad(config, _draw(8), SIX), 8),
    "why": Noise("maps of why", lambda config: _ask(config, "why", "explain", {**WHY, "patch": 3}), 8),
    "counterfactual": Noise(
        "a counterfactual", lambda config: _ask(config, "why", "turn", {**WHY, "target": 0}), 8
    ),
    "autopsy": Noise(
        "the preparation's steps", lambda config: _ask(config, "preparation", "prepare", WHY), 8
    ),
    "digits": Noise(
        "500 kept digits",
        lambda config: _ask(
            config, "my-digits", "score", {"key": CHECKPOINT, "digits": _draw_many(MANY_DIGITS)}
        ),
        8,
    ),
    "page": Noise("the page itself", lambda config: Request("page", "", b""), 8),
    "bodies": Noise(
        "bodies of 4 MB", lambda config: _call_by_name("pool", image=[[0.123456789] * 320_000]), 4
    ),
}


async def send(client: httpx.AsyncClient, request: Request) -> str:
    """Send a request, read what comes of it to its end, and return its last bytes."""
    if request.way == "page":
        return await _read_end(client, "GET", "/", b"")
    if request.way == "component":
        return await _read_end(client, "POST", "/gradio_api/component_server", request.body)
    answer = await client.post(f"/gradio_api/call/{request.name}", content=request.body, headers=_JSON)
    if answer.status_code >= 400:
        raise httpx.HTTPStatusError(answer.text[:200], request=answer.request, response=answer)
    event_id = answer.json()["event_id"]
    text = await _read_end(client, "GET", f"/gradio_api/call/{request.name}/{event_id}", b"")
    return text


_JSON = {"content-type": "application/json"}


async def _read_end(client: httpx.AsyncClient, method: str, path: str, body: bytes) -> str:
    end = b""
    async with client.stream(method, path, content=body or None, headers=_JSON if body else {}) as answer:
        async for part in answer.aiter_raw():
            end = (end + part)[-2_000:]
        if answer.status_code >= 400:
            raise httpx.HTTPStatusError(repr(end[:200]), request=answer.request, response=answer)
    return end.decode(errors="replace")


def connect(address: str, forwarded_for: str) -> httpx.AsyncClient:
    """Return a client whose requests come from an address, as behind a proxy on this machine."""
    headers = {"x-forwarded-for": forwarded_for, "accept-encoding": "identity"}
    limits = httpx.Limits(max_connections=None)
    return httpx.AsyncClient(base_url=address, headers=headers, timeout=TIMEOUT_SECONDS, limits=limits)


def send_without_pause(address: str, request: Request, num_at_once: int, pipe: Any) -> None:
    """Send so many at once until the process is told to end; tells how many were answered and refused."""

    async def flood() -> tuple[int, int]:
        counts = {True: 0, False: 0}
        is_over = asyncio.Event()

        async def send_again() -> None:
            while not is_over.is_set():
                try:
                    await send(client, request)
                    counts[True] += 1
                except httpx.HTTPError:
                    counts[False] += 1

        async with connect(address, "192.0.2.1") as client:
            sending = [asyncio.create_task(send_again()) for _ in range(num_at_once)]
            pipe.send("sending")
            await asyncio.to_thread(pipe.recv)
            is_over.set()
            for task in sending:
                task.cancel()
            await asyncio.gather(*sending, return_exceptions=True)
        return counts[True], counts[False]

    pipe.send(asyncio.run(flood()))


class Waits(NamedTuple):
    """What the other visitor waited for, in milliseconds."""

    pad: list[float]
    convolve: list[float]
    errors: list[str]


async def visit(address: str, config: dict[str, Any], seconds: float) -> Waits:
    """Draw and call for so long."""
    waits = Waits([], [], [])
    end = time.perf_counter() + seconds
    drawings = [_ask_pad(config, _draw(digit), [CHECKPOINT]) for digit in range(10)]
    convolve = _call_by_name("convolve", image=_make_image(12), kernel=KERNEL)

    async def ask(times: list[float], period: float, choose: Callable[[int], Request], good: str) -> None:
        due, number = time.perf_counter(), 0
        while time.perf_counter() < end:
            started = time.perf_counter()
            try:
                text = await send(client, choose(number))
                times.append(1000 * (time.perf_counter() - started))
                if good not in text:
                    waits.errors.append(text[:200])
            except httpx.HTTPError as error:
                waits.errors.append(f"{type(error).__name__}: {error}")
                times.append(1000 * (time.perf_counter() - started))
            number += 1
            due = max(due + period, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())

    async with connect(address, "192.0.2.2") as client:
        asking: list[Awaitable[None]] = [
            ask(waits.pad, PAD_PERIOD_SECONDS, lambda number: drawings[number % 10], "milliseconds"),
            ask(waits.convolve, CONVOLVE_PERIOD_SECONDS, lambda number: convolve, "max_difference"),
        ]
        await asyncio.gather(*asking)
    return waits


def measure_kind(address: str, config: dict[str, Any], noise: Noise, seconds: float) -> dict[str, Any]:
    """Let one visitor send a kind of request while another one draws; returns a row of the table."""
    context = multiprocessing.get_context("spawn")
    pipe, theirs = context.Pipe()
    arguments = (address, noise.request(config), noise.num_at_once, theirs)
    process = context.Process(target=send_without_pause, args=arguments)
    process.start()
    theirs.close()  # so that its end is noticed
    try:
        pipe.recv()
        time.sleep(1)  # until it is in full swing
        waits = asyncio.run(visit(address, config, seconds))
        pipe.send("enough")
        answered, refused = pipe.recv()
    finally:
        process.join(10)
        process.kill()
    for error in sorted(set(waits.errors))[:3]:
        print(f"  beside {noise.text}: {error}", file=sys.stderr)
    return {
        "noise": noise.text,
        "at_once": noise.num_at_once,
        "answered": answered,
        "refused": refused,
        "errors": len(waits.errors),
        "pad_median_ms": round(float(np.median(waits.pad)), 1),
        "pad_late_ms": round(float(np.quantile(waits.pad, 0.95)), 1),
        "convolve_median_ms": round(float(np.median(waits.convolve)), 1),
        "convolve_slowest_ms": round(max(waits.convolve), 1),
    }


def main() -> int:
    """Print the table; the status is 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description="A visitor's answers beside one who sends without pause")
    parser.add_argument("kinds", nargs="*", choices=[*NOISES, []], help="what is sent; default: each in turn")
    parser.add_argument("--seconds", type=float, default=8.0, help="for each kind")
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as runs, serve_glassbox(runs) as server:
        time.sleep(SETTLE_SECONDS)
        for kind in options.kinds or NOISES:
            rows.append(measure_kind(server.address, server.config, NOISES[kind], options.seconds))
            print(rows[-1], file=sys.stderr)
            time.sleep(REST_SECONDS)
    print(write_table("noisy_visitor", rows))
    if options.save:
        save_measurement("noisy_visitor", rows, key="noise" if options.kinds else None)
    is_met = all(
        not row["errors"]
        and row["pad_late_ms"] <= PAD_LIMIT_MS
        and row["convolve_slowest_ms"] <= CONVOLVE_LIMIT_MS
        for row in rows
    )
    print(f"\nThe goals, {PAD_LIMIT_MS} ms and {CONVOLVE_LIMIT_MS} ms, are {'met' if is_met else 'missed'}.")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
