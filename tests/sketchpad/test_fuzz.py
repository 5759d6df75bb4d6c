"""A thousand drawings that no pad would send: each is answered clearly, and none leaves anything behind."""

import base64
import copy
import gc
import io
import json
import random
import struct
import zlib
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
from PIL import Image

from app.api.endpoints import predict
from app.sketchpad.tab import build_example
from app.sketchpad.view import answer_request

NUM_PAYLOADS = 500  # for each of the two ways in
MAX_GROWTH_MB = 60  # once everything that is loaded once has been
NASTY = [
    None, True, False, 0, -1, 1e308, -1e308, 10**400, -(10**400), float("nan"), float("inf"), -float("inf"),
    2**63, 1e-320, 280, 280.0001, -280, 560, 561, "", "0", "NaN", "\0", "é😀" * 9, "x" * 5000, [1] * 3000,
    "../../etc/passwd", [], {}, [[]], [[[]]], [None], {"strokes": []}, {"picture": ""}, [[[0, 0]]], [[1, 2]],
]  # fmt: skip


def nest(depth, rng):
    """A list in a list in a list, or the like in dictionaries."""
    value = rng.choice(NASTY)
    for _ in range(depth):
        value = [value] if rng.random() < 0.8 else {rng.choice(["strokes", "picture", "x"]): value}
    return value


def make_json(rng, depth=4):
    """Any small JSON."""
    if depth == 0 or rng.random() < 0.4:
        return rng.choice(NASTY)
    if rng.random() < 0.7:
        return [make_json(rng, depth - 1) for _ in range(rng.randrange(4))]
    names = ["drawing", "strokes", "picture", "checkpoints", "size", "__class__", ""]
    return {rng.choice(names): make_json(rng, depth - 1) for _ in range(rng.randrange(4))}


def mutate(value, rng):
    """A drawing with one thing in it replaced, doubled, removed or wrapped."""
    value = copy.deepcopy(value)
    parent, key = {"root": value}, "root"
    while isinstance(parent[key], list | dict) and parent[key] and rng.random() < 0.85:
        parent = parent[key]
        key = rng.choice(list(parent)) if isinstance(parent, dict) else rng.randrange(len(parent))
    if isinstance(parent, dict) and key == "root":
        return rng.choice(NASTY)
    choice = rng.random()
    if choice < 0.6:
        parent[key] = rng.choice(NASTY)
    elif choice < 0.75:
        parent[key] = nest(rng.choice([1, 3, 400]), rng)
    elif choice < 0.85 and isinstance(parent, list):
        parent.extend([parent[key]] * rng.choice([1, 600]))
    elif choice < 0.95:
        del parent[key]
    else:
        parent[key] = [parent[key], parent[key]]
    return value


def make_chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def make_png(width, height, rows=None):
    """A PNG that claims a size, with fewer rows than it claims if wanted."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(bytes((width + 1) * (height if rows is None else rows)), 9)
    return (
        b"\x89PNG\r\n\x1a\n"
        + make_chunk(b"IHDR", header)
        + make_chunk(b"IDAT", data)
        + make_chunk(b"IEND", b"")
    )


def make_files():
    """Whole image files, harmless and not."""
    drawing = Image.fromarray((np.random.default_rng(0).random((60, 60)) > 0.8).astype(np.uint8) * 255)
    files = []
    for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"):
        file = io.BytesIO()
        drawing.save(file, kind)
        files.append(file.getvalue())
    frames = io.BytesIO()
    drawing.save(frames, "GIF", save_all=True, append_images=[drawing.rotate(i) for i in range(40)])
    return [
        *files, frames.getvalue(),
        make_png(30_000, 30_000, 1), make_png(100_000, 1, 0), make_png(0, 0), make_png(5000, 5000, 10),
        make_png(4096, 4096, 16), make_png(2**31 - 1, 2**31 - 1, 1), make_png(8, 8, 0),
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", b"<svg/>", b"%PDF-1.7", b"II*\0",
    ]  # fmt: skip


def make_image(rng, files):
    """What stands where a data URL should."""
    content = bytearray(rng.choice(files))
    if content and rng.random() < 0.5:  # damage
        for _ in range(rng.choice([1, 8])):
            content[rng.randrange(len(content))] = rng.randrange(256)
    if rng.random() < 0.2:
        content = content[: rng.randrange(len(content) + 1)]
    text = base64.b64encode(content).decode()
    choice = rng.random()
    if choice < 0.1:
        text = text[:-1]
    elif choice < 0.2:
        text = "".join(rng.choices("AB+/=!é \n", k=rng.randrange(200)))
    kind = rng.choice(["image/png"] * 8 + ["image/svg+xml", "text/html", "image/" + "x" * 99, ""])
    start = rng.choice(
        [f"data:{kind};base64,"] * 8 + ["data:image/png,", "http://127.0.0.1/", "file:///etc/passwd", ""]
    )
    return start + text


def make_rows(rng):
    """What stands where rows of grey values should."""
    height, width = rng.choice([0, 1, 7, 8, 28, 60]), rng.choice([0, 1, 7, 8, 28, 60])
    value = rng.choice([0, 1, 255, 256, -1, 0.5, float("nan"), float("inf"), 1e308, 10**400, "0", None, True])
    rows = [[rng.choice([0, value]) for _ in range(width)] for _ in range(height)]
    if rows and rng.random() < 0.2:
        rows[-1] = rng.choice([[], [1], None, "row", [[1]], {}])
    return rows


def make_drawing(rng, files):
    choice = rng.random()
    if choice < 0.25:
        return {"picture": make_image(rng, files)}
    if choice < 0.75:
        valid = {"strokes": build_example(rng.randrange(10)), "size": 280}
        return mutate(valid, rng)
    if choice < 0.85:  # as many numbers as fit, and more
        num = rng.choice([501, 20_001, 100_000])
        return {"strokes": [[[rng.choice([1, 279]), 5]] * num] if rng.random() < 0.5 else [[[1, 5]]] * num}
    return make_json(rng)


def check_message(message):
    assert isinstance(message, str)
    assert 10 < len(message) < 400
    assert "Traceback" not in message
    assert message[0].isupper() or not message[0].isascii() or message[0] in "'0123456789"
    assert message[-1] in ".)"


def check_digit(digit, probabilities):
    assert digit == int(np.argmax(probabilities))
    assert sum(probabilities) == pytest.approx(1, abs=1e-4)


def ask_pad(rng, files):
    """Send one payload to the function that the pad's script calls; returns what kind of answer came."""
    checkpoints = ["convnet3"] if rng.random() < 0.8 else make_json(rng)
    request = {"drawing": make_drawing(rng, files), "checkpoints": checkpoints}
    if rng.random() < 0.1:
        request = make_json(rng)
    answer = answer_request(request)
    json.dumps(answer, allow_nan=False)
    if answer["status"] == "digit":
        check_digit(answer["digit"], answer["probabilities"])
    else:
        check_message(answer["message"])
    return answer["status"]


def ask_endpoint(rng, files):
    """Send one payload to /predict."""
    strokes = image = None
    if rng.random() < 0.5:
        drawing = make_drawing(rng, files)
        strokes = drawing.get("strokes") if isinstance(drawing, dict) else drawing
    if strokes is None or rng.random() < 0.05:
        image = rng.choice([make_rows, make_rows, lambda rng: make_image(rng, files), make_json])(rng)
    try:
        answer = predict(strokes, image, "convnet3" if rng.random() < 0.9 else rng.choice(NASTY))
    except gr.Error as error:
        check_message(error.message)
        return "error"
    json.dumps(answer, allow_nan=False)
    if answer["digit"] is None:
        check_message(answer["refusal"])
        return "refused"
    check_digit(answer["digit"], answer["probabilities"])
    return "digit"


def measure_memory_mb():
    if not Path("/proc/self/statm").exists():
        pytest.skip("reads the memory of a process as Linux tells it")
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


@pytest.mark.gate
@pytest.mark.filterwarnings("error::RuntimeWarning", "ignore:Truncated File Read")
@pytest.mark.parametrize("ask", [ask_pad, ask_endpoint])
def test_every_payload_is_answered_and_none_leaves_anything_behind(ask):
    rng, files = random.Random(6), make_files()
    kinds = [ask(rng, files) for _ in range(NUM_PAYLOADS // 4)]
    before = measure_memory_mb()
    kinds += [ask(rng, files) for _ in range(NUM_PAYLOADS - len(kinds))]
    assert measure_memory_mb() - before < MAX_GROWTH_MB
    counts = {kind: kinds.count(kind) for kind in ("digit", "refused", "error")}
    assert sum(counts.values()) == NUM_PAYLOADS
    assert min(counts.values()) >= 10, counts  # the payloads reach every kind of answer


@pytest.mark.gate
def test_the_largest_images_that_are_read_leave_no_memory_behind():
    bomb = base64.b64encode(make_png(4096, 4096)).decode()
    assert len(bomb) < 50_000
    request = {"drawing": {"picture": f"data:image/png;base64,{bomb}"}, "checkpoints": ["convnet3"]}
    assert answer_request(request)["status"] == "refused"
    before = measure_memory_mb()
    for _ in range(3):
        assert answer_request(request)["status"] == "refused"
    assert measure_memory_mb() - before < MAX_GROWTH_MB
