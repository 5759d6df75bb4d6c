"""Runs as folders and processes: started, watched, stopped, killed."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from models import run_process
from models.checkpoint import load_checkpoint, read_info
from models.library import list_choices, resolve_choice
from models.recipes import make_config
from models.runs import (
    LIVE_STATUSES,
    find_runs_folder,
    has_run,
    read_example_run,
    read_run,
    start_run,
    stop_run,
)
from models.training import train

SHORT = {"dataset": "strokes", "num_images": 1_000, "epochs": 1}
LONG = {"dataset": "strokes", "num_images": 20_000, "epochs": 20}


def wait_for(run_id, is_reached, seconds=90):
    """Watch a run until `is_reached(state)`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        state = read_run(run_id)
        if is_reached(state):
            return state
        time.sleep(0.1)
    log = (find_runs_folder() / run_id / "log.txt").read_text()
    raise AssertionError(f"the run is still {read_run(run_id)}; its log: {log}")


def wait_for_end(run_id):
    return wait_for(run_id, lambda state: state.status not in LIVE_STATUSES)


@pytest.fixture
def run_ids():
    """Collect started runs, and stop what still trains at the end of a test."""
    ids = []
    yield ids
    for run_id in ids:
        if has_run(run_id):
            stop_run(run_id)
            wait_for_end(run_id)


@pytest.mark.slow
def test_run_trains_in_its_own_process_to_the_same_weights(run_ids):
    config = make_config("mlp", **SHORT)
    run_ids.append(start_run(config))
    assert read_run(run_ids[0]).status in LIVE_STATUSES
    state = wait_for_end(run_ids[0])
    assert (state.status, state.step, state.num_steps) == ("done", 25, 25), state.message
    assert [epoch["epoch"] for epoch in state.epochs] == [1]
    assert len(state.steps) == 25
    *_, here = train(config, device=torch.device("cpu"))
    there = load_checkpoint(state.checkpoint)
    for name, tensor in here.checkpoint.network.state_dict().items():
        assert torch.equal(there.network.state_dict()[name], tensor)
    assert state.test["accuracy"] == there.info.test_accuracy == here.test.accuracy


@pytest.mark.slow
def test_run_stops_when_asked_and_keeps_its_checkpoint(run_ids):
    run_ids.append(start_run(make_config("logistic", **LONG)))
    wait_for(run_ids[0], lambda state: state.epochs)
    stop_run(run_ids[0])
    state = wait_for_end(run_ids[0])
    assert state.status == "stopped"
    assert f"the checkpoint of epoch {len(state.epochs)} is kept" in state.message
    assert read_info(state.checkpoint).epochs == len(state.epochs)


@pytest.mark.slow
def test_killed_run_is_shown_as_interrupted_with_a_whole_checkpoint(run_ids):
    run_ids.append(start_run(make_config("logistic", **LONG)))
    wait_for(run_ids[0], lambda state: state.epochs)
    kill = getattr(signal, "SIGKILL", signal.SIGTERM)  # Windows has no other
    os.kill(int((find_runs_folder() / run_ids[0] / "pid").read_text()), kill)
    state = wait_for_end(run_ids[0])
    assert state.status == "interrupted"
    assert "is kept" in state.message
    load_checkpoint(state.checkpoint)
    run_ids.clear()


@pytest.mark.slow
def test_run_outlives_whoever_started_it(run_ids):
    """A server that is killed takes no run with it."""
    script = (
        "from models.runs import start_run\n"
        "from models.recipes import make_config\n"
        f"print(start_run(make_config('logistic', **{LONG})), flush=True)\n"
        "import os; os._exit(1)"
    )
    started = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    run_ids.append(started.stdout.strip())
    assert wait_for(run_ids[0], lambda state: state.epochs).status == "running"


@pytest.mark.slow
def test_diverged_run_says_so(run_ids):
    run_ids.append(start_run(make_config("mlp", learning_rate=1000.0, **SHORT)))
    state = wait_for_end(run_ids[0])
    assert state.status == "diverged"
    assert state.checkpoint is None
    assert "try 100" in state.message


@pytest.mark.slow
def test_run_whose_data_are_missing_fails_with_the_remedy(run_ids, tmp_path, monkeypatch):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                 "t10k-labels-idx1-ubyte"):  # fmt: skip
        (tmp_path / "MNIST" / "raw" / name).write_bytes(b"damaged")
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    run_ids.append(start_run(make_config("mlp")))
    state = wait_for_end(run_ids[0])
    assert state.status == "failed"
    assert "is damaged" in state.message
    assert "Delete the folder" in state.message


@pytest.mark.slow
def test_no_more_runs_than_there_is_room_for(run_ids, monkeypatch):
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    run_ids.append(start_run(make_config("logistic", **LONG)))
    with pytest.raises(ValueError, match="at most 1 at a time"):
        start_run(make_config("logistic", **SHORT))


def make_folder(run_id, events, age_seconds=0):
    folder = find_runs_folder() / run_id
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"network": "mlp"}))
    (folder / "events.jsonl").write_text(events)
    long_ago = time.time() - age_seconds
    os.utime(folder / "config.json", (long_ago, long_ago))


def test_half_written_line_is_not_an_event_yet():
    step = json.dumps({"type": "step", "step": 3, "num_steps": 9, "epoch": 1, "loss": 2.0,
                       "images_per_second": 5.0, "seconds": 0.1})  # fmt: skip
    make_folder("a" * 32, step + "\n" + step[: len(step) // 2])
    assert read_run("a" * 32).steps == [(3, 2.0)]


def test_damaged_line_is_passed_over_and_harms_nobody():
    """As a full disk leaves it: a line cut off, then the ending on a line of its own."""
    ending = json.dumps({"type": "ending", "status": "failed", "message": "No space left", "test": None})
    step = json.dumps({"type": "step", "step": 3, "num_steps": 9, "epoch": 1, "loss": 2.0,
                       "images_per_second": 5.0, "seconds": 0.1})  # fmt: skip
    make_folder("e" * 32, f"{step}\n{step[:20]}\n[]\n7\n{ending}\n")
    state = read_run("e" * 32)
    assert (state.status, state.message, state.step) == ("failed", "No space left", 3)


@pytest.mark.parametrize(
    ("changes", "message"),
    [({"epochs": 21}, "1 to 20"), ({"batch_size": 7}, "8 to 512"), ({"batch_size": 513}, "513")],
)
def test_runs_have_narrower_bounds_than_ones_own_trainings(changes, message):
    with pytest.raises(ValueError, match=message):
        start_run(make_config("mlp", **SHORT | changes))
    assert list(find_runs_folder().iterdir()) == []


def test_run_ends_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr(run_process, "MAX_RUN_SECONDS", -60)
    make_folder("f" * 32, "")
    folder = find_runs_folder() / ("f" * 32)
    (folder / "config.json").write_text(json.dumps(dataclasses.asdict(make_config("mlp", **SHORT))))
    run_process.execute_run(folder)
    state = read_run("f" * 32)
    assert state.status == "stopped"
    assert "the longest a run may take; no epoch had finished" in state.message


def test_stopping_is_said_until_it_has_stopped(monkeypatch):
    make_folder("1" * 32, json.dumps({"type": "preparing", "message": "Loading"}) + "\n")
    monkeypatch.setattr("models.runs._is_locked", lambda folder: True)
    assert read_run("1" * 32).message == "Loading"
    stop_run("1" * 32)
    assert read_run("1" * 32).message == "Stopping"


def test_run_that_ends_while_it_is_being_read_is_not_called_interrupted(monkeypatch):
    """Between reading the events and asking for the lock, the process writes its last event and exits."""
    make_folder("d" * 32, json.dumps({"type": "preparing", "message": "Loading"}) + "\n")
    events = find_runs_folder() / ("d" * 32) / "events.jsonl"

    def end_meanwhile(folder):
        ending = {"type": "ending", "status": "done", "message": "Finished", "test": None}
        with events.open("a") as file:
            file.write(json.dumps(ending) + "\n")
        return False

    monkeypatch.setattr("models.runs._is_locked", end_meanwhile)
    assert read_run("d" * 32).status == "done"


def test_run_that_never_began_is_interrupted_after_a_while():
    make_folder("b" * 32, "", age_seconds=10)
    assert read_run("b" * 32).status == "starting"
    make_folder("c" * 32, "", age_seconds=1000)
    assert read_run("c" * 32).status == "interrupted"


@pytest.mark.parametrize("run_id", ["", "..", "../../etc", "a" * 31, "A" * 32, "a/../" + "b" * 27, "0" * 32])
def test_ids_that_are_no_runs_are_refused(run_id):
    assert not has_run(run_id)
    with pytest.raises(ValueError, match="no run"):
        read_run(run_id)
    with pytest.raises(ValueError, match="no run"):
        resolve_choice(f"run:{run_id}")


def test_ids_cannot_be_guessed(monkeypatch):
    monkeypatch.setattr("models.runs._start_process", lambda folder: None)
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "9")
    ids = {start_run(make_config("mlp", **SHORT)) for _ in range(5)}
    assert len(ids) == 5
    assert all(len(run_id) == 32 for run_id in ids)


def test_choices_are_the_shipped_ones_for_someone_without_runs():
    choices = list_choices([])
    assert [choice.key for choice in choices][:6] == [
        "logistic", "mlp", "convnet", "convnet2", "convnet3", "convnet4",
    ]  # fmt: skip
    assert all("%" in choice.label for choice in choices)
    for remembered in (["0" * 32, "nonsense", 7, None, ["x"]], None, "text", {"a": 1}):
        assert list_choices(remembered) == choices


def test_a_damaged_checkpoint_of_a_run_is_not_offered_and_hides_no_other(monkeypatch, tmp_path):
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(b"damaged")
    monkeypatch.setattr("models.library.keep_known_runs", lambda run_ids: list(run_ids))
    monkeypatch.setattr(
        "models.library.find_run_checkpoint", lambda run_id: tmp_path / "checkpoint.safetensors"
    )
    assert list_choices(["a"]) == list_choices([])


@pytest.mark.parametrize(
    "key", ["", "nothing", "../checkpoints/mlp", "checkpoints/mlp.safetensors", "/etc/passwd"]
)
def test_only_offered_checkpoints_can_be_chosen(key):
    with pytest.raises(ValueError, match="no checkpoint called"):
        resolve_choice(key)


def test_example_run_is_the_one_that_trained_the_shipped_network():
    example, shipped = read_example_run(), read_info("convnet3")
    assert example.status == "done"
    assert example.test["accuracy"] == shipped.test_accuracy
    assert example.test["loss"] == shipped.test_loss
    assert example.epochs[-1]["validation_loss"] == shipped.validation_loss
    assert example.config["seed"] == shipped.seed
