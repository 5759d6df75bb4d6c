"""Training on: a run that begins with the weights of another run, of a shipped checkpoint or of a file."""

import json
import shutil

import gradio as gr
import pytest
import torch

from app.api.runs import train
from app.runs.comparison import show_comparison
from app.runs.live import answer_file
from app.runs.results import show_results
from app.runs.training_on import start_training_on
from app.runs.view import show_card
from app.ui.answers import answer
from models.checkpoints.file import find_checkpoint, load_checkpoint, read_info
from models.runs.control import create_run, start_run
from models.runs.folder import append_event, find_runs_folder
from models.runs.management import rename_run
from models.runs.owner import check_owner, has_owner, write_owner
from models.runs.start import find_start, plan_start
from models.runs.status import EXAMPLE_RUN, read_run
from models.runs.writer import execute_run, read_config
from models.training.fine_tuning import START
from models.training.recipes import make_config
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import make_ending, make_short_config, small_test_set

__all__ = ["small_test_set"]  # a fixture

KEY = "0123456789abcdef" * 2


@pytest.fixture
def finished():
    """The id of a finished run of an MLP."""
    return copy_finished_runs(find_runs_folder())["mlp"]


@pytest.fixture
def idle(monkeypatch):
    """A machine on which runs wait: nothing is launched."""
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)


def read_weights(path):
    return load_checkpoint(path).network.state_dict()


def is_same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


def train_on(text, **changes):
    start = find_start(text)
    folder = create_run(plan_start(start, **changes), files=start.files)
    assert execute_run(folder) == "done"
    return folder


@pytest.mark.usefixtures("small_test_set")
def test_it_begins_with_the_weights_and_the_same_seed_ends_in_the_same(finished):
    before = (find_runs_folder() / finished / "checkpoint.safetensors").read_bytes()
    first, second = (train_on(finished, epochs=2, learning_rate=1e-4, seed=3) for _ in range(2))
    assert is_same(read_weights(first / "epochs" / "000.safetensors"), read_weights(first / START))
    assert (first / START).read_bytes() == before
    assert (find_runs_folder() / finished / "checkpoint.safetensors").read_bytes() == before
    ends = [read_weights(folder / "checkpoint.safetensors") for folder in (first, second)]
    assert is_same(*ends)
    other = read_weights(train_on(finished, epochs=2, learning_rate=1e-4, seed=4) / "checkpoint.safetensors")
    assert not is_same(ends[0], other)

    # The record, the list, the results and the comparison say from what.
    rename_run(finished, "the first")
    folder = train_on(finished, epochs=1)
    called = f"run {finished[:6]} “the first”"
    info = read_info(folder / "checkpoint.safetensors")
    assert info.recipe["start_from"] == called
    assert finished not in json.dumps(info.recipe), "a run's id is a secret"
    card = show_card(read_run(folder.name))
    assert card["about"].endswith(f"begun with {called} · seed 0")
    assert f"trained on from {called}" in card["settings"]
    assert show_results(folder.name)["title"].endswith(f", begun with {called})")
    table = show_comparison([finished, folder.name])["table"]
    assert [row[table["columns"].index("Begins with")]["text"] for row in table["rows"]] == [
        "fresh weights",
        called,
    ]
    assert "has no script" in json.loads(answer_file({"id": folder.name, "file": "script"}))["error"]


def test_what_is_left_out_is_as_the_checkpoint_was_trained(finished):
    own = read_config(find_runs_folder() / finished)
    config = plan_start(find_start(f"run:{finished}"), learning_rate=0.5)
    assert (config.learning_rate, config.recipe) == (0.5, "free")
    for name in ("network", "dataset", "num_images", "epochs", "optimizer", "momentum", "split_seed"):
        assert getattr(config, name) == getattr(own, name)
    fast = plan_start(find_start(finished), recipe="fast")
    assert fast.batch_size == make_config("mlp", "fast").batch_size != own.batch_size
    assert plan_start(find_start("convnet3-notebook")).start_from == "convnet3-notebook"
    assert plan_start(find_start(EXAMPLE_RUN)).network == "glassnet"


@pytest.mark.usefixtures("small_test_set")
def test_dropout_may_be_another_than_the_checkpoints():
    """A layer of dropout moves the numbers of those behind it, in the names of their weights."""
    folder = train_on("convnet", dropout=0.3, num_images=100, dataset="strokes", epochs=1)
    assert is_same(
        dict(zip("wb", list(read_weights(folder / "epochs" / "000.safetensors").values())[-2:], strict=True)),
        dict(zip("wb", list(read_weights(find_checkpoint("convnet")).values())[-2:], strict=True)),
    )


def test_a_file_is_for_the_command_line_alone(tmp_path):
    path = tmp_path / "mine.safetensors"
    shutil.copy(find_checkpoint("mlp"), path)
    assert find_start(str(path), takes_files=True).label == "mine.safetensors"
    with pytest.raises(ValueError, match="no checkpoint called"):
        find_start(str(path))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ValueError, match="mine.safetensors cannot be used as a checkpoint"):
        find_start(str(path), takes_files=True)


def test_what_cannot_be_trained_on_is_said_with_the_remedy(finished, idle):
    with pytest.raises(ValueError, match="has not ended yet.*Wait for its end, or stop it"):
        find_start(start_run(make_short_config()))
    empty = create_run(make_short_config())
    append_event(empty, make_ending("stopped"))
    with pytest.raises(ValueError, match="no weights to train on. Resume it"):
        find_start(empty.name)
    with pytest.raises(ValueError, match="There is no run"):
        find_start("0" * 32)
    with pytest.raises(ValueError, match="holds a mlp, whose weights do not fit a convnet. Train mlp on"):
        plan_start(find_start(finished), "convnet")
    with pytest.raises(ValueError, match="epochs is 0"):
        plan_start(find_start(finished), epochs=0)
    path = find_runs_folder() / finished / "checkpoint.safetensors"
    path.write_bytes(path.read_bytes()[:-4] + b"\x00\x00\xc0\x7f")  # a NaN
    with pytest.raises(ValueError, match="NaN or infinite"):
        find_start(finished)


def test_the_endpoint_trains_on(finished, idle):
    assert (
        find_runs_folder()
        .joinpath(train("mlp", "strokes", epochs=3, start_from=finished, num_images=100), START)
        .is_file()
    )
    config = read_config(find_runs_folder() / train("mlp", start_from="mlp-notebook", learning_rate=0.5))
    assert (config.start_from, config.dataset, config.learning_rate) == ("mlp-notebook", "mnist", 0.5)
    for start_from, message in (
        ("mine.safetensors", "no checkpoint called"), ("0" * 32, "There is no run"),
        ("convnet", "holds a convnet"), ("../mlp", "no checkpoint called"),
    ):  # fmt: skip
        with pytest.raises(gr.Error, match=message):
            train("mlp", start_from=start_from)


def test_the_page_starts_one_with_an_owner_of_its_own(finished, idle):
    """To see a run is enough to train it on; whoever does, owns the new one and nothing of the other."""
    write_owner(find_runs_folder() / finished, KEY)
    before = {
        path: path.read_bytes() for path in (find_runs_folder() / finished).rglob("*") if path.is_file()
    }
    started = start_training_on(finished, "3", "0,0001", [finished])
    config = read_config(find_runs_folder() / started["id"])
    assert (config.epochs, config.learning_rate) == (3, 0.0001)
    check_owner(started["id"], started["owner_key"])
    assert has_owner(started["id"])
    assert {path: path.read_bytes() for path in before} == before
    assert start_training_on(EXAMPLE_RUN, "1", "1e-4", None)["id"]


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"epochs": "", "learning_rate": "0.1"}, "The number of epochs is empty"),
        ({"epochs": "2", "learning_rate": "quick"}, "'quick' is not a number"),
        ({"epochs": "21", "learning_rate": "0.1"}, "1 to 20"),
        ({"epochs": "1", "learning_rate": "1,000"}, "'1,000' can be read as 1 or as 1000"),
        ({"epochs": "1,000", "learning_rate": "0.1"}, "'1,000' can be read as 1 or as 1000"),
        ({"epochs": "2", "learning_rate": "1e9"}, "learning rate is"),
        ({"epochs": "2"}, "The learning rate is empty"),
        ({"id": "mlp", "epochs": "2", "learning_rate": "0.1"}, "There is no run"),
        ({"id": ["mlp"], "epochs": "2", "learning_rate": "0.1"}, "There is no run"),
        ({"id": "run:../..", "epochs": "2", "learning_rate": "0.1"}, "There is no run"),
    ],
)
def test_mistakes_on_the_page_are_sentences(request_, message):
    ask = answer(start_training_on, "id", "epochs", "learning_rate", "known")
    assert message in json.loads(ask({"id": EXAMPLE_RUN, **request_}))["error"]
