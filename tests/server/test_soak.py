"""Twenty visitors for five minutes, who do different things at once: each has what they would have alone."""

import asyncio
import base64
import hashlib
import io
import json
import random
import time
from collections import defaultdict
from contextlib import asynccontextmanager

import httpx
import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file

from app.runs.stream import STREAM_PATH
from app.sketchpad.tab import build_example
from app.ui.drawing import PAD_SIZE_PX
from models.data.strokes import render_strokes
from models.networks.registry import NETWORKS
from models.runs.folder import find_runs_folder
from tests.api.contract import PARAMETERS
from tests.conftest import serve_page
from tests.running import run
from tests.served_memory import find_server, measure_memory_mb

pytestmark = pytest.mark.release
NUM_VISITORS = 20
NUM_TRAINERS = 4  # of them, who train too
SOAK_SECONDS = 300
WARM_UP_SECONDS = 60
PAUSE_SECONDS = 0.3  # of a visitor, between two things
TRAIN_PERIOD_SECONDS = 30
MAX_SECONDS = 60  # for any answer
MAX_TRAIN_SECONDS = 240  # for a run, which may wait in the queue
MAX_GROWTH = 0.05
STROKES = {"dataset": "strokes", "epochs": 1, "num_images": 500}
TRAININGS = (
    {"network": "mlp", "seed": 1, **STROKES},
    {"network": "logistic", "seed": 2, "optimizer": "adam", **STROKES},
    {"network": "convnet3", "seed": 3, "recipe": "fast", **STROKES},
)


def draw_image(digit):
    """A digit as an image file, as text."""
    ink = render_strokes([np.array(stroke, np.float32) for stroke in build_example(digit)], 16, PAD_SIZE_PX)
    file = io.BytesIO()
    Image.fromarray(255 - np.rint(ink * 255).astype(np.uint8)).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def list_questions():
    """All that is asked, except for runs: what kind it is, of whom, and with what."""
    image = np.random.default_rng(0).normal(size=(12, 12)).round(3).tolist()
    drawings = [{"strokes": build_example(digit), "size": PAD_SIZE_PX} for digit in range(10)]
    some = ("sketchpad", "convnet3", "mlp-notebook", "logistic")
    descents = [
        {}, {"lr": 0.19, "dtype": "float64"}, {"lr": 0.3}, {"problem": "valley", "optimizer": "nesterov"},
        {"problem": "beale", "optimizer": "adam", "lr": 0.1}, {"problem": "saddle", "optimizer": "adagrad"},
        {"x": [[0.5, 1], [1.5, 1], [4, 1]], "y": [1, 1.4, 3.9], "lr": 0.02, "optimizer": "momentum"},
    ]  # fmt: skip
    mistakes = [("predict", {}), ("descend", {"lr": -1}), ("architecture", {"network": "resnet"}),
                ("runs", {"run_id": "0" * 32}), ("train", {"network": "mlp", "epochs": 21})]  # fmt: skip
    calls = [
        *(("predict", {"strokes": build_example(i), "checkpoint": some[i % 4]}) for i in range(10)),
        *(("predict", {"image": draw_image(i), "checkpoint": some[i % 4]}) for i in range(0, 10, 2)),
        *(("descend", arguments) for arguments in descents),
        *(("convolve", {"image": image, "kernel": [[1, 0], [0, -1]], "dilation": i}) for i in (1, 2, 3)),
        *(("pool", {"image": image, "kind": kind, "kernel_size": 3}) for kind in ("max", "average")),
        *(("architecture", {"network": network}) for network in [*NETWORKS, "alexnet"]),
        ("checkpoints", {}), ("runs", {"run_id": "example"}), *mistakes,
    ]  # fmt: skip
    pads = [
        {"drawing": drawing, "checkpoints": list(some[: 1 + i % 4])} for i, drawing in enumerate(drawings)
    ]
    paths = ["/", "/theme.css", "/config"]
    watch = {"runs": {"example": None}, "focus": "example", "view": True}
    return [
        *(("call", name, arguments) for name, arguments in calls),
        *(("pad", "", request) for request in pads),
        *(("page", path, None) for path in paths),
        ("stream", "", watch),
    ]


class Visitor:
    """One visitor's browser or program, with a session of its own."""

    def __init__(self, address, config, name):
        self.name, self.times = name, defaultdict(list)
        self.numbers = {function["api_name"]: function["id"] for function in config["dependencies"]}
        (self.pad,) = (part for part in config["components"] if part["props"].get("elem_id") == "pad")
        self.client = httpx.AsyncClient(base_url=address, timeout=MAX_SECONDS)

    async def ask(self, kind, name, value):
        """Ask, note how long it took, and return the answer without what differs from time to time."""
        start = time.perf_counter()
        async with asyncio.timeout(MAX_SECONDS):
            answer = await getattr(self, f"_{kind}")(name, value)
        self.times[f"{kind} {name}".strip()].append(time.perf_counter() - start)
        return answer

    async def _call(self, name, arguments):
        parameters = {
            key: None if default is ... else default for key, default in PARAMETERS[f"/{name}"].items()
        }
        data = list((parameters | arguments).values())
        body = {"data": data, "fn_index": self.numbers[name], "session_hash": self.name}
        joined = await self.client.post("/gradio_api/queue/join", json=body)
        joined.raise_for_status()
        stream = await self.client.get("/gradio_api/queue/data", params={"session_hash": self.name})
        events = [json.loads(line[6:]) for line in stream.text.splitlines() if line.startswith("data: ")]
        (output,) = [event["output"] for event in events if event["msg"] == "process_completed"]
        return output["data"] if "data" in output else output["error"]

    async def _pad(self, _, request):
        pad = {"component_id": self.pad["id"], "fn_name": self.pad["props"]["server_fns"][0]}
        body = {"data": request, "session_hash": self.name, **pad}
        answer = await self.client.post("/gradio_api/component_server", json=body)
        answer.raise_for_status()
        read = json.loads(answer.json())
        assert read["status"] == "digit"
        del read["milliseconds"]
        return read

    async def _page(self, path, _):
        answer = await self.client.get(path)
        answer.raise_for_status()
        return answer.text

    async def _stream(self, _, question):
        async for event in self._follow(question):
            return event

    async def _follow(self, question):
        params = {"question": json.dumps(question)}
        async with self.client.stream("GET", STREAM_PATH, params=params) as events:
            assert events.status_code == 200
            async for line in events.aiter_lines():
                if line:
                    yield json.loads(line.removeprefix("data: "))

    async def train(self, number):
        """Train, watch the run to its end, and return its test, losses, weights and one answer."""
        start, name = time.perf_counter(), f"{self.name} {number}"
        (run_id,) = await self._call("train", {**TRAININGS[number], "name": name})
        async with asyncio.timeout(MAX_TRAIN_SECONDS):
            await self._watch(run_id, name)
        (state,) = await self._call("runs", {"run_id": run_id})
        assert (state["status"], state["name"]) == ("done", name), state["message"]
        read = await self._call("predict", {"strokes": build_example(3), "checkpoint": f"run:{run_id}"})
        self.times["train"].append(time.perf_counter() - start)
        losses = [epoch["validation_loss"] for epoch in state["epochs"]]
        return state["test"], losses, hash_weights(run_id), read

    async def _watch(self, run_id, name):
        """Follow a run as the page does; nothing comes of another one."""
        known = None
        while True:
            async for seen in self._follow({"runs": {run_id: known}, "focus": run_id, "view": False}):
                assert {card["id"] for card in seen["cards"]} | set(seen["updates"]) <= {run_id}, seen
                for card in seen["cards"]:
                    assert card["name"] == name, card
                    known = [card["offset"], card["mark"]]
                    if card["status"] not in ("waiting", "starting", "running"):
                        return


def hash_weights(run_id):
    weights = load_file(find_runs_folder() / run_id / "checkpoint.safetensors")
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(name.encode() + weights[name].tobytes())
    return digest.hexdigest()


@asynccontextmanager
async def visit(address, names):
    config = httpx.get(f"{address}/config", timeout=MAX_SECONDS).json()
    visitors = [Visitor(address, config, name) for name in names]
    try:
        yield visitors
    finally:
        await asyncio.gather(*(visitor.client.aclose() for visitor in visitors))


async def answer_alone(address):
    """Ask every question on a server that does nothing else, twice, and train every configuration."""
    questions = list_questions()
    async with visit(address, ["alone"]) as (visitor,):
        expected = [await visitor.ask(*question) for question in questions]
        again = [await visitor.ask(*question) for question in questions]
        assert [
            question[:2] for question, a, b in zip(questions, expected, again, strict=True) if a != b
        ] == []
        trained = [await visitor.train(number) for number in range(len(TRAININGS))]
    return questions, expected, trained


async def soak(address, names, seconds, questions, expected, trained):
    """Let visitors ask at random until the time is over; returns them."""
    async with visit(address, names) as visitors:
        end = time.monotonic() + seconds

        async def ask_at_random(number, visitor):
            rng, turn = random.Random(visitor.name), number
            due = time.monotonic() if number < NUM_TRAINERS else end
            while (now := time.monotonic()) < end:
                if now >= due:
                    turn, due = (turn + 1) % len(TRAININGS), now + TRAIN_PERIOD_SECONDS
                    assert await visitor.train(turn) == trained[turn], f"{visitor.name}: {TRAININGS[turn]}"
                index = rng.randrange(len(questions))
                answer = await visitor.ask(*questions[index])
                assert answer == expected[index], (
                    f"{visitor.name}: {questions[index]!r:.500} → {answer!r:.500}"
                )
                await asyncio.sleep(rng.uniform(0, 2 * PAUSE_SECONDS))

        await asyncio.gather(*(ask_at_random(number, visitor) for number, visitor in enumerate(visitors)))
    return visitors


def test_twenty_visitors_at_once_have_what_each_has_alone(tmp_path):
    log = tmp_path / "log.txt"
    with serve_page(find_runs_folder(), log) as address:
        server = find_server(address)
        alone = run(answer_alone(address))
        names = [f"visitor-{number}" for number in range(NUM_VISITORS)]
        run(soak(address, names, WARM_UP_SECONDS, *alone))
        before = measure_memory_mb(server)
        visitors = run(soak(address, names, SOAK_SECONDS, *alone))
        after = measure_memory_mb(server)
    times = defaultdict(list)
    for visitor in visitors:
        for what, seconds in visitor.times.items():
            times[what] += seconds
    late = ", ".join(
        f"{what} {len(some)} ({1000 * np.quantile(some, 0.95):.0f} ms)"
        for what, some in sorted(times.items())
    )
    total = sum(map(len, times.values()))
    print(f"\n{total:,} answers (95th percentile): {late}; memory {before:.0f} → {after:.0f} MB")
    assert "Traceback" not in log.read_text()
    assert set(times) == {"train", *(f"{kind} {name}".strip() for kind, name, _ in list_questions())}
    assert total > NUM_VISITORS * 50
    assert len(times["train"]) >= NUM_TRAINERS
    assert after < (1 + MAX_GROWTH) * before
