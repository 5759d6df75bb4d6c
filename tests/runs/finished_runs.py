"""A few finished runs, trained once for all tests that only look at runs."""

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from unittest.mock import patch

from models.runs import writer as run_writer
from models.training import loop
from tests.runs.trained_runs import load_small_dataset, train_here


@cache
def train_finished_runs() -> tuple[tempfile.TemporaryDirectory, dict[str, str]]:
    """Train them in a folder that goes away with this process."""
    folder = tempfile.TemporaryDirectory(prefix="finished-runs-")
    with (
        patch.dict(os.environ, {"GLASSBOX_RUNS": folder.name, "GLASSBOX_DEVICE": "cpu"}),
        patch.object(loop, "load_dataset", load_small_dataset),
        patch.object(run_writer, "load_dataset", load_small_dataset),
    ):
        ids = {
            "mlp": train_here("mlp", num_images=500, epochs=4, learning_rate=0.05).name,
            "convnet": train_here("convnet", num_images=500, epochs=2).name,
            "seed 0": train_here("logistic", num_images=500).name,
            "seed 1": train_here("logistic", num_images=500, seed=1).name,
        }
    return folder, ids


def copy_finished_runs(runs_folder: Path) -> dict[str, str]:
    """Put copies into a folder of runs, and return their ids: `mlp`, `convnet`, `seed 0`, `seed 1`."""
    folder, ids = train_finished_runs()
    for run_id in ids.values():
        shutil.copytree(Path(folder.name) / run_id, runs_folder / run_id)
    return ids
