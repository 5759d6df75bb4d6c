"""A network with layers of its own goes wherever a given one does: trained, resumed, read, compared."""

import dataclasses
import json

import gradio as gr
import pytest
import torch

from app.api.runs import runs, train
from app.runs.comparison import show_comparison
from app.runs.form import describe_choice
from app.runs.layers_compared import on_layers_compared, show_layers_compared
from app.runs.results import show_results
from app.runs.view import show_card
from app.sketchpad import tab as sketchpad
from app.sketchpad.view import answer_drawing
from models.checkpoints.file import load_checkpoint, read_info
from models.networks.layers.exchange import write_json
from models.networks.layers.kinds import (
    GELU,
    AdaptiveAvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.plain_data import describe_layers
from models.networks.layers.source import write_layers
from models.networks.registry import count_parameters
from models.runs.control import create_run, prepare_resumption, repeat_run, stop_run
from models.runs.folder import find_runs_folder
from models.runs.importing import read_import
from models.runs.library import list_choices
from models.runs.start import find_start, plan_start
from models.runs.status import read_run
from models.runs.writer import execute_run, read_config
from models.sketch.drawings import prepare_drawings
from models.training.config import TrainConfig
from models.training.events import EpochEvent
from models.training.fine_tuning import pack_beginning, plan_fine_tuning
from models.training.network import check_batches
from models.training.recipes import make_config, name_config, name_recorded
from tests.runs.trained_runs import SHORT, make_folder, small_test_set
from tests.sketch.test_drawings import draw_digits

__all__ = ["small_test_set"]  # a fixture

NAME = "Mine *with* <b>a block</b>"
LAYERS = (
    Conv2d(4, padding=1), BatchNorm2d(), Residual((GELU(), Conv2d(6, padding=1))), MaxPool2d(2),
    AdaptiveAvgPool2d(), Flatten(), Linear(12), BatchNorm1d(), Dropout(0.25), Linear(10),
)  # fmt: skip
PLAIN = describe_layers(LAYERS)


@pytest.fixture
def idle(monkeypatch):
    """A machine on which runs wait: nothing is launched."""
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)


def make_own(**changes):
    return make_config(NAME, **SHORT | {"num_images": 200, "layers": PLAIN} | changes)


def train_own(**changes):
    folder = create_run(make_own(**changes))
    assert execute_run(folder) == "done"
    return folder


def read_weights(folder):
    return load_checkpoint(folder / "checkpoint.safetensors").network.state_dict()


def is_same(first, second):
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.usefixtures("small_test_set")
def test_it_is_trained_and_goes_wherever_a_given_one_goes():
    folder = train_own()
    run_id = folder.name
    assert json.loads((folder / "config.json").read_text())["layers"] == PLAIN
    info = read_info(folder / "checkpoint.safetensors")
    assert (info.network, info.config, info.layers) == (NAME, {}, PLAIN)
    assert "layers" not in info.recipe

    # What people read of it: text as its maker wrote it.
    run = read_run(run_id)
    card = show_card(run)
    assert card["title"] == f"{NAME} on Built-in strokes"
    assert show_results(run_id)["title"].startswith(NAME)
    (choice,) = [each for each in list_choices([run_id]) if each.key == f"run:{run_id}"]
    assert choice.label.startswith(f"Your run: {NAME} (notebook, but 200 of 60,000 images, 1 ep")
    about = sketchpad.describe_choice(choice.key)
    assert about.startswith("4 filters 3×3, batch norm 2d, a residual block of 2, max pool 2×2, global aver")
    assert runs(run_id)["config"]["layers"] == PLAIN
    summary = describe_choice(TrainConfig(**run.config))
    assert "<b>" not in summary
    assert "\\*with\\*" in summary

    # On the sketchpad, beside others.
    drawing = {"strokes": [[[140, 60], [140, 140], [140, 220]]]}
    answers = answer_drawing(drawing, [choice.key, "mlp"])
    assert NAME in answers["answers"][0]["name"]

    # Compared: its own count of parameters, and chance.
    other = train_own(layers=describe_layers((*LAYERS[:-2], Linear(10))))
    table = show_comparison([run_id, other.name])["table"]
    counts = [row[table["columns"].index("Parameters")]["value"] for row in table["rows"]]
    network = load_checkpoint(folder / "checkpoint.safetensors").network
    assert counts == [count_parameters(network)] * 2

    # The checkpoint as another page takes it.
    brought = read_import((folder / "checkpoint.safetensors").read_bytes(), "mine.safetensors", "")
    assert (brought.config.network, brought.config.layers) == (NAME, PLAIN)


@pytest.mark.usefixtures("small_test_set")
def test_it_is_resumed_to_the_same_weights_and_trained_on():
    whole = train_own(epochs=2)
    folder = create_run(make_own(epochs=2))

    def stop(event):
        if isinstance(event, EpochEvent) and event.epoch == 1:
            stop_run(folder.name)

    assert execute_run(folder, watch=stop) == "stopped"
    prepare_resumption(folder.name)
    assert execute_run(folder) == "done"
    assert is_same(read_weights(folder), read_weights(whole))

    start = find_start(whole.name)
    config = plan_start(start, epochs=1)
    assert (config.network, config.layers) == (NAME, PLAIN)
    further = create_run(config, files=start.files)
    assert execute_run(further) == "done"
    assert is_same(
        load_checkpoint(further / "epochs" / "000.safetensors").network.state_dict(), read_weights(whole)
    )
    with pytest.raises(ValueError, match="holds a Mine .* whose weights do not fit a convnet"):
        plan_start(start, "convnet")

    # Fine-tuned on drawings, of which it knows none.
    drawings = prepare_drawings(draw_digits(15))
    plan = plan_fine_tuning(start.checkpoint.info, "a run", 15)
    beginning = pack_beginning(whole / "checkpoint.safetensors", drawings.images, drawings.labels)
    tuned = create_run(dataclasses.replace(plan, num_images=200, epochs=1), files=beginning)
    assert execute_run(tuned) == "done"
    assert read_info(tuned / "checkpoint.safetensors").layers == PLAIN
    untuned = load_checkpoint(tuned / "epochs" / "000.safetensors").network.state_dict()
    assert is_same(untuned, read_weights(whole))
    assert not is_same(untuned, read_weights(tuned))


def test_recipes_name_it_as_they_name_others():
    assert name_config(make_config(NAME, layers=PLAIN)) == "notebook"
    assert name_config(make_config(NAME, "fast", layers=PLAIN)) == "fast"
    assert name_config(make_config(NAME, "sketch", layers=PLAIN)) == "sketch"
    assert make_config(NAME, layers=PLAIN, seed=3).recipe == "notebook"
    assert make_config(NAME, layers=PLAIN, epochs=3).recipe == "free"
    info = dataclasses.replace(load_checkpoint("mlp").info, network=NAME, config={}, layers=PLAIN)
    assert name_recorded(info) != "own"


def test_equal_lists_are_equal_however_they_are_written():
    said = [{"layer": "Flatten"}, {"layer": "Linear", "out_features": 10, "bias": True}]
    assert make_config("Mine", layers=said) == make_config(
        "Mine", layers=describe_layers((Flatten(), Linear()))
    )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"network": "convnet"}, "convnet is a given network"),
        ({"network": "ConvNet2"}, "ConvNet2 is a given network"),
        ({"network": ""}, "one line of 1 to 40 letters"),
        ({"network": "x" * 41}, "one line of 1 to 40 letters"),
        ({"network": "a\u202eb"}, "one line of 1 to 40 letters"),
        ({"network": " Mine"}, "no spaces around it"),
        ({"network": 3}, "one line of 1 to 40 letters"),
        ({"dropout": 0.5}, "so dropout cannot be 0.5; leave it out and set p in the layers"),
        ({"layers": []}, "at least one layer"),
        ({"layers": "nn.Linear"}, "a list of layers, not str"),
        ({"layers": describe_layers((Flatten(), Linear(7)))}, "ends in 10 logits"),
        ({"layers": describe_layers((Flatten(), Linear(4096), Linear(4096), Linear(10)))}, "at most 4,000"),
    ],
)
def test_what_is_no_network_is_no_configuration(changes, message):
    with pytest.raises(ValueError, match=message):
        TrainConfig(**{"network": "Mine", "layers": describe_layers((Flatten(), Linear()))} | changes)


def test_a_run_whose_list_was_damaged_is_told_as_damaged():
    folder = make_folder("a" * 32, [], network="Mine", layers=describe_layers((Flatten(), Linear())))
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"layers": [{"layer": "Exec"}]}))
    with pytest.raises(
        ValueError, match="This run is damaged: config.json cannot be used. Layer 1 is called"
    ):
        read_run(folder.name)


@pytest.mark.parametrize("text", [write_json("", LAYERS), json.dumps(PLAIN), write_layers(LAYERS), PLAIN])
@pytest.mark.usefixtures("idle")
def test_programs_send_layers_as_json_or_as_python(text):
    run_id = train("Mine", "strokes", epochs=1, layers=text)
    config = read_config(find_runs_folder() / run_id)
    assert (config.network, config.layers) == ("Mine", PLAIN)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"layers": "nn.Sequential(nn.Flatten(), nn.Linear(785, 10))"},
            "not as they are written. Line 1: Lin",
        ),
        ({"layers": "nn.Sequential(open('x', 'w'))"}, "cannot be read"),
        ({"layers": "[{"}, "no JSON that can be read"),
        ({"layers": json.dumps(PLAIN), "start_from": "mlp"}, "leave out layers, or start_from"),
        ({"layers": json.dumps(PLAIN), "dropout": 0.2}, "set p in the layers"),
        ({"network": "mlp", "layers": json.dumps(PLAIN)}, "mlp is a given network"),
    ],
)
@pytest.mark.usefixtures("idle")
def test_layers_that_are_wrong_are_answered_with_what_would_be_right(arguments, message):
    with pytest.raises(gr.Error, match=message):
        train(**{"network": "Mine", "dataset": "strokes"} | arguments)
    assert not list(find_runs_folder().glob("?" * 32))


@pytest.mark.usefixtures("idle")
def test_several_seeds_share_the_list():
    ids = repeat_run(make_own(), 3)
    configs = [read_config(find_runs_folder() / run_id) for run_id in ids]
    assert [config.seed for config in configs] == [0, 1, 2]
    assert all(config.layers == PLAIN for config in configs)


@pytest.mark.usefixtures("small_test_set")
def test_batch_norm_of_one_image_is_refused_before_the_first_step():
    folder = create_run(make_own(num_images=100, batch_size=79))  # 80 images train
    assert execute_run(folder) == "failed"
    assert "an epoch's last batch would have one: 80 images in batches of 79" in read_run(folder.name).message
    check_batches(LAYERS, 80, 78)
    check_batches((BatchNorm2d(), Flatten(), Linear()), 80, 79)
    for size in (1, 79):
        with pytest.raises(ValueError, match="needs two images"):
            check_batches((MaxPool2d(28), Residual((BatchNorm2d(),)), Flatten(), Linear()), 80, size)


@pytest.mark.usefixtures("idle")
def test_what_would_fail_or_not_fit_is_not_started(monkeypatch):
    with pytest.raises(ValueError, match="80 images in batches of 79. Choose another batch size, such as 80"):
        repeat_run(make_own(num_images=100, batch_size=79), 1)
    wide = describe_layers((Conv2d(600, 1), ReLU(), MaxPool2d(28), Flatten(), Linear(10)))
    with pytest.raises(ValueError, match=r"would take 3\.\d GB of memory, and 3 GB is the most"):
        repeat_run(make_own(num_images=1_000, layers=wide, batch_size=512), 1)
    monkeypatch.setenv("GLASSBOX_RUNS_DISK_MB", "12")
    large = make_own(layers=describe_layers((Flatten(), Linear(500), Linear(10))), epochs=2)
    repeat_run(large, 1)  # 400,000 numbers of 4 bytes after each epoch, and four times more
    with pytest.raises(ValueError, match="this one with those that train takes 18 MB more"):
        repeat_run(large, 1)


def test_sides_are_read_once_however_often_they_are_sent(monkeypatch):
    read = []
    monkeypatch.setattr("models.runs.status.read_run", lambda run_id: read.append(run_id))
    with pytest.raises(AttributeError):  # what is read here is no run
        on_layers_compared(json.dumps(["example"] * 10_000))
    assert read == ["example"]


@pytest.mark.usefixtures("small_test_set")
def test_two_networks_lists_stand_side_by_side_with_what_differs():
    first = train_own().name
    second = train_own(layers=describe_layers((*LAYERS[:-2], Linear(10)))).name
    text = show_layers_compared([first, second])
    assert "| **Dropout\\(0\\.25\\)** → 12 | – | only here |" in text
    assert text.count("only here") == 1
    assert "learned numbers" in text
    assert "could be chance" in text or "more than chance" in text or "the same score" in text
    shown = on_layers_compared(json.dumps([first, second]))
    assert "<td><strong>Dropout(0.25)</strong> → 12</td>" in shown
    assert "Add to my report" in shown
    for nothing in ("[]", json.dumps([first]), json.dumps([first, first]), "x", None, "3", '{"a": 1}'):
        assert on_layers_compared(nothing).startswith("<p>Tick two runs")
