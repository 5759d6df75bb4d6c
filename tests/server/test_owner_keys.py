"""Who may change a run, asked as a stranger would: by HTTP, from a server in a process of its own."""

import json
import secrets
import shutil
import time
from contextlib import ExitStack

import httpx
import pytest
from filelock import FileLock

from models.runs.control import create_run
from models.runs.folder import append_event
from models.runs.owner import NOT_OWNER, OWNER
from models.runs.queue import mark_live, unmark_live
from tests.runs.trained_runs import make_folder, make_short_config, make_step
from tests.waiting import HANG_SECONDS

KEY, OTHER = "0123456789abcdef" * 2, secrets.token_hex(16)


@pytest.fixture(scope="module")
def client(served_page):
    with httpx.Client(base_url=f"{served_page}/gradio_api", timeout=HANG_SECONDS) as client:
        yield client


@pytest.fixture(scope="module")
def call(served_page, client):
    """What a function of the component that lists runs answers to a request, as the page's script asks it."""
    config = httpx.get(f"{served_page}/config", timeout=HANG_SECONDS).json()
    (runs,) = (part for part in config["components"] if part["props"].get("elem_id") == "runs")

    def call(function, request):
        body = {"component_id": runs["id"], "fn_name": function, "data": request, "session_hash": "stranger"}
        return json.loads(client.post("/component_server", json=body).raise_for_status().json())

    return call


@pytest.fixture
def owned(served_runs, monkeypatch):
    """The id of a run of the served page that was stopped, and asks for `KEY`."""
    monkeypatch.setenv("GLASSBOX_RUNS", str(served_runs))
    folder = create_run(make_short_config(), name="mine", owner_key=KEY)
    append_event(folder, {"type": "ending", "status": "stopped", "message": "Stopped", "test": None})
    return folder.name


def ask(call, action, run_id, **key):
    return call("act", {"action": action, "id": run_id, "name": "theirs", **key})["error"]


def look(call, run_id):
    return call("look", {"runs": {run_id: None}, "focus": "", "view": False})


@pytest.mark.parametrize("action", ["stop", "keep", "resume", "rename", "delete", "restore"])
def test_whoever_has_the_link_changes_nothing(call, owned, action):
    before = look(call, owned)
    for key in ({}, {"key": ""}, {"key": OTHER}, {"key": owned}):
        assert ask(call, action, owned, **key) == NOT_OWNER
    assert look(call, owned) == before


def test_whoever_has_the_key_does(call, owned):
    assert ask(call, "rename", owned, key=KEY) == ""
    assert look(call, owned)["cards"][0]["name"] == "theirs"
    assert ask(call, "delete", owned, key=KEY) == ""
    assert look(call, owned)["gone"] == [owned]
    assert ask(call, "restore", owned) == NOT_OWNER
    assert ask(call, "restore", owned, key=KEY) == ""


def test_whoever_has_the_link_looks_and_downloads(call, owned):
    (card,) = look(call, owned)["cards"]
    assert (card["status"], card["has_owner"]) == ("stopped", True)
    assert call("handOut", {"id": owned, "file": "config"})["name"] == ".json"


def test_no_file_that_is_handed_out_holds_the_key(client, served_runs, owned):
    """The hash may be read: from it a key of 128 random bits cannot be found."""
    names = [path.name for path in (served_runs / owned).iterdir()]
    assert OWNER in names
    for name in names:
        answer = client.get(f"/file={served_runs / owned / name}")
        assert KEY not in answer.text


@pytest.fixture
def full_machine(served_runs, monkeypatch):
    """Two runs that seem to train, as many as the page lets: what is started waits, and takes no process."""
    monkeypatch.setenv("GLASSBOX_RUNS", str(served_runs))
    with ExitStack() as held:
        for letter in "cd":
            folder = make_folder(letter * 32, [make_step(1)])
            held.callback(shutil.rmtree, folder)
            held.callback(unmark_live, folder)
            held.enter_context(FileLock(folder / "lock"))  # as its process would hold
            mark_live(folder)
        yield


@pytest.mark.usefixtures("full_machine")
@pytest.mark.parametrize("way", ["call", "call/v2"])
def test_program_brings_its_key_in_a_header(call, client, way):
    """The parameters and the answer stay what they were: 19 values, and the id alone."""
    values = {"network": "mlp", "dataset": "strokes", "epochs": 20, "num_images": 20_000}
    listed = ["mlp", "strokes", "notebook", 20, 0, 20_000, *[None] * 12, "by program"]
    body = values if way == "call/v2" else {"data": listed}

    def start(key):
        event = client.post(f"/{way}/train", json=body, headers={"X-Owner-Key": key} if key else {}).json()
        answer = client.get(f"/call/train/{event['event_id']}").text
        return json.loads(answer.partition("data: ")[2])

    assert "32 random hexadecimal digits" in start("1234")["error"]
    (run_id,) = start(KEY)
    try:
        assert ask(call, "stop", run_id) == NOT_OWNER
        assert look(call, run_id)["cards"][0]["has_owner"]
    finally:
        end(call, run_id, key=KEY)
    (run_id,) = start("")
    assert not look(call, run_id)["cards"][0]["has_owner"]
    end(call, run_id)


def end(call, run_id, **key):
    assert ask(call, "stop", run_id, **key) == ""
    while look(call, run_id)["cards"][0]["status"] in ("waiting", "starting", "running"):
        time.sleep(0.1)
    assert ask(call, "delete", run_id, **key) == ""
