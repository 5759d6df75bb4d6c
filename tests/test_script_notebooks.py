"""Scripts to take away as notebooks: valid, quickly made, and what stands in them is computed again."""

import os
import time
from dataclasses import asdict, replace
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from app.descent.link import write_query
from app.descent.perceptron.handlers import write_notebook as write_perceptron_notebook
from app.descent.race import OPENINGS, run_race
from app.descent.script import write_race_notebook, write_race_script
from app.inspection.network.section import write_network_notebook
from app.inspection.window.script import write_notebook
from app.inspection.window.settings import WindowSettings
from app.runs.live import answer_file
from app.runs.one_step import write_one_step_notebook
from app.runs.script import write_run_notebook
from app.ui.script_notebook import write_script_notebook
from models.runs.status import read_run
from models.training.recipes import make_config
from tests.runs.trained_runs import small_test_set, train_here

__all__ = ["small_test_set"]  # a fixture

SECONDS = 0.1


def make_window(**changes):
    return write_notebook(None, *asdict(replace(WindowSettings(), **changes)).values())


NOTEBOOKS = {
    "race": lambda: write_race_notebook(f"http://here/?tab=descent&{write_query(OPENINGS['toy'])}"),
    "perceptron": lambda: write_perceptron_notebook("1 0.5 -1 2", 0, "relu", 472),
    "window": lambda: make_window(operation="max", kernel_size=4, stride=4),
    "layer": lambda: make_window(picture="layer", checkpoint="convnet", layer="features.0"),
    "network": lambda: write_network_notebook("convnet4", "test", 3, None),
    "one-step": lambda: write_one_step_notebook("mlp"),
}


def read(text):
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    return notebook


def read_printed(notebook):
    outputs = notebook.cells[-1].outputs
    return "".join(output["text"] for output in outputs)


def execute(notebook, folder):
    """Run a notebook's cells in a kernel, and return what the last one printed."""
    again = nbformat.from_dict(notebook)
    for cell in again.cells:
        cell.outputs = []
    NotebookClient(again, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return read_printed(again)


@pytest.mark.parametrize("name", list(NOTEBOOKS))
def test_it_holds_the_script_and_what_the_page_shows(name):
    text = NOTEBOOKS[name]()
    notebook = read(text)
    assert [cell.cell_type for cell in notebook.cells] == ["markdown", "code", "code", "code"]
    assert notebook.cells[0].source.startswith("# ")
    assert read_printed(notebook)
    assert NOTEBOOKS[name]() == text, "the same settings get the same file"
    begun = time.thread_time()
    NOTEBOOKS[name]()
    assert time.thread_time() - begun < SECONDS


def test_no_line_of_the_script_is_lost():
    script = write_race_script(run_race(OPENINGS["toy"]))
    cells = read(write_script_notebook(script)).cells
    code = [line for cell in cells[1:] for line in cell.source.splitlines() if line]
    assert code == [line for line in script.partition('"""\n\n')[2].splitlines() if line]


def test_run_that_came_to_its_end_has_its_lines_and_another_has_none(small_test_set):
    run = read_run(train_here("logistic", epochs=2).name)
    assert read_printed(read(write_run_notebook(run))).splitlines()[-1] == (
        f"Test accuracy: {run.test['accuracy']:.4f}"
    )
    for other in (
        replace(run, status="stopped"),
        replace(run, epochs=run.epochs[:1]),
        replace(run, test=None),
    ):
        assert read(write_run_notebook(other)).cells[-1].outputs == []
    assert '"name":".ipynb"' in answer_file({"id": run.run_id, "file": "notebook"})


def test_a_kernels_arguments_are_no_folder():
    run = read_run(train_here("logistic", dataset="strokes", num_images=100).name)
    config = asdict(make_config("logistic", num_images=100, epochs=1))
    source = "\n".join(cell.source for cell in read(write_run_notebook(replace(run, config=config))).cells)
    assert "sys.argv" not in source
    assert 'Path(os.environ.get("GLASSBOX_DATA", "data"))' in source
    assert "name the folder that has it by GLASSBOX_DATA" in source


@pytest.mark.release
@pytest.mark.parametrize("name", list(NOTEBOOKS))
def test_a_kernel_computes_what_stands_in_it(name, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[1]))
    if data := os.environ.get("GLASSBOX_DATA"):  # as seen from here
        monkeypatch.setenv("GLASSBOX_DATA", str(Path(data).resolve()))
    notebook = read(NOTEBOOKS[name]())
    assert execute(notebook, tmp_path) == read_printed(notebook)


@pytest.mark.release
def test_a_kernel_trains_to_the_runs_figures(mnist_folder, tmp_path, monkeypatch):
    monkeypatch.setenv("GLASSBOX_DATA", str(Path(mnist_folder).resolve()))
    run = read_run(train_here("logistic", dataset="mnist", num_images=1_000, epochs=2).name)
    notebook = read(write_run_notebook(run))
    assert execute(notebook, tmp_path) == read_printed(notebook)
