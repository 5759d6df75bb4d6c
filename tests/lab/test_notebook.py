"""The lab as a notebook: valid, the same for the same name, and every cell of it runs."""

import re

import nbformat
import numpy as np
import pytest
import torch
from nbclient import NotebookClient

from app.lab.notebook import write_notebook
from models.data.files import find_raw_folder
from models.exercises.catalogue import EXERCISES
from models.exercises.sheet import grade_sheet, read_sheet

ALL_IMAGES, FEW_IMAGES = "num_images = 60_000", "num_images = 320"


def read_cells(name, *, has_solutions):
    notebook = nbformat.reads(write_notebook(name, has_solutions=has_solutions), as_version=4)
    nbformat.validate(notebook)
    return notebook.cells


@pytest.fixture
def lab_folder(tmp_path, monkeypatch, mnist_folder):
    """A folder to run the notebook in, with MNIST as torchvision looks for it."""
    (tmp_path / "data" / "MNIST").mkdir(parents=True)
    (tmp_path / "data" / "MNIST" / "raw").symlink_to(find_raw_folder("mnist").resolve())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MPLBACKEND", "agg")
    return tmp_path


def test_the_same_name_gets_the_same_file():
    assert write_notebook("ada") == write_notebook("ada")
    assert write_notebook("ada") != write_notebook("grace")
    assert write_notebook("ada") != write_notebook("ada", has_solutions=True)


def test_it_asks_everything_and_gives_no_answer_away():
    text = "\n".join(cell.source for cell in read_cells("ada", has_solutions=False))
    assert all(f"**Exercise: {exercise.title}.**" in text for exercise in EXERCISES)
    assert "**Solution.**" not in text
    assert "{{" not in text


def test_name_is_shown_letter_by_letter():
    cells = read_cells("<b>ada</b> [x](y)", has_solutions=False)
    assert r"\<b\>ada" in "\n".join(cell.source for cell in cells)


def run(cell, names):
    exec(compile(cell.source, "cell", "exec"), names)


@pytest.mark.gate
def test_it_runs_with_solutions_and_its_sheet_is_all_right(lab_folder, capsys):
    names = {}
    for cell in read_cells("ada", has_solutions=True):
        if cell.cell_type == "code":
            cell.source = cell.source.replace(ALL_IMAGES, FEW_IMAGES)
            run(cell, names)
    printed = capsys.readouterr().out
    assert printed.count("Right.") == len(EXERCISES) + 1  # and the problem of 4 by 4
    assert printed.count("test accuracy") == 4
    sheet = read_sheet((lab_folder / "answers.json").read_bytes())
    assert set(grade_sheet(sheet).values()) == {"right"}


def test_unanswered_and_wrongly_answered_checks_say_so_kindly(capsys):
    cells = [cell for cell in read_cells("ada", has_solutions=False) if cell.cell_type == "code"]
    names = {}
    run(cells[0], names)
    checks = [cell for cell in cells[1:] if cell.source.startswith(("def compute_", "check_"))]
    assert len(checks) == len(EXERCISES)
    for cell in checks:
        with pytest.raises(AssertionError, match="Fill in your answer above"):
            run(cell, names | {"mine": ...})
    secret = next(cell for cell in checks if "check_secret(\n    'forward-line'" in cell.source)
    with pytest.raises(AssertionError, match="Not yet"):
        run(secret, names | {"mine": "outputs = net(inputs)"})
    choice = next(cell for cell in checks if "check_secret(\n    'edge'" in cell.source)
    with pytest.raises(AssertionError, match="without quotes"):
        run(choice, names | {"mine": "1"})
    index = next(cell for cell in checks if "'tensor-index'" in cell.source)
    with pytest.raises(AssertionError, match="shape"):
        run(index, names | {"mine": [1, 2, 3]})
    assert "Right." not in capsys.readouterr().out


def test_what_numpy_and_torch_compute_goes_onto_the_sheet(lab_folder):
    cells = [cell for cell in read_cells("ada", has_solutions=True) if cell.cell_type == "code"]
    names = {}
    run(cells[0], names)
    for mine in (np.int64(3), np.float32(0.5), [torch.tensor(1.0), torch.tensor(2.0)], torch.ones(2)):
        names["hand_in"]("softmax", mine)
        run(cells[-1], names)
        assert len(read_sheet((lab_folder / "answers.json").read_bytes()).answers) == 1


def test_solutions_have_six_digits_however_small_they_are():
    for name in ("s4", "ada", "grace"):
        text = write_notebook(name, has_solutions=True)
        assert "mine = 0.0 " not in text


@pytest.mark.release
def test_kernel_runs_all_of_it_and_prints_the_figures_of_the_lab(lab_folder):
    notebook = nbformat.reads(write_notebook("ada", has_solutions=True), as_version=4)
    NotebookClient(notebook, timeout=1800, resources={"metadata": {"path": str(lab_folder)}}).execute()
    printed = "".join(
        output.get("text", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    accuracies = [float(text) for text in re.findall(r"test accuracy ([\d.]+)", printed)]
    assert accuracies == pytest.approx([0.90, 0.83, 0.98, 0.98], abs=0.01)
