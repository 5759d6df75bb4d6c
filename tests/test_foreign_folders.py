"""Folders that are another user's or may only be read, as processes of their own meet them."""

import os
import shutil
import subprocess
import sys

import pytest

NOBODY = 65534
pytestmark = [
    pytest.mark.gate,
    pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no rights of folders on this system"),
]


def run(*words, **environment):
    """Run a command of Glassbox's for a user to whom folders' rights apply, as to root they do not."""
    command = [sys.executable, "-m", "app.cli", *words]
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            pytest.skip("root cannot give up its rights here")
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)


def make_foreign(folder, mode):
    """Make a folder that may be used as `mode` says by everyone else, by whom the process belongs to too."""
    folder.mkdir()
    folder.chmod(mode)
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    return folder


def test_data_in_a_folder_of_anothers_are_not_advised_to_be_deleted(tmp_path):
    folder = make_foreign(tmp_path / "sets", 0)
    process = run("evaluate", "mlp", "--data-dir", str(folder))
    assert process.returncode == 2
    assert "cannot be opened (Permission denied). Allow your user" in process.stderr
    assert "elete" not in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.parametrize("place", ["the folder", "one above it"])
def test_no_run_starts_in_a_folder_that_may_only_be_read(tmp_path, place):
    folder = make_foreign(tmp_path / "runs", 0o555)
    named = folder if place == "the folder" else folder / "mine"
    process = run("train", "logistic", "--dataset", "strokes", GLASSBOX_RUNS=str(named))
    assert process.returncode == 2
    assert process.stderr == (
        "glassbox: The folder of all runs cannot be written: set GLASSBOX_RUNS to a folder that can; "
        "nothing was started.\n"
    )
    assert list(folder.iterdir()) == []
