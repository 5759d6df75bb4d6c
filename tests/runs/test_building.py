"""The builder's answers: rows, what does not fit and its repair, links, and what is trained."""

import base64
import json
import time
import zlib
from types import SimpleNamespace

import gradio as gr
import pytest

from app.link import explain_unused
from app.runs.building.kinds import list_kinds
from app.runs.building.section import (
    build_builder,
    make_own_config,
    on_foretell,
    on_open_link,
    on_train,
    wire_builder,
)
from app.runs.building.view import JSON, PYTHON, show_change
from app.runs.controls import on_form
from app.runs.form import OWN_NETWORK, fill_form, list_fields
from app.runs.tab import on_start
from app.ui.answers import answer
from app.ui.prose import quote_text
from models.networks.layers.exchange import read_link, read_network_text, write_json, write_link
from models.networks.layers.kinds import (
    KINDS,
    Conv2d,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Residual,
)
from models.networks.layers.plain_data import describe_layers, read_layers
from models.networks.layers.source import write_program
from models.networks.registry import NETWORKS
from models.runs.folder import find_runs_folder
from models.runs.writer import read_config
from tests.node import run_node

LENET = """nn.Sequential(
    nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(), nn.AvgPool2d(2),
    nn.Conv2d(6, 16, kernel_size=5), nn.Tanh(), nn.AvgPool2d(2),
    nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
)"""
LENET_LAYERS = read_network_text(LENET).layers


@pytest.fixture
def idle(monkeypatch):
    """A machine on which runs wait: nothing is launched."""
    monkeypatch.setattr("models.runs.control.advance_held_queue", lambda: None)
    monkeypatch.setattr("models.runs.status.advance_queue", lambda: None)


def list_values(**changes):
    form = (
        {"network": "convnet", "dataset": "strokes", "seed": 0} | fill_form("convnet", "notebook") | changes
    )
    return tuple(form[name] for name in list_fields())


def show_text(name, text, form=PYTHON):
    return show_change(name, None, text, None, form)


def show_layers(*layers, name="Mine", form=PYTHON):
    return show_change(name, describe_layers(layers), None, None, form)


def test_lenet_is_shown_row_by_row():
    view = show_text("My LeNet", LENET)
    assert (view["problem"], view["name_problem"], view["remarks"]) == ("", "", [])
    first = view["rows"][0]
    assert (first["sizes"], first["parameters"], first["multiply_adds"]) == ([6, 28, 28], 156, 117_600)
    assert [row["sizes"] for row in view["rows"]][-3:] == [[84], [84], [10]]
    assert view["parameters"] == 61_706
    assert read_link(view["link"]).layers == LENET_LAYERS
    assert view["text"] == write_program(LENET_LAYERS)
    assert show_layers(*LENET_LAYERS, form=JSON)["text"] == write_json("Mine", LENET_LAYERS)
    assert len(json.dumps(view)) < 4_000


@pytest.mark.parametrize("source", ["button", "form"])
def test_own_network_is_trained_with_the_settings_of_the_form(idle, source):
    own = write_json("My LeNet", LENET_LAYERS)
    start = on_train if source == "button" else on_start
    listing = start([], 2, own, "notebook", *list_values(network=OWN_NETWORK, epochs=3))
    assert listing.error == ""
    configs = [read_config(find_runs_folder() / run_id) for run_id in listing.my_runs]
    assert [(config.network, config.seed, config.epochs) for config in configs] == [
        ("My LeNet", 0, 3),
        ("My LeNet", 1, 3),
    ]
    assert configs[0].layers == describe_layers(LENET_LAYERS)


def test_form_says_what_an_own_network_is_and_fills_in_its_recipes():
    own = write_json("My LeNet", LENET_LAYERS)
    assert make_own_config(own, "notebook", list_values()).recipe == "notebook"
    fast = list_values(**fill_form(OWN_NETWORK, "fast"), network=OWN_NETWORK)
    assert make_own_config(own, "fast", fast).recipe == "fast"
    said = on_form("fast", "fast", own, *fast)
    assert said.about.startswith("My LeNet: 6 filters 5×5, Tanh, average pool 2×2")
    wide = write_json("Wide", (Flatten(), Linear(4096), ReLU(), Linear(10)))
    few = list_values(network=OWN_NETWORK, num_images=300)
    assert "3,256,330 learned numbers for 240 images" in on_form("free", "notebook", wide, *few).warnings


def test_what_does_not_fit_is_said_at_its_row_and_mended_by_one_press_after_the_other():
    layers, presses = (Conv2d(8, 5), Linear(7)), []
    while True:
        view = show_layers(*layers)
        repairs = next((row["repairs"] for row in view["rows"] if row["problem"]), view["repairs"])
        if not repairs:
            break
        presses.append(repairs[0]["label"])
        layers = read_layers(repairs[0]["layers"])
    assert presses == ["Put Flatten before Linear", "Give the last Linear 10 outputs"]
    assert layers == (Conv2d(8, 5), Flatten(), Linear(10))
    view = show_layers(Conv2d(8, 5), Linear(7), ReLU())
    assert "Flatten makes 4,608 features" in view["rows"][1]["problem"]
    assert view["rows"][2] | {"body": []} == {
        "sizes": [], "parameters": None, "multiply_adds": None, "problem": "", "repairs": [], "remarks": [],
        "body": [],
    }  # fmt: skip
    inner = show_layers(Residual((Conv2d(8, padding=1), Linear(3))), Flatten(), Linear(10))["rows"][0]
    assert (inner["problem"], inner["sizes"]) == ("", [])
    assert inner["body"][1]["repairs"][0]["label"] == "Put Flatten before Linear"


def test_what_is_odd_is_said_at_the_row_where_it_is_mended():
    view = show_layers(Flatten(), Linear(99), Linear(10))
    assert [row["remarks"] for row in view["rows"][:2]] == [[], []]
    assert view["rows"][2]["remarks"][0].startswith("Layers 2 and 3: with no activation")


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        ({"text": "import os"}, "There is no network in this text"),
        ({"text": "x" * 10**6}, "at most 20,000 characters"),
        ({"text": 3}, "at most 20,000 characters"),
        ({"text": '[{"layer": "<b>x</b>"}]'}, "is called '<b>x</b>'"),
        ({"layers": [{"layer": "Conv2d", "kernel_size": 99}]}, "from 1 to 28, not 99"),
        ({"layers": [{"layer": "ReLU"}] * 41}, "at most 40 layers"),
        ({"layers": "x" * 99}, "list of layers"),
        ({"begin": "nothing"}, "no network called"),
        ({"begin": ["convnet"]}, "no network called"),
        (None, "list of layers"),
    ],
)
def test_what_is_no_list_is_said(request_, message):
    examine = answer(show_change, "name", "layers", "text", "begin", "form")
    assert message in json.loads(examine(request_))["error"]


@pytest.mark.parametrize(
    ("name", "message"),
    [("convnet", "convnet is a given network"), ("", "1 to 40 letters"), ("\ud800", "1 to 40 letters")],
)
def test_name_that_it_cannot_have_is_told_and_trains_nothing(idle, name, message):
    assert message in show_text(name, LENET)["name_problem"]
    own = json.dumps({"name": name, "layers": describe_layers(LENET_LAYERS)})
    assert message in on_train([], 1, own, "notebook", *list_values()).error
    assert message in on_foretell(own, "notebook", *list_values())


@pytest.mark.parametrize(
    "own", [None, 3, "", "glassbox/values/x.json", "[", "[]", '{"name": "[a](//b.example)"}']
)
def test_what_is_no_network_trains_nothing_and_is_said_as_text(idle, own):
    for listing in (
        on_train([], 1, own, "notebook", *list_values()),
        on_start([], 1, own, "notebook", *list_values(network=OWN_NETWORK)),
    ):
        assert listing.error
        assert "[a](" not in listing.error
    assert on_foretell(own, "notebook", *list_values())


def test_network_that_is_not_the_one_on_the_screen_is_not_trained(idle):
    mistake = "Layer 1: kernel_size: enter a number from 1 to 28."
    own = json.dumps({"name": "Mine", "layers": describe_layers(LENET_LAYERS), "mistake": mistake})
    assert quote_text(mistake) in on_train([], 1, own, "notebook", *list_values()).error
    assert quote_text(mistake) in on_start([], 1, own, "notebook", *list_values(network=OWN_NETWORK)).error
    assert quote_text(mistake) in on_foretell(own, "notebook", *list_values())


def test_network_of_a_link_is_begun_from():
    view = show_change(None, None, None, f"link:{write_link('Sent', LENET_LAYERS)}", PYTHON)
    assert (view["name"], view["layers"]) == ("Sent", describe_layers(LENET_LAYERS))
    with pytest.raises(ValueError, match="cut off or altered"):
        show_change(None, None, None, "link:abc", PYTHON)


def test_network_is_written_as_python_and_as_json_and_begun_from_a_given_one():
    begun = show_change(None, None, None, "convnet3", PYTHON)
    assert (begun["name"], begun["problem"]) == ("My ConvNet3", "")
    assert begun["text"] == write_program(NETWORKS["convnet3"].layers)
    as_json = show_change(begun["name"], begun["layers"], None, None, JSON)["text"]
    again = show_text("", as_json)
    assert (again["name"], again["layers"]) == ("My ConvNet3", begun["layers"])
    assert show_layers(Linear(10))["text"].startswith("{")  # no program is known for what does not fit


def test_every_kind_is_offered_with_bounds_that_it_takes():
    kinds = {kind["name"]: kind for kind in list_kinds()}
    assert set(kinds) == set(KINDS)
    for name, kind in kinds.items():
        (layer,) = read_layers([kind["fresh"]])
        assert layer.kind == name
        for setting in kind["settings"]:
            ends = (True, False) if setting["type"] == "switch" else (setting["low"], setting["high"])
            for value in ends:
                whole = int(value) if setting["type"] == "whole" else value
                read_layers([{"layer": name, setting["name"]: whole}])


def test_link_opens_the_network_that_it_names():
    layers = (Residual((Conv2d(4, padding=1), ReLU())), MaxPool2d(7), Flatten(), Linear(10))
    link = write_link("Sent", layers)
    opened = on_open_link("", SimpleNamespace(query_params={"layers": link}))
    assert opened.place == gr.update(open=True)
    shared = read_network_text(opened.rows)
    assert (shared.name, shared.layers) == ("Sent", layers)
    assert explain_unused([("tab", "runs"), ("layers", link)]) == []
    broken = on_open_link("", SimpleNamespace(query_params={"layers": link[:-5]}))
    assert "cut off or altered" in broken.error
    packed = zlib.compress(json.dumps(["a", [{"layer": "[Log in](//a.example)"}]]).encode())
    named = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    hostile = on_open_link("", SimpleNamespace(query_params={"layers": named}))
    assert "\\[Log in\\]" in hostile.error  # a text, and no link


def test_network_that_the_browser_kept_is_shown_where_the_address_names_none():
    kept = write_link("Kept", LENET_LAYERS)
    nothing = SimpleNamespace(query_params={})
    for stored in (kept, f"?tab=runs&layers={kept}"):  # as it was kept before the builder had rows
        shared = read_network_text(on_open_link(stored, nothing).rows)
        assert (shared.name, shared.layers) == ("Kept", LENET_LAYERS)
    for stale in ("", None, kept[:-6], "?tab=runs", 3):  # told by nobody, so nobody is told
        assert on_open_link(stale, nothing).error == gr.skip()
    assert on_open_link(kept, SimpleNamespace(query_params={"layers": kept[:-6]})).rows == gr.skip()


def test_time_and_memory_are_foretold():
    said = on_foretell(write_json("Mine", LENET_LAYERS), "notebook", *list_values(epochs=3))
    assert said.startswith("About ")
    assert "an epoch on this machine" in said
    assert "for 3;" in said


def test_forecast_goes_with_every_change_of_what_it_is_of():
    with gr.Blocks() as page:
        controls, fields = build_builder(), {name: gr.Number() for name in ("epochs", "batch_size")}
        wire_builder(page, controls, gr.Textbox(), fields, lambda *given: None)
    shown, calls = controls.forecast._id, page.config["dependencies"]
    clearing = [call for call in calls if shown in call["outputs"] and call["js"].startswith("() =>")]
    cleared_by = {tuple(target) for call in clearing for target in call["targets"]}
    assert cleared_by == {
        (controls.rows._id, "input"), *((field._id, "change") for field in fields.values()),
    }  # fmt: skip
    (asking,) = (call for call in calls if (controls.foretell._id, "click") in call["targets"])
    (checking,) = (call for call in calls if call["trigger_after"] == asking["id"])
    assert asking["inputs"] == checking["inputs"][1:]
    said = run_node(["--eval", f"""
        globalThis.window = {{}};
        const [ask, check] = [{asking["js"]}, {checking["js"]}];
        const asked = ask("[]", "fast", 3, null);
        console.log(JSON.stringify([asked, check("1 s", ...asked), check("1 s", "[]", "fast", 4, null)]));
    """])  # fmt: skip
    assert json.loads(said) == [["[]", "fast", 3, None], "1 s", ""]


@pytest.mark.release
def test_an_edit_is_answered_within_fifty_milliseconds():
    """Forty layers, the best of several."""
    layers = (*[Conv2d(8, padding=1), ReLU()] * 18, MaxPool2d(4), ReLU(), Flatten(), Linear(10))
    examine = answer(show_change, "name", "layers", "text", "begin", "form")
    request = {"name": "Mine", "layers": describe_layers(layers), "form": PYTHON}
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        text = examine(request)
        seconds.append(time.perf_counter() - start)
    print(f"{1000 * min(seconds):.1f} ms, {len(text):,} letters")
    assert min(seconds) < 0.05
