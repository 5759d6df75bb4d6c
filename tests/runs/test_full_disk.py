"""A full disk: the run says so, and what it had written before stays whole."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.checkpoints import file as checkpoint
from models.checkpoints.file import load_checkpoint, write_atomically
from models.runs import folder as run_folder
from models.runs.control import create_run, prepare_resumption, repeat_run
from models.runs.status import read_run
from models.runs.writer import execute_run
from models.training.state import load_state
from tests.runs.trained_runs import make_short_config, small_test_set

__all__ = ["small_test_set"]  # a fixture


@pytest.fixture
def small_disk(tmp_path, monkeypatch):
    """A disk of 5 MB for the runs: a real one where the system lets us mount it, else an imitation."""
    disk = tmp_path / "disk"
    disk.mkdir()
    monkeypatch.setenv("GLASSBOX_RUNS", str(disk))
    mount = shutil.which("mount")
    if sys.platform == "linux" and mount:
        mounted = subprocess.run(
            [mount, "-t", "tmpfs", "-o", "size=5m", "tmpfs", str(disk)], capture_output=True, check=False
        )
        if mounted.returncode == 0:
            yield disk
            subprocess.run(["umount", "--lazy", str(disk)], check=True)
            return
    limit_writes(disk, monkeypatch)
    yield disk


def limit_writes(disk, monkeypatch):
    """Refuse to write files, as a disk of 5 MB does, where none can be mounted."""

    def write(path, content):
        used = sum(file.stat().st_size for file in disk.rglob("*") if file.is_file())
        if used + len(content) > 5 * 2**20:
            raise OSError(28, "No space left on device")
        write_atomically(path, content)

    for module in (checkpoint, run_folder):
        monkeypatch.setattr(module, "write_atomically", write)
    monkeypatch.setattr("models.training.state.write_atomically", write)


@pytest.mark.usefixtures("small_test_set")
def test_run_fails_with_a_clear_message_and_its_earlier_files_stay(small_disk):
    """The MLP's checkpoints take 430 kB each and its state 870 kB, so that a few epochs fill the disk."""
    folder = create_run(make_short_config(epochs=20, num_images=200))
    status = execute_run(folder)
    state = read_run(folder.name)
    assert (status, state.status) == ("failed", "failed"), state.message
    kept = load_checkpoint(folder / "checkpoint.safetensors").info.epochs
    assert f"The disk is full: make room on it, then try again; the checkpoint of epoch {kept} is kept." == (
        state.message
    )
    assert 3 < len(state.epochs) <= kept < 20
    assert load_state(folder / "state.safetensors").progress.epoch in (kept - 1, kept)
    for path in (folder / "epochs").iterdir():
        load_checkpoint(path)
    assert not list(folder.rglob(".*")), "a torn file is left"
    # With room again, it goes on.
    for path in (folder / "epochs").iterdir():
        path.unlink()
    assert state.can_resume
    prepare_resumption(folder.name)
    execute_run(folder)
    assert len(read_run(folder.name).epochs) > len(state.epochs)


def test_no_run_starts_on_a_full_disk(small_disk):
    Path(small_disk / "ballast").write_bytes(bytes(5 * 2**20 - 8192))
    with pytest.raises(ValueError, match="The disk is full"):
        repeat_run(make_short_config(), 10)
    assert not list(small_disk.glob("?" * 32)), "a run is left half made"
