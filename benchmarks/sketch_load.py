"""Visitors drawing at once: our pad's answers against those of Gradio's own Sketchpad.

    uv run python benchmarks/sketch_load.py [VISITORS …] [--seconds SECONDS] [--save]

Each visitor asks five times a second, but not before the last answer has come, as both pages' scripts do.
Both servers prepare the drawing by the same code and ask the same network; they are loaded in turn, and the
one that is not is halted. Ours is asked as the pad's script asks: one request with the strokes. The Sketchpad
is asked as its own page asks: three uploads of 280 × 280 images (background, layer and both together), an
event put into the queue, its answer read off the stream.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import numpy as np
from PIL import Image

from app.sketchpad.tab import build_example
from app.ui.drawing import PAD_SIZE_PX
from benchmarks.measurements import save_measurement
from benchmarks.server import Server, serve_glassbox
from benchmarks.sketchpad_app import CHECKPOINT
from benchmarks.tables import write_table
from models.data.strokes import render_strokes

VISITORS = (1, 10, 30)
ROUNDS = 2
PERIOD_SECONDS = 0.2
LIMIT_MS = 250
SETTLE_SECONDS = 20  # a server that has just begun imports what it needs later, and so does its spare process
OURS, THEIRS = "our pad", "`gr.Sketchpad`"
Ask = Callable[[httpx.AsyncClient, str, int], Awaitable[None]]


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
    images = [_draw_png(build_example(digit)) for digit in range(10)]

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
        key, (paper, ink, both) = f"{session}-{number}", images[number % 10]
        parts = (("background", paper), ("layer", ink), ("composite", both))
        await asyncio.gather(*(upload(client, session, key, kind, file) for kind, file in parts))
        value: dict[str, Any] = {"background": None, "layers": [], "composite": None, "id": key}
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


class Load(NamedTuple):
    """What one server answered to one number of visitors."""

    times: list[float]  # milliseconds, one an answer
    errors: list[str]


def measure_loads(numbers: list[int], seconds: float) -> dict[tuple[int, str], Load]:
    """Load our server and Gradio's in turn, while the other is halted, `ROUNDS` times for each number."""
    loads = {(number, who): Load([], []) for number in numbers for who in (OURS, THEIRS)}
    with (
        tempfile.TemporaryDirectory() as runs,
        serve_glassbox(runs) as ours,
        Server([str(Path(__file__).with_name("sketchpad_app.py")), "PORT"]) as theirs,
    ):
        time.sleep(SETTLE_SECONDS)
        sides = [
            (OURS, make_pad_visit(ours.address, ours.config), theirs),
            (THEIRS, make_sketchpad_visit(theirs.address, theirs.config), ours),
        ]
        for number in numbers:
            for turn in range(ROUNDS):
                for who, ask, other in sides[:: -1 if turn % 2 else 1]:
                    with other.halted():
                        times, errors = asyncio.run(load_server(ask, number, seconds / ROUNDS))
                    loads[number, who].times.extend(times)
                    loads[number, who].errors.extend(errors)
                    for error in sorted(set(errors))[:3]:
                        print(f"  {who}: {error}", file=sys.stderr)
    return loads


def summarise_load(num_visitors: int, who: str, load: Load, seconds: float) -> dict[str, Any]:
    """Return a row of the table."""
    median, late = np.quantile(load.times, [0.5, 0.95]) if load.times else (np.nan, np.nan)
    return {
        "visitors": num_visitors,
        "who": who,
        "answers": len(load.times),
        "wanted": round(num_visitors * seconds / PERIOD_SECONDS),
        "errors": len(load.errors),
        "median_ms": round(float(median), 1),
        "late_ms": round(float(late), 1),
        "slowest_ms": round(float(max(load.times, default=np.nan)), 1),
    }


def main() -> int:
    """Print the table; the status is 1 if our pad missed the goal."""
    parser = argparse.ArgumentParser(description="Visitors drawing at once: our pad and Gradio's Sketchpad")
    parser.add_argument("visitors", nargs="*", type=int, help="how many at once, one after the other")
    parser.add_argument("--seconds", type=float, default=16.0, help="for each side and number of visitors")
    parser.add_argument("--save", action="store_true", help="keep what was measured")
    options = parser.parse_args()
    loads = measure_loads(options.visitors or list(VISITORS), options.seconds)
    rows = [summarise_load(*key, load, options.seconds) for key, load in loads.items()]
    print(write_table("sketch_load", rows))
    if options.save:
        save_measurement("sketch_load", rows)
    ours = [row for row in rows if row["who"] == OURS]
    is_met = all(not row["errors"] and row["late_ms"] <= LIMIT_MS for row in ours)
    print(f"\nThe goal, no error and a 95th percentile of {LIMIT_MS} ms, is {'met' if is_met else 'missed'}.")
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
