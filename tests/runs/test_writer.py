"""What a run's process writes: the folder of a whole run, of one that ended early, and of one resumed."""

import json
import signal
import threading

import pytest
import torch

from models.checkpoints.file import load_checkpoint, read_info
from models.data import datasets as data
from models.runs import writer as run_writer
from models.runs.control import create_run, prepare_resumption, stop_run
from models.runs.folder import EventLog, find_runs_folder, read_events
from models.runs.queue import count_training
from models.runs.status import read_run
from models.runs.writer import execute_run, find_snapshot_epochs
from models.training.events import EpochEvent, Preparing, StepEvent
from models.training.loop import train
from tests.runs.trained_runs import make_folder, make_short_config, small_test_set, train_here

__all__ = ["small_test_set"]  # a fixture
pytestmark = pytest.mark.usefixtures("small_test_set")


class KilledError(BaseException):
    """What a test raises where a process would have been killed."""


def read_weights(folder):
    return load_checkpoint(folder / "checkpoint.safetensors").network.state_dict()


def same_weights(here, there):
    return all(torch.equal(here[name], tensor) for name, tensor in there.items())


def test_run_is_what_train_gives():
    folder = train_here(epochs=2)
    *_, finished = train(make_short_config(epochs=2), device=torch.device("cpu"))
    assert same_weights(read_weights(folder), finished.checkpoint.network.state_dict())
    state = read_run(folder.name)
    assert (state.status, state.step, state.num_steps, len(state.steps)) == ("done", 50, 50, 50)
    assert [epoch["epoch"] for epoch in state.epochs] == [1, 2]
    assert state.test["accuracy"] == read_info(state.checkpoint).test_accuracy == finished.test.accuracy
    assert (state.num_looks, state.num_snapshots) == (1, 3)
    assert not (folder / "state.safetensors").exists()
    assert count_training() == 0


def test_stopped_run_keeps_its_epoch_and_goes_on_to_the_same_weights():
    def stop_in_second_epoch(event):
        if isinstance(event, StepEvent) and event.step == 30:
            stop_run(find_only_run())

    folder = train_here(epochs=3, watch=stop_in_second_epoch)
    state = read_run(folder.name)
    assert (state.status, state.message) == (
        "stopped",
        "Stopped as asked; the checkpoint of epoch 1 is kept.",
    )
    assert (len(state.epochs), state.test, state.can_resume) == (1, None, True)
    assert read_info(state.checkpoint).epochs == 1
    prepare_resumption(folder.name)
    assert execute_run(folder) == "done"
    assert same_weights(read_weights(folder), read_weights(train_here(epochs=3)))
    state = read_run(folder.name)
    assert [step["step"] for step in state.steps] == list(range(1, 76))
    assert (state.status, state.can_resume, state.num_looks) == ("done", False, 1)


def test_stop_and_keep_tests_the_weights_of_the_moment():
    def keep_in_second_epoch(event):
        if isinstance(event, StepEvent) and event.step == 30:
            stop_run(find_only_run(), keep=True)

    folder = train_here(epochs=3, watch=keep_in_second_epoch)
    state = read_run(folder.name)
    assert state.status == "stopped"
    assert state.epochs[-1]["is_whole"] is False
    kept = read_info(state.checkpoint)
    assert kept.recipe["steps"] == state.epochs[-1]["step"] == state.step < 50
    assert state.test["accuracy"] == kept.test_accuracy
    assert (state.can_resume, state.num_looks) == (False, 1)


def test_stop_and_keep_tests_the_weights_also_where_the_test_images_are_still_to_be_drawn(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(data, "find_cache_folder", lambda: tmp_path / "cache")  # nobody has drawn any yet

    def keep_in_second_epoch(event):
        if isinstance(event, StepEvent) and event.step == 30:
            stop_run(find_only_run(), keep=True)

    state = read_run(train_here(epochs=3, watch=keep_in_second_epoch).name)
    assert "are kept" in state.message
    assert state.test["accuracy"] == read_info(state.checkpoint).test_accuracy


def test_stop_and_keep_before_the_first_step_of_a_resumed_run_keeps_and_tests_its_weights():
    def stop_in_second_epoch(event):
        if isinstance(event, StepEvent) and event.step == 30:
            stop_run(find_only_run())

    def keep_at_once(event):
        if isinstance(event, Preparing):
            stop_run(folder.name, keep=True)

    folder = train_here(epochs=3, watch=stop_in_second_epoch)
    prepare_resumption(folder.name)
    assert execute_run(folder, watch=keep_at_once) == "stopped"
    state = read_run(folder.name)
    assert "are kept" in state.message
    kept = read_info(state.checkpoint)
    assert 25 < kept.recipe["steps"] == state.step < 50  # an epoch has 25
    assert state.test["accuracy"] == kept.test_accuracy
    assert (state.can_resume, state.num_looks) == (False, 1)


def test_stop_and_keep_before_the_first_step_of_all_ends_at_once():
    def keep_at_once(event):
        if isinstance(event, Preparing):
            stop_run(find_only_run(), keep=True)

    state = read_run(train_here(watch=keep_at_once).name)
    assert (state.status, state.message) == ("stopped", "Stopped as asked; no epoch had finished.")


def find_only_run():
    (folder,) = find_runs_folder().glob("?" * 32)
    return folder.name


@pytest.mark.parametrize("moment", ["before the event", "after the event", "before the state", "in the test"])
def test_run_killed_at_an_epochs_end_tells_everything_once(monkeypatch, moment):
    """What random kills hit rarely: the moments between the files of an epoch's end."""
    write, save = EventLog.write, run_writer.save_state

    def kill_around_event(log, event):
        is_second = event["type"] == "epoch" and event["epoch"] == 2
        if is_second and moment == "before the event":
            raise KilledError
        write(log, event)
        if is_second and moment == "after the event":
            raise KilledError

    def kill_before_state(state, path):
        if state.progress.epoch == 2 and moment == "before the state":
            raise KilledError
        save(state, path)

    def kill_in_test(path, config, test):
        raise KilledError

    folder = create_run(make_short_config(epochs=2))
    with monkeypatch.context() as patch:
        patch.setattr(EventLog, "write", kill_around_event)
        patch.setattr(run_writer, "save_state", kill_before_state)
        if moment == "in the test":
            patch.setattr(run_writer, "_save_answers", kill_in_test)
        with pytest.raises(KilledError):
            execute_run(folder)
    state = read_run(folder.name)
    assert (state.status, state.can_resume) == ("interrupted", True)
    prepare_resumption(folder.name)
    execute_run(folder)
    state, whole = read_run(folder.name), train_here(epochs=2)
    assert same_weights(read_weights(folder), read_weights(whole))
    assert [step["step"] for step in state.steps] == list(range(1, 51))
    assert [(epoch["epoch"], epoch["validation_loss"]) for epoch in state.epochs] == [
        (epoch["epoch"], epoch["validation_loss"]) for epoch in read_run(whole.name).epochs
    ]
    assert state.test == read_run(whole.name).test


def test_run_killed_before_its_first_epoch_begins_anew():
    def kill(event):
        if isinstance(event, StepEvent) and event.step == 10:
            raise KilledError

    folder = create_run(make_short_config())
    with pytest.raises(KilledError):
        execute_run(folder, watch=kill)
    prepare_resumption(folder.name)
    execute_run(folder)
    resumed = [event for event in read_events(folder)[0] if event["type"] == "resumed"]
    assert resumed == [{"type": "resumed", "epoch": 0, "step": 0}]
    assert [step["step"] for step in read_run(folder.name).steps] == list(range(1, 26))
    assert same_weights(read_weights(folder), read_weights(train_here()))


def test_signal_stops_a_run_cleanly():
    def terminate(event):
        if isinstance(event, EpochEvent):
            signal.raise_signal(signal.SIGTERM)

    earlier = signal.getsignal(signal.SIGTERM)
    state = read_run(train_here(epochs=3, watch=terminate).name)
    assert (state.status, state.can_resume) == ("stopped", True)
    assert signal.getsignal(signal.SIGTERM) == earlier


def test_run_ends_when_its_time_is_over():
    folder = create_run(make_short_config())
    assert execute_run(folder, max_minutes=0) == "stopped"
    assert "Stopped after 0 minutes, the longest a run may take" in read_run(folder.name).message
    assert "no epoch had finished" in read_run(folder.name).message


def test_diverged_run_says_so():
    state = read_run(train_here(learning_rate=1000.0).name)
    assert (state.status, state.checkpoint, state.can_resume) == ("diverged", None, False)
    assert "try 100" in state.message


def test_run_whose_data_are_damaged_fails_with_the_remedy(tmp_path, monkeypatch):
    (tmp_path / "MNIST" / "raw").mkdir(parents=True)
    for name in ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
                 "t10k-labels-idx1-ubyte"):  # fmt: skip
        (tmp_path / "MNIST" / "raw" / name).write_bytes(b"damaged")
    monkeypatch.setenv("GLASSBOX_DATA", str(tmp_path))
    state = read_run(train_here(dataset="mnist").name)
    assert (state.status, state.can_resume) == ("failed", True)
    assert "is damaged" in state.message
    assert "Delete the folder" in state.message


def test_error_of_torchs_own_ends_the_run_with_a_word(monkeypatch):
    def fail(*arguments, **options):
        raise RuntimeError("can't allocate memory\nframe 1")
        yield

    monkeypatch.setattr(run_writer, "train", fail)
    state = read_run(train_here().name)
    assert state.message == "The training failed (can't allocate memory); no epoch had finished."


def test_state_of_another_configuration_is_refused():
    folder = train_here(epochs=2, watch=stop_at_first_epoch)
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"learning_rate": 0.5}))
    prepare_resumption(folder.name)
    assert execute_run(folder) == "failed"
    assert "another configuration" in read_run(folder.name).message


def stop_at_first_epoch(event):
    if isinstance(event, EpochEvent) and event.epoch == 1:
        stop_run(find_only_run())


def test_run_is_trained_by_one_process_only(monkeypatch):
    monkeypatch.setattr(run_writer, "_CLAIM_SECONDS", 0.1)
    folder = make_folder("a" * 32, [])
    refused = []

    def train_too(event):
        def claim():
            try:
                execute_run(folder)
            except ValueError as error:
                refused.append(str(error))

        if isinstance(event, EpochEvent):
            thread = threading.Thread(target=claim)
            thread.start()
            thread.join()

    execute_run(folder, watch=train_too)
    assert refused == ["Another process trains this run."]
    num_events = len(read_events(folder)[0])
    assert execute_run(folder) == "done"  # a process that was started twice does nothing
    assert len(read_events(folder)[0]) == num_events


@pytest.mark.parametrize("epochs", [1, 2, 20, 21, 33, 100])
def test_snapshots_are_at_most_twenty_at_equal_distances(epochs):
    chosen = sorted(find_snapshot_epochs(epochs))
    assert len(chosen) == min(epochs, 20)
    assert chosen[-1] == epochs
    distances = {late - early for early, late in zip([0, *chosen[:-1]], chosen, strict=True)}
    assert max(distances) - min(distances) <= 1
