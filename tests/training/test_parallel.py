"""Data parallelism: two processes train one network, as torchrun starts them, and write one run."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.checkpoints.file import load_checkpoint
from models.runs.folder import find_runs_folder
from models.runs.status import read_run
from tests.runs.trained_runs import small_test_set, train_here
from tests.waiting import HANG_SECONDS

__all__ = ["small_test_set"]  # a fixture
SETTINGS = {"num_images": 2_000, "epochs": 3, "optimizer": "adam", "learning_rate": 0.003}


@pytest.mark.gate
@pytest.mark.skipif(sys.platform == "win32", reason="torchrun's store needs libuv there")
@pytest.mark.usefixtures("small_test_set")
def test_two_processes_reach_what_one_does():
    torchrun = shutil.which("torchrun", path=str(Path(sys.executable).parent)) or shutil.which("torchrun")
    options = [
        text for name, value in SETTINGS.items() for text in (f"--{name.replace('_', '-')}", str(value))
    ]
    finished = subprocess.run(
        [torchrun, "--standalone", "--nproc-per-node", "2", "-m", "models.training", "mlp",
         "--dataset", "strokes", *options],
        capture_output=True, text=True, check=False, timeout=HANG_SECONDS,
    )  # fmt: skip
    assert finished.returncode == 0, finished.stderr
    (folder,) = find_runs_folder().glob("?" * 32)
    assert finished.stdout.split() == [folder.name]
    together = read_run(folder.name)
    assert (together.status, len(together.epochs)) == ("done", 3)
    steps = [step["step"] for step in together.steps]
    assert steps == sorted(set(steps))
    assert load_checkpoint(together.checkpoint).info.epochs == 3
    alone = read_run(train_here(**SETTINGS).name)  # on fewer test images, so its interval is the wider one
    assert alone.num_steps == together.num_steps
    assert alone.test["low"] <= together.test["accuracy"] <= alone.test["high"]
