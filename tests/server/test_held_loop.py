"""Nothing that a stranger sends keeps everybody waiting: no step of the loop that answers takes 50 ms."""

import json
import re
import subprocess
import sys
import time

import httpx
import numpy as np
import pytest

from models.inspection.window import MAX_IMAGE_PX
from models.sketch.drawings import MAX_DRAWINGS, MAX_TOTAL_POINTS
from models.sketch.pen_strokes import MAX_POINTS, MAX_STROKES
from tests.conftest import find_free_port, wait_until_served
from tests.server.test_request_bounds import make_points, post
from tests.waiting import HANG_SECONDS

MAX_HELD_MS = 50


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Ask a page whose log says which steps of its loop took long; get the longest in milliseconds."""
    log = tmp_path_factory.mktemp("watched") / "log.txt"
    port = find_free_port()
    with log.open("wb") as file:
        command = [sys.executable, "-m", "tests.server.watched_loop", f"{port}"]
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    wait_until_served(address, process, log)
    time.sleep(10)  # what the first visitor would wait for is imported meanwhile

    def ask(path, content):
        before = len(log.read_text())
        answer = post(address, path, content)
        if "event_id" in answer.text:
            httpx.get(f"{address}/gradio_api/{path}/{answer.json()['event_id']}", timeout=HANG_SECONDS)
        return max(map(int, re.findall(r"held (\d+) ms", log.read_text()[before:])), default=0)

    yield ask
    process.terminate()
    process.wait(timeout=HANG_SECONDS)


def write(data):
    return json.dumps(data, separators=(",", ":")).encode()


def write_image():
    pixels = np.random.default_rng(0).integers(0, 256, (MAX_IMAGE_PX, MAX_IMAGE_PX))
    return write({"image": pixels.tolist(), "kernel": [[1, 0, -1]] * 3})


def write_digits():
    digits = [{"strokes": [points]} for points in make_points(MAX_DRAWINGS, MAX_TOTAL_POINTS)]
    return write({"component_id": 1, "fn_name": "x", "session_hash": "s", "data": {"digits": digits}})


SENT = {
    "the largest image": ("call/v2/convolve", write_image),
    "the longest drawing": (
        "call/v2/predict",
        lambda: write({"strokes": make_points(MAX_STROKES, MAX_POINTS)}),
    ),
    "the most kept drawings": ("component_server", write_digits),
    "as many lists as may be": ("call/pool", lambda: b'{"data":[' + b"[]," * 24_000 + b"[]]}"),
    "as many values": ("call/pool", lambda: b'{"data":[[' + b"0.123456," * 299_000 + b"0]]}"),
    "as many texts": (
        "call/pool",
        lambda: write({"data": [{f"k{number}": "a" for number in range(12_000)}]}),
    ),
    "as many nested": (
        "call/pool",
        lambda: b'{"data":[' + b",".join([b"[" * 16 + b"]" * 16] * 1_500) + b"]}",
    ),
    "lists without end": ("call/pool", lambda: b'{"data":[[' + b"[]," * 1_390_000 + b"[]]]}"),
    "nested without end": ("component_server", lambda: b"[" * 200_000),
}


@pytest.mark.release
@pytest.mark.parametrize("name", SENT)
def test_request_holds_up_nobody(watched, name):
    path, write_body = SENT[name]
    body = write_body()
    assert min(watched(path, body) for _ in range(3)) <= MAX_HELD_MS
