"""Runs for tests: tiny ones trained here, ones made up, and processes to wait for."""

import dataclasses
import json
import os
import time

import pytest

from models.checkpoints.file import Checkpoint, load_checkpoint, save_checkpoint
from models.data.datasets import load_dataset
from models.runs import writer as run_writer
from models.runs.control import create_run
from models.runs.folder import find_runs_folder
from models.runs.status import LIVE_STATUSES, read_run
from models.runs.writer import execute_run
from models.training import loop
from models.training.recipes import make_config
from tests.waiting import wait_until

SHORT = {"dataset": "strokes", "num_images": 1_000, "epochs": 1}
LONG = {"dataset": "strokes", "num_images": 20_000, "epochs": 20}
NUM_TEST = 500  # 10,000 strokes take seconds to draw


def load_small_dataset(name, part, num=None, progress=None):
    return load_dataset(name, part, min(num or NUM_TEST, NUM_TEST) if part == "test" else num, progress)


@pytest.fixture
def small_test_set(monkeypatch):
    """Let trainings in this process test on 500 strokes."""
    monkeypatch.setattr(loop, "load_dataset", load_small_dataset)
    monkeypatch.setattr(run_writer, "load_dataset", load_small_dataset)


def make_short_config(network="mlp", **changes):
    return make_config(network, **SHORT | changes)


def train_here(network="mlp", watch=run_writer.ignore_event, **changes):
    """Train a run in this process, and return its folder."""
    folder = create_run(make_short_config(network, **changes))
    execute_run(folder, watch=watch)
    return folder


def make_folder(run_id, events, age_seconds=0, **changes):
    """Make up a run of which these are the events, as text or as values."""
    folder = find_runs_folder() / run_id
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(dataclasses.asdict(make_short_config(**changes))))
    text = events if isinstance(events, str) else "".join(json.dumps(event) + "\n" for event in events)
    (folder / "events.jsonl").write_text(text)
    long_ago = time.time() - age_seconds
    os.utime(folder / "config.json", (long_ago, long_ago))
    return folder


def make_clothes_run(run_id):
    """Make up a finished run on Fashion-MNIST, whose weights are those of the shipped perceptron."""
    folder = make_folder(run_id, [make_ending()], dataset="fashion-mnist")
    write_clothes_checkpoint(folder / "checkpoint.safetensors")
    return folder


def write_clothes_checkpoint(path):
    """Write the shipped perceptron as if it had learned from Fashion-MNIST."""
    shipped = load_checkpoint("mlp")
    info = dataclasses.replace(shipped.info, dataset="fashion-mnist")
    save_checkpoint(Checkpoint(shipped.network, info), path)


def make_step(step, loss=2.0, num_steps=9, epoch=1):
    return {"type": "step", "step": step, "num_steps": num_steps, "epoch": epoch, "loss": loss,
            "smoothed_loss": loss, "learning_rate": 0.1, "weight_norm": 1.0, "gradient_norm": 1.0,
            "images_per_second": 5.0, "seconds": step / 10}  # fmt: skip


def make_ending(status="done", message="Finished", test=None):
    return {"type": "ending", "status": status, "message": message, "test": test}


def make_test(accuracy=0.5):
    """Results on test images of which there is one a class."""
    confusion = [[int(row == column) for column in range(10)] for row in range(10)]
    return {"accuracy": accuracy, "low": 0.4, "high": 0.6, "loss": 1.0, "confusion": confusion}


def wait_for(run_id, is_reached):
    """Watch a run until `is_reached(state)`."""

    def ask():
        state = read_run(run_id)
        return state if is_reached(state) else None

    def describe():
        log = find_runs_folder() / run_id / "log.txt"
        return f"the run is still {read_run(run_id)}; its log: {log.exists() and log.read_text()}"

    return wait_until(ask, describe)


def wait_for_end(run_id):
    return wait_for(run_id, lambda state: state.status not in LIVE_STATUSES)
