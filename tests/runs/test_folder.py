"""The folder of a run: its events, whole or torn, and its lock."""

import json

import pytest
from filelock import FileLock

from models.runs.folder import (
    EventLog,
    drop_undone,
    find_last,
    find_own_folder,
    has_run,
    is_locked,
    keep_known_runs,
    read_events,
    read_tail,
)
from models.runs.library import resolve_choice
from models.runs.status import read_run
from tests.runs.trained_runs import make_ending, make_folder, make_step

A = "a" * 32


def test_half_written_line_is_not_an_event_yet():
    step = json.dumps(make_step(3))
    folder = make_folder(A, step + "\n" + step[: len(step) // 2])
    events, offset = read_events(folder)
    assert ([event["step"] for event in events], offset) == ([3], len(step) + 1)
    with (folder / "events.jsonl").open("a") as file:
        file.write(step[len(step) // 2 :] + "\n")
    assert len(read_events(folder, offset)[0]) == 1


@pytest.mark.parametrize("damage", ["[]", "7", '{"type": "st', "\x00\x00", "{}", "9" * 5000])
def test_damaged_line_is_passed_over_and_harms_nobody(damage):
    """As a full disk leaves it: a line cut off, then the ending on a line of its own."""
    ending = make_ending("failed", "No space left")
    make_folder(A, f"{json.dumps(make_step(3))}\n{damage}\n{json.dumps(ending)}\n")
    state = read_run(A)
    assert (state.status, state.message, state.step) == ("failed", "No space left", 3)


def test_line_after_a_torn_one_begins_anew():
    folder = make_folder(A, json.dumps(make_step(3))[:20])
    with EventLog(folder) as log:
        log.write(make_step(4))
        log.write(make_step(5))
    assert [event["step"] for event in read_events(folder)[0]] == [4, 5]


def test_tail_holds_the_last_event_however_many_looks_follow():
    look = {"type": "look", "dataset": "mnist", "accuracy": 0.5, "loss": 1.0}
    folder = make_folder(A, [make_step(1), make_ending("done"), *[look] * 500])
    assert find_last(read_tail(folder))["status"] == "done"
    assert find_last(read_tail(make_folder("b" * 32, ""))) is None


def test_what_a_resumption_undid_is_dropped():
    resumed = {"type": "resumed", "epoch": 1, "step": 2}
    events = [make_step(step) for step in (1, 2, 3, 4)] + [resumed] + [make_step(step) for step in (3, 4)]
    kept = drop_undone(events)
    assert [event.get("step") for event in kept if event["type"] == "step"] == [1, 2, 3, 4]


def test_lock_tells_whether_the_process_lives():
    folder = make_folder(A, "")
    assert not is_locked(folder)
    with FileLock(folder / "lock"):
        assert is_locked(folder)
    assert not is_locked(folder)


@pytest.mark.parametrize("run_id", ["", "..", "../../etc", "a" * 31, "A" * 32, "a/../" + "b" * 27, "0" * 32])
def test_ids_that_are_no_runs_are_refused(run_id):
    assert not has_run(run_id)
    for read in (read_run, find_own_folder, lambda key: resolve_choice(f"run:{key}")):
        with pytest.raises(ValueError, match="no run"):
            read(run_id)


@pytest.mark.parametrize("remembered", [["0" * 32, "nonsense", 7, None, ["x"]], None, "text", {"a": 1}])
def test_what_a_browser_remembers_may_be_anything(remembered):
    make_folder(A, "")
    assert keep_known_runs(remembered) == []
    assert keep_known_runs([*(remembered or ()), A]) == [A]


def test_example_can_be_read_and_not_changed():
    assert has_run("example")
    with pytest.raises(ValueError, match="cannot be changed"):
        find_own_folder("example")
