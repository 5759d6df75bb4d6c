"""A folder of runs that cannot be written: one sentence with the remedy, from page, API and command line."""

import errno
import json
import os
import re
import subprocess
import sys

import gradio as gr
import platformdirs
import pytest

from app.api.runs import train
from app.cli import main
from app.desktop.state import find_state_folder
from app.runs.live import answer_act, answer_look
from models.checkpoints import file as checkpoint
from models.runs import control, folder, management, queue
from models.runs.control import repeat_run, start_run
from models.runs.status import read_run
from tests.runs.trained_runs import make_ending, make_folder, make_short_config, make_step

A = "a" * 32
CANNOT = "The folder of all runs cannot be written: set GLASSBOX_RUNS to a folder that can"


@pytest.fixture(params=["the folder", "one above it"])
def file_in_place(request, tmp_path, monkeypatch):
    """A file where the folder of runs should be, or where one above it should be."""
    file = tmp_path / "file"
    file.touch()
    monkeypatch.setenv("GLASSBOX_RUNS", str(file if request.param == "the folder" else file / "runs"))


@pytest.mark.usefixtures("file_in_place")
def test_no_run_starts_where_a_file_is_in_the_folders_place(capsys):
    sentence = f"{CANNOT}; no run could be started."
    with pytest.raises(ValueError, match=CANNOT) as refused:
        repeat_run(make_short_config(), 2)
    assert str(refused.value) == sentence
    with pytest.raises(gr.Error) as refused:
        train("mlp", dataset="strokes")
    assert refused.value.message == sentence
    assert main(["train", "mlp", "--dataset", "strokes"]) == 2
    assert capsys.readouterr().err == f"glassbox: {CANNOT}; nothing was started.\n"
    answer = json.loads(answer_act({"action": "stop", "id": A, "name": ""}))
    assert "There is no run" in answer["error"]
    question = {"runs": {A: None, "example": None}, "focus": "example", "view": True}
    assert json.loads(answer_look(question))["cards"]


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.EROFS, CANNOT),
        (errno.EACCES, CANNOT),
        (errno.ENOSPC, "The disk is full: make room on it, then try again"),
        (errno.EDQUOT, "The disk is full: make room on it, then try again"),
        (errno.EFBIG, "This system allows no file of that size: raise the limit (ulimit -f), then try again"),
    ],
)
def test_disk_that_takes_nothing_is_a_sentence_and_changes_nothing(monkeypatch, number, sentence):
    made = make_folder(A, [make_step(1), make_ending("stopped")])

    def refuse(*args, **kwargs):
        raise OSError(number, os.strerror(number), str(made / "secret"))

    for module in (checkpoint, folder, control):
        monkeypatch.setattr(module, "write_atomically", refuse)
    monkeypatch.setattr(folder.EventLog, "write", refuse)
    monkeypatch.setattr(management, "move", refuse)
    before = read_run(A)
    with pytest.raises(ValueError, match=re.escape(f"{sentence}; no run could be started.")):
        start_run(make_short_config())
    for action, ending in (
        ("rename", "the run keeps its name."),
        ("resume", "the run cannot go on."),
        ("delete", "nothing was changed."),
    ):
        answer = json.loads(answer_act({"action": action, "id": A, "name": "Mine"}))
        assert answer["error"] == f"{sentence}; {ending}"
    assert read_run(A) == before
    assert [path.name for path in folder.find_runs_folder().glob("?" * 32)] == [A]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit on files")
def test_limit_on_the_size_of_files_ends_a_training_with_a_sentence(tmp_path):
    """The checkpoint of the MLP takes 430 kB."""
    import resource

    environment = {**os.environ, "GLASSBOX_RUNS": str(tmp_path / "runs")}
    command = [sys.executable, "-m", "app.cli", "train", "mlp", "--dataset", "strokes", "--num-images", "200",
               "--epochs", "1"]  # fmt: skip
    ended = subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)),
    )
    assert ended.returncode == 1
    assert "This system allows no file of that size" in ended.stderr
    assert "Traceback" not in ended.stderr
    (run,) = (tmp_path / "runs").glob("?" * 32)
    assert not list(run.rglob(".*")), "a torn file is left"


# Clocks that jump


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_clock_that_jumps_lets_no_run_start_for_ever(monkeypatch, jump):
    """A launch that lies in the future, as after a clock was set back, does not keep its place until then."""
    made = make_folder(A, [])
    queue.mark_live(made)
    assert read_run(A).status == "starting"
    now = queue.time.time()
    monkeypatch.setattr(queue.time, "time", lambda: now + jump)
    assert read_run(A).status == "interrupted"
    assert queue.count_training() == 0


@pytest.mark.parametrize("jump", [-86_400, 86_400])
def test_clock_that_jumps_changes_no_order_and_no_name(monkeypatch, jump):
    monkeypatch.setattr(control, "advance_held_queue", lambda: None)
    monkeypatch.setenv("GLASSBOX_MAX_RUNS", "1")
    first = start_run(make_short_config())
    now = queue.time.time_ns()
    monkeypatch.setattr(queue.time, "time_ns", lambda: now + jump * 10**9)
    second = start_run(make_short_config())
    assert queue.list_waiting() == [first, second]


# A home that cannot be written


def test_desktop_window_without_a_folder_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(
        platformdirs, "user_state_path", lambda *args, **options: tmp_path / "file" / "glassbox"
    )
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="leave out --desktop and use the browser"):
        find_state_folder()
