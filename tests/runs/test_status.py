"""How a run stands, read off its folder; the choices of checkpoints that runs add."""

import json
import time
from contextlib import contextmanager

import pytest
from filelock import FileLock

from models.checkpoints.file import list_checkpoints, read_info
from models.runs.control import stop_run
from models.runs.library import list_choices, resolve_choice
from models.runs.management import rename_run
from models.runs.queue import enter_queue, mark_live
from models.runs.status import EXAMPLE_RUN, read_news, read_run
from tests.runs.trained_runs import (
    make_ending,
    make_folder,
    make_step,
    make_test,
    small_test_set,
    train_here,
)

__all__ = ["small_test_set"]  # a fixture
A = "a" * 32
LOOK = {"type": "look", "dataset": "mnist", "accuracy": 0.5, "loss": 1.0}
LOADING = {"type": "preparing", "message": "Loading"}


@contextmanager
def living(folder):
    """Hold a run's lock, as its process does."""
    with FileLock(folder / "lock"):
        yield


def test_run_tells_what_it_does_as_long_as_its_process_lives():
    folder = make_folder(A, [LOADING])
    with living(folder):
        assert (read_run(A).status, read_run(A).message) == ("running", "Loading")
        with (folder / "events.jsonl").open("a") as file:
            file.write(json.dumps(make_step(3)) + "\n")
        state = read_run(A)
        assert (state.message, state.step, state.num_steps) == ("Training", 3, 9)
        assert not state.can_resume
        stop_run(A)
        assert read_run(A).message == "Stopping"
    state = read_run(A)
    assert (state.status, state.can_resume) == ("interrupted", True)
    assert "No epoch had finished" in state.message


def test_run_is_starting_until_its_process_is_late(monkeypatch):
    folder = make_folder(A, [])
    mark_live(folder)
    assert read_run(A).status == "starting"
    monkeypatch.setattr("models.runs.queue.STARTING_SECONDS", 0)
    assert read_run(A).status == "interrupted"


def test_killed_run_is_not_called_starting():
    folder = make_folder(A, [])
    mark_live(folder, 12345)
    assert read_run(A).status == "interrupted"


def test_run_that_ends_while_it_is_being_read_is_not_called_interrupted(monkeypatch):
    """Between reading the events and asking for the lock, the process writes its last event and exits."""
    folder = make_folder(A, [LOADING])

    def end_meanwhile(folder):
        with (folder / "events.jsonl").open("a") as file:
            file.write(json.dumps(make_ending()) + "\n")
        return False

    monkeypatch.setattr("models.runs.status.is_locked", end_meanwhile)
    assert read_run(folder.name).status == "done"


@pytest.mark.parametrize("read", [read_run, read_news])
def test_run_that_is_deleted_while_it_is_being_read_is_none(monkeypatch, read):
    """Another window deletes it after its folder was found."""
    folder = make_folder(A, [LOADING])

    def delete_meanwhile(folder):
        folder.rename(folder.with_name("deleted"))
        return False

    monkeypatch.setattr("models.runs.status.is_locked", delete_meanwhile)
    with pytest.raises(ValueError, match="There is no run 'a+'; it may have been deleted"):
        read(folder.name)


@pytest.mark.parametrize(
    ("events", "status", "can_resume"),
    [
        ([make_ending("done")], "done", False),
        ([make_ending("diverged")], "diverged", False),
        ([make_ending("stopped")], "stopped", True),
        ([make_ending("stopped", test=make_test())], "stopped", False),
        ([make_ending("failed")], "failed", True),
        ([make_ending("stopped"), LOOK], "stopped", True),
        ([make_ending("stopped"), {"type": "queued"}], "interrupted", True),
    ],
)
def test_ending_decides_whether_a_run_can_go_on(events, status, can_resume):
    make_folder(A, events)
    state, news = read_run(A), read_news(A)
    assert (state.status, state.can_resume) == (news.status, news.can_resume) == (status, can_resume)


def test_looks_at_the_test_images_are_counted():
    make_folder(A, [make_ending("done", test=make_test()), LOOK, LOOK])
    assert read_run(A).num_looks == 3
    make_folder("b" * 32, [make_ending("stopped")])
    assert read_run("b" * 32).num_looks == 0


def test_news_are_what_came_since():
    folder = make_folder(A, [make_step(1)])
    first = read_news(A)
    assert [event["step"] for event in first.events] == [1]
    assert read_news(A, first.offset).events == []
    with (folder / "events.jsonl").open("a") as file:
        file.write(json.dumps(make_step(2)) + "\n" + json.dumps(make_step(3))[:30])
    second = read_news(A, first.offset)
    assert [event["step"] for event in second.events] == [2]
    assert not second.is_reset


@pytest.mark.parametrize("offset", [5, 10**9, -1, True, "x", None, 1.5])
def test_offset_that_does_not_fit_begins_anew(offset):
    make_folder(A, [make_step(1), make_step(2)])
    news = read_news(A, offset)
    assert news.is_reset
    assert len(news.events) == 2


def test_news_of_a_long_run_are_cheap():
    """Well under 2 ms, however long the run: the median of many readings, since a machine may be busy."""
    folder = make_folder(A, [make_step(step) for step in range(1, 20_001)])
    with living(folder):
        offset = read_news(A).offset
        times = []
        for _ in range(50):
            start = time.thread_time()
            assert read_news(A, offset).status == "running"
            times.append(time.thread_time() - start)
    assert sorted(times)[len(times) // 2] < 0.002


def test_place_in_the_queue_is_shown(monkeypatch):
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)
    for run_id in (A, "b" * 32):
        make_folder(run_id, [])
        enter_queue(run_id)
    assert (read_run(A).status, read_run(A).place) == ("waiting", 1)
    assert (read_news("b" * 32).place, read_news("b" * 32).message) == (2, "Number 2 in the queue")


def test_run_of_an_earlier_version_has_todays_settings():
    folder = make_folder(A, [])
    (folder / "config.json").write_text(json.dumps({"network": "mlp", "epochs": 3}))
    config = read_run(A).config
    assert (config["epochs"], config["schedule"]) == (3, "constant")


def test_choices_are_the_shipped_ones_for_someone_without_runs():
    choices = list_choices([])
    assert [choice.key for choice in choices] == list_checkpoints()
    assert all("%" in choice.label for choice in choices)
    for remembered in (["0" * 32, "nonsense", 7, None, ["x"]], None, "text", {"a": 1}, ["example"]):
        assert list_choices(remembered) == choices


@pytest.mark.usefixtures("small_test_set")
def test_a_run_is_a_choice_by_its_name():
    folder = train_here("logistic")
    key = f"run:{folder.name}"
    assert {choice.key: choice.label for choice in list_choices([folder.name])}[key].startswith("Your run: ")
    rename_run(folder.name, "My first")
    assert {choice.key: choice.label for choice in list_choices([folder.name])}[key].startswith("My first: ")
    assert resolve_choice(key) == folder / "checkpoint.safetensors"


def test_a_damaged_checkpoint_of_a_run_is_not_offered_and_hides_no_other():
    folder = make_folder(A, [])
    (folder / "checkpoint.safetensors").write_bytes(b"damaged")
    assert list_choices([A]) == list_choices([])


@pytest.mark.parametrize(
    "key", ["", "nothing", "../checkpoints/mlp", "checkpoints/mlp.safetensors", "/etc/passwd"]
)
def test_only_offered_checkpoints_can_be_chosen(key):
    with pytest.raises(ValueError, match="no checkpoint called"):
        resolve_choice(key)


def test_example_run_is_the_one_that_trained_the_shipped_network():
    example, shipped = read_run(EXAMPLE_RUN), read_info("glassnet")
    assert (example.run_id, example.status, example.can_resume) == ("example", "done", False)
    assert example.test["accuracy"] == shipped.test_accuracy
    assert example.test["loss"] == shipped.test_loss
    assert example.epochs[-1]["validation_loss"] == shipped.validation_loss
    assert example.config["seed"] == shipped.seed
    assert read_info(example.checkpoint).test_loss == shipped.test_loss
    assert example.num_snapshots == 6
