"""Thirty visitors drawing at once: our pad's answers against those of Gradio's own Sketchpad.

    uv run python benchmarks/sketch_load.py [VISITORS] [SECONDS]

Each visitor asks five times a second, but not before the last answer has come, as both pages' scripts do.
Both servers prepare the drawing by the same code and ask the same network. Ours is asked as the pad's script
asks: one request with the strokes. The Sketchpad is asked as its own page asks: three uploads of 280 × 280
pictures (background, layer and both together), an event put into the queue, its answer read off the stream.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import numpy as np
from PIL import Image

from app.components.pad import PAD_SIZE_PX
from app.tabs.sketchpad import build_example
from models.strokes import render_strokes

PERIOD_SECONDS = 0.2
LIMIT_MS = 250
START_SECONDS = 600  # at most, on a machine that is busy
SETTLE_SECONDS = 20  # a server that has just begun imports what it needs later, and so does its spare process
CHECKPOINT = "convnet3"
Ask = Callable[[httpx.AsyncClient, str, int], Awaitable[None]]

SKETCHPAD_APP = f"""
import sys
import gradio as gr
from models.prediction import predict_digit
from models.sketch import digit_from_image

def read(drawing):
    picture = digit_from_image(drawing["composite"], with_stages=False).image
    prediction = predict_digit(picture, "{CHECKPOINT}")
    return {{str(digit): share for digit, share in enumerate(prediction.probabilities.tolist())}}

with gr.Blocks(analytics_enabled=False) as page:
    pad = gr.Sketchpad(canvas_size=({PAD_SIZE_PX}, {PAD_SIZE_PX}), layers=False)
    pad.change(read, pad, gr.Label(), concurrency_limit=None)
page.launch(server_port=int(sys.argv[1]), ssr_mode=False, quiet=True, enable_monitoring=False)
"""


class Server:
    """A server in a process of its own, for the length of a `with`."""

    def __init__(self, arguments: list[str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.address = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, *(argument.replace("PORT", port) for argument in arguments)]

    def __enter__(self) -> dict[str, Any]:
        self._log = tempfile.TemporaryFile()
        environment = {**os.environ, "GRADIO_ANALYTICS_ENABLED": "False"}
        self._process = subprocess.Popen(
            self._command, stdout=self._log, stderr=subprocess.STDOUT, env=environment
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                config: dict[str, Any] = httpx.get(f"{self.address}/config", timeout=60).json()
                return config
            except httpx.TransportError:
                time.sleep(0.1)
        self._log.seek(0)
        said = self._log.read().decode()
        self.__exit__()
        raise RuntimeError(f"the server did not start: {said}")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(timeout=30)
        self._log.close()


def make_pad_visit(address: str, config: dict[str, Any]) -> Ask:
    """Return how a visitor asks our pad's server function."""
    (pad,) = (part for part in config["components"] if part["props"].get("elem_id") == "pad")
    drawings = [build_example(digit) for digit in range(10)]

    async def ask(client: httpx.AsyncClient, session: str, number: int) -> None:
        drawing = {"strokes": drawings[number % 10], "size": PAD_SIZE_PX}
        body = {
            "data": {"drawing": drawing, "checkpoints": [CHECKPOINT]},
            "component_id": pad["id"],
            "fn_name": pad["props"]["server_fns"][0],
            "session_hash": session,
        }
        answer = await client.post(f"{address}/gradio_api/component_server", json=body)
        answer.raise_for_status()
        if json.loads(answer.json())["status"] != "digit":
            raise RuntimeError(f"no digit: {answer.text[:200]}")

    return ask


def make_sketchpad_visit(address: str, config: dict[str, Any]) -> Ask:
    """Return how a visitor's page asks Gradio's Sketchpad."""
    (pad,) = (part for part in config["components"] if part["type"] == "imageeditor")
    fn_index = config["dependencies"][0]["id"]
    pictures = [_draw_png(build_example(digit)) for digit in range(10)]

    async def upload(client: httpx.AsyncClient, session: str, key: str, kind: str, file: bytes) -> None:
        fields = {
            "type": kind, "index": "0" if kind == "layer" else "null", "id": key,
            "component_id": str(pad["id"]), "fn_name": "accept_blobs", "session_hash": session,
        }  # fmt: skip
        answer = await client.post(
            f"{address}/gradio_api/component_server", data=fields, files={"file": ("blob", file)}
        )
        answer.raise_for_status()

    async def ask(client: httpx.AsyncClient, session: str, number: int) -> None:
        key, (paper, ink, both) = f"{session}-{number}", pictures[number % 10]
        parts = (("background", paper), ("layer", ink), ("composite", both))
        await asyncio.gather(*(upload(client, session, key, kind, file) for kind, file in parts))
        value = {"background": None, "layers": [], "composite": None, "id": key}
        body = {"data": [value], "fn_index": fn_index, "trigger_id": pad["id"], "session_hash": session}
        (await client.post(f"{address}/gradio_api/queue/join", json=body)).raise_for_status()
        stream = client.stream("GET", f"{address}/gradio_api/queue/data", params={"session_hash": session})
        async with stream as answer:
            async for line in answer.aiter_lines():
                message = json.loads(line.removeprefix("data:")) if line.startswith("data:") else {}
                if message.get("msg") == "process_completed":
                    if not message["success"] or message["output"]["data"][0]["label"] is None:
                        raise RuntimeError(f"no digit: {line[:200]}")
                    return
        raise RuntimeError("the stream ended without an answer")

    return ask


def _draw_png(strokes: list[list[list[float]]]) -> list[bytes]:
    """Return the paper, the ink and both as PNG files, as the Sketchpad's page sends them."""
    ink = render_strokes([np.array(stroke, np.float32) for stroke in strokes], 16, PAD_SIZE_PX)
    opacity = np.rint(ink * 255).astype(np.uint8)
    black = np.zeros_like(opacity)
    files = []
    for alpha, light in ((255 - black, 255 - black), (opacity, black), (255 - black, 255 - opacity)):
        file = io.BytesIO()
        Image.fromarray(np.dstack([light, light, light, alpha])).save(file, "PNG")
        files.append(file.getvalue())
    return files


async def load_server(ask: Ask, num_visitors: int, seconds: float) -> tuple[list[float], list[str]]:
    """Let visitors draw at once; returns each answer's milliseconds, and the errors."""
    times: list[float] = []
    errors: list[str] = []
    limits = httpx.Limits(max_connections=None)

    async def visit(visitor: int, client: httpx.AsyncClient, end: float) -> None:
        await asyncio.sleep(PERIOD_SECONDS * visitor / num_visitors)  # not all at the same moment
        due, number = time.perf_counter(), 0
        while time.perf_counter() < end:
            started = time.perf_counter()
            try:
                await ask(client, f"visitor{visitor}", number)
                times.append(1000 * (time.perf_counter() - started))
            except (httpx.HTTPError, RuntimeError, KeyError) as error:
                errors.append(f"{type(error).__name__}: {error}")
            number += 1
            due = max(due + PERIOD_SECONDS, time.perf_counter())
            await asyncio.sleep(due - time.perf_counter())

    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        for number in range(3):  # what is loaded once is loaded now
            await ask(client, "first", number)
        end = time.perf_counter() + seconds
        await asyncio.gather(*(visit(visitor, client, end) for visitor in range(num_visitors)))
    return times, errors


def main() -> int:
    """Print the table; the status is 1 if our pad missed the goal."""
    num_visitors = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    wanted = num_visitors * seconds / PERIOD_SECONDS
    with tempfile.TemporaryDirectory() as runs:
        servers = (
            ("our pad", ["-m", "app.cli", "--port", "PORT", "--no-open", "--runs-dir", runs], make_pad_visit),
            ("`gr.Sketchpad`", ["-c", SKETCHPAD_APP, "PORT"], make_sketchpad_visit),
        )
        print(f"{num_visitors} visitors, {1 / PERIOD_SECONDS:g} predictions a second each, {seconds:g} s\n")
        print("| | answers | of those wanted | errors | median ms | 95th percentile ms | slowest ms |")
        print("|---|---:|---:|---:|---:|---:|---:|")
        is_met = True
        for name, command, make_visit in servers:
            server = Server(command)
            with server as config:
                time.sleep(SETTLE_SECONDS)
                ask = make_visit(server.address, config)
                times, errors = asyncio.run(load_server(ask, num_visitors, seconds))
            median, late = np.quantile(times, [0.5, 0.95]) if times else (np.nan, np.nan)
            print(
                f"| {name} | {len(times):,} | {len(times) / wanted:.0%} | {len(errors)} "
                f"| {median:.0f} | {late:.0f} | {max(times, default=np.nan):.0f} |",
                flush=True,
            )
            for error in sorted(set(errors))[:3]:
                print(f"  {error}", file=sys.stderr)
            if make_visit is make_pad_visit:
                is_met = not errors and bool(late <= LIMIT_MS)
    print(f"\nThe goal, no error and a 95th percentile of {LIMIT_MS} ms, is {'met' if is_met else 'missed'}.")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
