"""Ten thousand random calls of every public endpoint: each is answered, and none leaves anything behind."""

import asyncio
import json
import math
import os
import re
from collections import Counter
from unittest.mock import patch

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from models.checkpoints.file import list_checkpoints
from models.runs.folder import find_runs_folder
from tests.api.contract import (
    ARCHITECTURE_KEYS,
    DESCEND_KEYS,
    PARAMETERS,
    PREDICT_KEYS,
    RUN_KEYS,
)
from tests.api.random_calls import calls
from tests.api.raw_calls import call_raw
from tests.conftest import serve_page
from tests.running import run
from tests.runs.trained_runs import wait_for_end
from tests.served_memory import find_server, measure_memory_mb
from tests.waiting import HANG_SECONDS

NUM_CALLS = 10_000
DISK_MB = 16
NUM_AT_ONCE = 4  # calls of one example
NUM_TURNS = 50  # until a session is used again: at once, Gradio still clears away what it answered there
NUM_WARM_UP = 2_000
MAX_GROWTH = 0.05
MAX_SECONDS = 30  # for any answer

# Answers


async def send(client, address, numbers, session, call):
    """Send a call as programs do, and return the status, and the result or what is wrong."""
    endpoint, way, arguments, _ = call
    name, base = endpoint.removeprefix("/"), f"{address}/gradio_api"
    if way == "by name":
        start, follow, body = f"{base}/call/v2/{name}", f"{base}/call/v2/{name}/", arguments
    elif way == "by place":
        start, follow, body = f"{base}/call/{name}", f"{base}/call/{name}/", {"data": arguments}
    else:
        start, follow = f"{base}/queue/join", f"{base}/queue/data?session_hash={session}"
        body = {"data": arguments, "fn_index": numbers[name], "session_hash": session}
    answer = await client.post(start, content=json.dumps(body), headers={"content-type": "application/json"})
    if answer.status_code != 200:
        return answer.status_code, None, read_refusal(answer.text)
    event = answer.json()["event_id"]
    stream = await client.get(follow if way == "as the client" else follow + event)
    if stream.status_code != 200:
        return stream.status_code, None, stream.text
    if way == "as the client":
        events = [load(line[6:]) for line in stream.text.splitlines() if line.startswith("data: ")]
        (done,) = [event for event in events if event["msg"] == "process_completed"]
        output = done["output"]
        return (200, output["data"], None) if done["success"] else (200, None, output["error"])
    kind, _, data = stream.text.strip().rpartition("event: ")[2].partition("\ndata: ")
    return (200, load(data), None) if kind == "complete" else (200, None, load(data)["error"])


def load(text):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def read_refusal(text):
    """Return the sentence of a refusal: as it is, or in the list of what FastAPI misses."""
    if not text.startswith("{"):
        return text
    detail = json.loads(text)["detail"]
    return detail if isinstance(detail, str) else f"{detail[0]['loc']}: {detail[0]['msg']}"


REMEDY = re.compile(
    r"choose|enter|write|give|must|at most|leave|send|try|draw|delete|start a new|save it|make it|crop|use a"
    r"|should be|needs? |wait|with more|has room|have room"
    r"|takes |may have|may be|parsing the body|clear the pad",
    re.IGNORECASE,
)


def check_sentence(text):
    assert isinstance(text, str), text
    assert 10 < len(text) < 500, text[:600]
    assert "Traceback" not in text
    assert "nternal" not in text
    assert REMEDY.search(text), text


def check_result(endpoint, result):
    """Check that a result has the documented shape, and no number in it is missing."""
    if endpoint == "/checkpoints":
        assert [entry["name"] for entry in result] == list_checkpoints()
    elif endpoint == "/train":
        assert re.fullmatch(r"[0-9a-f]{32}", result)
    elif endpoint == "/descend":
        assert set(result) == DESCEND_KEYS
        assert all(map(is_finite, [*result["losses"], *result["w"], *result["distances"]]))
        assert result["status"] in ("converged", "running", "stalled", "diverged", "out_of_time")
    elif endpoint in ("/convolve", "/pool"):
        height, width = result["shape"]
        for output in (result["output"], result["by_hand"]):
            assert [len(row) for row in output] == [width] * height
            assert all(is_finite(value) for row in output for value in row)
        assert is_finite(result["max_difference"])
    elif endpoint == "/architecture":
        assert set(result) == ARCHITECTURE_KEYS
        assert sum(layer["parameters"] for layer in result["layers"]) == result["parameters"] > 0
    elif endpoint == "/runs":
        assert set(result) == RUN_KEYS
        assert result["status"] in ("done", "diverged", "running", "starting", "waiting")
    else:
        assert set(result) == PREDICT_KEYS
        if result["digit"] is None:
            check_sentence(result["refusal"])
        else:
            assert result["digit"] in range(10)
            assert sum(result["probabilities"]) == pytest.approx(1, abs=1e-4)
            assert [len(row) for row in result["picture"]] == [28] * 28


def is_finite(value):
    return isinstance(value, int | float) and math.isfinite(value)


class Caller:
    """Sends examples to one served page, checks every answer and the page's log, and counts."""

    def __init__(self, address, log_path):
        self.address = address
        self.log = log_path.open()
        self.log.seek(0, os.SEEK_END)
        config = httpx.get(f"{address}/config", timeout=HANG_SECONDS).json()
        self.numbers = {function["api_name"]: function["id"] for function in config["dependencies"]}
        self.counts = Counter()
        self.sessions = 0  # others after a failure, which may have spoilt them
        self.turns = 0

    def check(self, batch):
        try:
            self._check(batch)
        except Exception:
            self.sessions += 1
            raise

    def _check(self, batch):
        self.turns = (self.turns + 1) % NUM_TURNS
        answers = run(self._send_all(batch))
        for (endpoint, way, arguments, is_right), answer in zip(batch, answers, strict=True):
            call = f"{endpoint} {way}: {json.dumps(arguments)[:2000]}"
            assert not isinstance(answer, Exception), f"{answer!r} ← {call}"
            status, data, error = answer
            assert status == 200 or 400 <= status < 500, f"{status} {error} ← {call}"
            try:
                if error is not None or data is None:
                    check_sentence(error)
                    assert not is_right
                    self.counts[endpoint, "error"] += 1
                else:
                    (result,) = data
                    assert is_right is not False, "it was taken"
                    check_result(endpoint, result)
                    self.counts[endpoint, "result"] += 1
            except Exception as mistake:
                mistake.add_note(f"{status} {error} {data!r:.500} ← {call}")
                raise
        said = self.log.read()
        assert "Traceback" not in said, f"{said} ← {batch!r:.5000}"

    async def _send_all(self, batch):
        async with httpx.AsyncClient(timeout=MAX_SECONDS) as client:
            return await asyncio.gather(
                *(self._send(client, slot, call) for slot, call in enumerate(batch)), return_exceptions=True
            )

    async def _send(self, client, slot, call):
        async with asyncio.timeout(MAX_SECONDS):
            session = f"{self.sessions}-{self.turns}-{slot}"
            return await send(client, self.address, self.numbers, session, call)

    def close(self):
        self.log.close()


def run_random_calls(caller, num_calls, may_train, *, derandomize=False, after_each=lambda: None):
    """Let hypothesis choose calls, several at once, until there have been so many."""

    @settings(
        max_examples=-(-num_calls // NUM_AT_ONCE),
        phases=(Phase.generate, Phase.shrink),
        database=None,
        derandomize=derandomize,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*[calls(may_train)] * NUM_AT_ONCE))
    def check(batch):
        caller.check(batch)
        after_each()

    check()


@pytest.mark.gate
def test_random_calls_are_answered_and_leave_no_traceback(served_page, served_runs):
    caller = Caller(served_page, served_runs.with_name("log.txt"))
    run_random_calls(caller, 120, may_train=False, derandomize=True)
    caller.close()
    assert caller.counts.total() >= 120
    assert caller.counts["/train", "result"] == 0
    assert {endpoint for endpoint, _ in caller.counts} == set(PARAMETERS)


@pytest.mark.release
def test_ten_thousand_random_calls_leave_no_traceback_and_no_memory(tmp_path):
    """Two runs are trained first; then the disk that runs may take is full, so that no further one begins."""
    log, memory = tmp_path / "log.txt", []
    with (
        patch.dict(os.environ, {"GLASSBOX_RUNS_DISK_MB": f"{DISK_MB}"}),
        serve_page(find_runs_folder(), log) as address,
    ):
        server, caller = find_server(address), Caller(address, log)
        for seed in range(2):
            train_one(address, seed)
            caller.counts["/train", "result"] += 1
        (find_runs_folder() / "full").write_bytes(bytes(DISK_MB * 2**20))

        def measure():
            if not memory and caller.counts.total() >= NUM_WARM_UP:
                memory.append(measure_memory_mb(server))

        run_random_calls(caller, NUM_CALLS, may_train=True, after_each=measure)
        memory.append(measure_memory_mb(server))
        caller.close()
    print(f"\n{caller.counts.total():,} calls, memory {memory[0]:.0f} → {memory[1]:.0f} MB, {caller.counts}")
    assert caller.counts.total() >= NUM_CALLS
    assert "Traceback" not in log.read_text()
    for endpoint in PARAMETERS:
        assert min(caller.counts[endpoint, kind] for kind in ("result", "error")) > 0, caller.counts
    assert caller.counts["/train", "result"] == 2
    assert memory[1] < (1 + MAX_GROWTH) * memory[0]


def train_one(address, seed):
    values = [None if default is ... else default for default in PARAMETERS["/train"].values()]
    values[:6] = ["mlp", "strokes", "notebook", 1, seed, 100]
    text = call_raw(address, "train", json.dumps({"data": values}).encode())
    (run_id,) = json.loads(text.partition("data: ")[2])
    assert wait_for_end(run_id).status == "done"
