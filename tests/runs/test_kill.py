"""Killed at random moments: no file is damaged, and the resumed run ends as an unbroken one would."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress

import pytest
import torch

from models.checkpoints.file import load_checkpoint
from models.runs import queue as run_queue
from models.runs.control import create_run, prepare_resumption
from models.runs.status import read_run
from models.runs.writer import execute_run
from models.training.state import load_state
from tests.runs.trained_runs import make_short_config, small_test_set, wait_for
from tests.waiting import HANG_SECONDS

__all__ = ["small_test_set"]  # a fixture

pytestmark = [
    pytest.mark.gate,
    pytest.mark.skipif(sys.platform != "linux", reason="forks processes that have imported torch"),
]

NUM_KILLS = 20
EPOCHS = 5

# Importing torch takes seconds and forking a process that has done so none.
_NURSERY = """
import os, signal, sys
from pathlib import Path
import torch
from models.runs import writer as run_writer
from models.training.config import TrainConfig
from models.training import loop
from models.training.optimizer import build_optimizer
from tests.runs.trained_runs import load_small_dataset

torch.set_num_threads(1)
loop.load_dataset = run_writer.load_dataset = load_small_dataset
build_optimizer([torch.nn.Parameter(torch.zeros(1))], TrainConfig("mlp"))
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)
for line in sys.stdin:
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        run_writer.execute_run(Path(line.strip()))
        os._exit(0)
    print(pid, flush=True)
"""


@pytest.fixture
def start_process():
    """Return a function that starts the process of a folder at once, and returns its number."""
    nursery = subprocess.Popen(
        [sys.executable, "-c", _NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert nursery.stdout.readline() == "ready\n"

    def start(folder):
        nursery.stdin.write(f"{folder}\n")
        nursery.stdin.flush()
        return int(nursery.stdout.readline())

    yield start
    nursery.stdin.close()
    nursery.wait(timeout=HANG_SECONDS)


def make_config():
    """A schedule, an optimizer with a memory, random augmentation: all that a state has to hold."""
    return make_short_config(
        epochs=EPOCHS, num_images=500, augment=True, schedule="cosine", optimizer="adam", batch_size=50
    )


def check_files(folder):
    """Load every file that a kill may have damaged."""
    for path in [*folder.glob("checkpoint.safetensors"), *folder.glob("epochs/*.safetensors")]:
        load_checkpoint(path)
    for path in folder.glob("state.safetensors"):
        load_state(path)


def describe_epochs(state):
    return [{name: value for name, value in epoch.items() if name != "seconds"} for epoch in state.epochs]


# Ends at the sixth file that is written: in the middle of the second epoch's checkpoint.
_KILLED = """
import os, signal, sys
from pathlib import Path
from models.checkpoints import file
from models.runs import writer as run_writer
from models.training import loop
from tests.runs.trained_runs import load_small_dataset

loop.load_dataset = run_writer.load_dataset = load_small_dataset
num_written = 0
fsync = os.fsync

def count(number):
    global num_written
    num_written += 1
    if num_written == 6:
        os.kill(os.getpid(), signal.SIGKILL)
    fsync(number)

file.os.fsync = count
run_writer.execute_run(Path(sys.argv[1]))
"""


def test_run_killed_in_the_middle_of_a_checkpoint_has_the_one_before(small_test_set):
    folder = create_run(make_short_config("logistic", num_images=200, epochs=3))
    killed = subprocess.run([sys.executable, "-c", _KILLED, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert list(folder.glob(".checkpoint*")), "it was not killed in the middle of a checkpoint"
    assert load_checkpoint(folder / "checkpoint.safetensors").info.epochs == 1
    state = read_run(folder.name)
    assert (state.status, state.can_resume, len(state.epochs)) == ("interrupted", True, 1)
    assert "The checkpoint of epoch 1 is kept." in state.message
    prepare_resumption(folder.name)
    assert execute_run(folder) == "done"
    assert [epoch["epoch"] for epoch in read_run(folder.name).epochs] == [1, 2, 3]
    assert not list(folder.rglob(".*")), "a torn file is left"


def test_killed_runs_go_on_to_the_same_weights(start_process, monkeypatch):
    # A run killed before it has written a word counts as starting for so long; a forked one starts at once.
    monkeypatch.setattr(run_queue, "STARTING_SECONDS", 5)
    whole = create_run(make_config())
    started = time.monotonic()
    start_process(whole)
    expected = wait_for(whole.name, lambda state: state.status == "done")
    seconds = time.monotonic() - started
    weights = load_checkpoint(whole / "checkpoint.safetensors").network.state_dict()
    epochs_done = []
    for moment in range(NUM_KILLS):
        folder = create_run(make_config())
        pid = start_process(folder)
        # A moment of each twentieth of a run's time, so that all of it is tried.
        time.sleep((moment + random.random()) / NUM_KILLS * seconds)
        with suppress(ProcessLookupError):  # the last moments may come after its end
            os.kill(pid, signal.SIGKILL)
        state = wait_for(folder.name, lambda state: state.status not in ("running", "starting"))
        check_files(folder)
        epochs_done.append(len(state.epochs))
        if state.status == "done":
            continue
        assert (state.status, state.can_resume) == ("interrupted", True)
        assert prepare_resumption(folder.name) == folder
        start_process(folder)
        state = wait_for(folder.name, lambda state: state.status == "done")
        check_files(folder)
        assert not list(folder.rglob(".*")), "a torn file is left"
        same = load_checkpoint(folder / "checkpoint.safetensors").network.state_dict()
        assert all(torch.equal(same[name], tensor) for name, tensor in weights.items())
        assert describe_epochs(state) == describe_epochs(expected)
        steps = [step["step"] for step in state.steps]
        assert steps == sorted(set(steps))
        assert (state.test, state.num_snapshots) == (expected.test, EPOCHS + 1)
    assert len(set(epochs_done)) >= 3, f"the kills hit too few epochs: {epochs_done}"
