"""How the layers of a run learn: what is kept, what the page is told of it, and what of it is new."""

import json

import pytest
from filelock import FileLock
from safetensors.torch import load_file

from app.runs.layers import MAX_NEWS_MOMENTS
from app.runs.live import look
from app.ui.packing import pack
from models.runs.event_lines import parse_line
from models.runs.folder import SNAPSHOTS, find_run_folder, find_runs_folder
from models.runs.status import EXAMPLE_RUN, read_run
from models.training.events import read_layers
from models.training.measuring import find_places
from tests.runs.finished_runs import copy_finished_runs
from tests.runs.trained_runs import make_ending, make_folder, make_step

A = "a" * 32


def make_layer(gradient=0.1, update=0.001, num_dead=0):
    found = {"kind": "ReLU", "num_units": 8, "num_dead": num_dead, "num_saturated": None, "spread": 1.0}
    return {"name": "0", "kind": "Linear", "num_units": 8, "gradient": gradient, "weight": 1.0,
            "update": update, "has_equal_units": False, "activations": found}  # fmt: skip


def make_layers(step, *layers):
    return {
        "type": "layers",
        "step": step,
        "num_examples": 64,
        "sees_all": False,
        "layers": layers or [make_layer()],
    }


def live(run_id):
    """Let a run be one that is going on, inside a `with` block."""
    return FileLock(find_runs_folder() / run_id / "lock")


def ask(run_id, known=None):
    return look({"runs": {run_id: known}, "focus": run_id, "view": known is None})


@pytest.fixture
def ids():
    return copy_finished_runs(find_runs_folder())


def test_run_shows_what_it_measured(ids):
    layers = ask(ids["mlp"])["layers"]
    assert layers["is_whole"]
    assert layers["titles"] == [
        {"title": "Layer 1", "about": "Linear, 128 units, ReLU", "num_units": 128},
        {"title": "Layer 2", "about": "Linear, 64 units, ReLU", "num_units": 64},
        {"title": "Layer 3", "about": "Linear, 10 units", "num_units": 0},
    ]
    # 400 images in batches of 32 are 13 steps an epoch, of which the last has 16 images.
    assert [moment["step"] for moment in layers["moments"]] == [1, 4, 12, 25, 38, 51]
    told = read_layers(read_run(ids["mlp"]).layers[-1])
    last = layers["moments"][-1]
    for row, layer in zip(last["layers"], told.layers, strict=True):
        gradient, ratio, num_dead, spread = row
        assert gradient == pytest.approx(layer.gradient, rel=1e-3)
        assert ratio == pytest.approx(layer.update_ratio, rel=1e-3)
        assert num_dead == (layer.activations and layer.activations.num_dead)
        assert (spread is None) == (layer.activations is None)
    assert last["findings"]
    convolution = ask(ids["convnet"])["layers"]["titles"][0]
    assert convolution["about"] == "Conv2d, 8 maps, ReLU"


def test_news_holds_what_is_new_alone_in_a_few_hundred_bytes():
    make_folder(A, [make_step(1), make_layers(1), make_step(2), make_layers(2, make_layer(num_dead=7))])
    offset = ask(A)["cards"][0]["offset"]
    path = find_runs_folder() / A / "events.jsonl"
    with path.open("a") as file:
        file.write(json.dumps(make_layers(4, make_layer(num_dead=7))) + "\n")
    with live(A):
        answer = ask(A, [offset, ask(A)["cards"][0]["mark"]])
    layers = answer["layers"]
    assert (layers["is_whole"], layers["titles"]) == (False, [])
    (moment,) = layers["moments"]
    assert (moment["step"], moment["layers"]) == (4, [[0.1, 0.001, 7, 1.0]])
    assert moment["findings"][0] == {
        "layer": 1,
        "is_well": False,
        "text": "7 of 8 units of layer 1 give 0 for all 64 examples measured since step 2: "
        "their gradient is 0.",
    }
    assert len(pack(layers)) < 600
    assert "layers" not in ask(A, [path.stat().st_size, ask(A)["cards"][0]["mark"]])


def test_of_many_measurements_at_once_the_last_few_are_told_and_all_at_the_end():
    """As a run takes its first steps, or a busy machine looks seldom: an update stays small."""
    make_folder(A, [make_step(1), make_layers(1)])
    path = find_runs_folder() / A / "events.jsonl"
    known = ask(A)["cards"][0]

    def tell(*events):
        with path.open("a") as file:
            file.writelines(f"{json.dumps(event)}\n" for event in events)

    steps = [2**power for power in range(1, 12)]
    with live(A):
        tell(*[make_layers(step) for step in steps])
        answer = ask(A, [known["offset"], ask(A)["cards"][0]["mark"]])
    layers = answer["layers"]
    assert (layers["is_whole"], layers["titles"]) == (False, [])
    assert [moment["step"] for moment in layers["moments"]] == steps[-MAX_NEWS_MOMENTS:]
    assert [bool(moment["findings"]) for moment in layers["moments"]] == [False] * (MAX_NEWS_MOMENTS - 1) + [
        True
    ]
    assert len(pack(layers)) < 800
    offset = path.stat().st_size
    tell(make_ending())
    layers = ask(A, [offset, known["mark"]])["layers"]
    assert not layers["is_whole"]  # whoever looks back goes on looking there
    assert layers | {"is_whole": True} == ask(A)["layers"]
    assert [moment["step"] for moment in layers["moments"]] == [1, *steps]


def test_many_first_measurements_are_few_too():
    make_folder(A, [make_step(1)])
    known = ask(A)["cards"][0]
    with (find_runs_folder() / A / "events.jsonl").open("a") as file:
        file.writelines(f"{json.dumps(make_layers(step))}\n" for step in range(1, 9))
    with live(A):
        layers = ask(A, [known["offset"], ask(A)["cards"][0]["mark"]])["layers"]
    assert (layers["is_whole"], len(layers["titles"])) == (True, 1)
    assert [moment["step"] for moment in layers["moments"]] == [6, 7, 8]


def test_first_measurement_is_the_whole():
    make_folder(A, [make_step(1)])
    known = ask(A)
    assert known["layers"]["absent"] != ""
    with (find_runs_folder() / A / "events.jsonl").open("a") as file:
        file.write(json.dumps(make_layers(1)) + "\n")
    answer = ask(A, [known["cards"][0]["offset"], known["cards"][0]["mark"]])
    assert answer["layers"]["is_whole"]
    assert len(answer["layers"]["titles"]) == 1


def test_run_of_an_earlier_version_says_so():
    make_folder(A, [make_step(1), make_ending()])
    assert ask(A)["layers"] == {
        "is_whole": True,
        "absent": "This run was made before the layers were measured. A new run shows here how they learn.",
        "titles": [],
        "moments": [],
    }


def test_the_example_shows_how_its_layers_learn():
    layers = ask(EXAMPLE_RUN)["layers"]
    assert layers["absent"] == ""
    first, *_, last = read_run(EXAMPLE_RUN).epochs
    assert [moment["step"] for moment in layers["moments"]] == find_places(last["step"], first["step"])
    assert [title["about"].partition(",")[0] for title in layers["titles"]] == ["Conv2d"] * 5 + ["Linear"]


def test_the_layers_of_the_example_are_those_of_its_weights():
    """As the run kept them before its first step, and after its last."""
    first, *_, last = read_run(EXAMPLE_RUN).layers
    folder = find_run_folder(EXAMPLE_RUN) / SNAPSHOTS
    for measured, epoch in ((first, 0), (last, 5)):
        weights = load_file(folder / f"{epoch:03}.safetensors")
        for layer in measured["layers"]:
            size = weights[f"{layer['name']}.weight"].square().mean().sqrt().item()
            assert layer["weight"] == pytest.approx(size, rel=1e-4), (epoch, layer["name"])


def test_resumption_undoes_measurements():
    events = [make_layers(1), make_layers(8), {"type": "resumed", "epoch": 0, "step": 4}, make_layers(16)]
    make_folder(A, events)
    assert [event["step"] for event in read_run(A).layers] == [1, 16]


def test_numbers_that_are_none_are_told_as_texts():
    make_folder(A, [make_step(1), make_layers(1, make_layer(gradient="nan", update="inf"))])
    (moment,) = ask(A)["layers"]["moments"]
    assert moment["layers"][0][:2] == ["NaN", "∞"]
    assert "layer 1 are the first numbers that are infinite or NaN" in moment["findings"][0]["text"]


def test_measurements_of_other_layers_are_left_out():
    """An edited file may hold anything that is sound line by line."""
    make_folder(A, [make_layers(1), make_layers(2, make_layer(), make_layer()), make_layers(4, make_layer())])
    assert [moment["step"] for moment in ask(A)["layers"]["moments"]] == [1, 4]


@pytest.mark.parametrize(
    "change",
    [
        {"step": 0},
        {"num_examples": -1},
        {"sees_all": 1},
        {"layers": {}},
        {"layers": ["x"]},
        {"layers": [make_layer() | {"gradient": -1}]},
        {"layers": [make_layer() | {"gradient": "big"}]},
        {"layers": [make_layer() | {"more": 1}]},
        {"layers": [make_layer() | {"activations": {}}]},
        {"layers": [make_layer() | {"num_units": 0}]},
    ],
)
def test_damaged_measurement_is_passed_over(change):
    assert parse_line(json.dumps(make_layers(1)).encode()) is not None
    assert parse_line(json.dumps(make_layers(1) | change).encode()) is None
