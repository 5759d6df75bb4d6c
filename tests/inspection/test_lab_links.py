"""The links of Conv & pool's labs: what they name is shown, and what cannot be shown is said."""

from types import SimpleNamespace

import gradio as gr
import pytest

from app.inspection.architecture import section as architecture
from app.inspection.microscope import handlers as microscope
from app.inspection.network import section as network
from app.ui.digits import TEST
from models.checkpoints.file import SHIPPED_FOLDER
from tests.inspection.test_network_answers import make_run

MICROSCOPE = {
    "checkpoint": "convnet4", "source": TEST, "index": 5, "mode": "training", "layer": "features.7",
    "seed": 0, "norm_layer": "features.20", "channel": 0,
}  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    """What a visitor is told of the link."""
    told = []
    for module in (architecture, microscope, network):
        monkeypatch.setattr(module, "warn_about_link", told.append)
    return told


def ask(lab, **named):
    return SimpleNamespace(query_params={"tab": "inspection", "lab": lab} | named)


def is_kept(update):
    return update == gr.skip()


def test_the_network_lab_shows_what_its_link_names(told):
    checkpoint, *others = network.on_open([], ask("network", checkpoint="convnet3", index="12"))
    assert (checkpoint.value, *others) == ("convnet3", TEST, 12)
    assert all(map(is_kept, network.on_open([], ask("window", index="12"))))
    for wrong in ({"index": "60000000"}, {"index": "x"}, {"checkpoint": "run:1"}, {"source": "web"}):
        assert all(map(is_kept, network.on_open([], ask("network", **wrong))))
    assert len(told) == 4


def test_the_microscope_shows_what_its_link_names_and_of_the_rest_the_networks_own(told):
    view = microscope.on_open(MICROSCOPE, [], ask("microscope", checkpoint="convnet2", seed="3"))
    assert view.checkpoint["value"] in [key for _, key in view.checkpoint["choices"]]
    named = view.checkpoint["value"], view.seed, view.index, view.listed
    assert named == ("convnet2", 3, 5, "convnet2")
    assert view.layer["value"] in [key for _, key in view.layer["choices"]]
    assert view.norm_controls["visible"] is False
    assert all(map(is_kept, microscope.on_open(MICROSCOPE, [], ask("microscope"))))
    for wrong in (
        {"seed": "x"},
        {"seed": "1000"},
        {"channel": "9999"},
        {"layer": "nowhere"},
        {"norm_layer": "features.0"},
        {"mode": "asleep"},
        {"checkpoint": "mlp"},
        {"index": "10000000"},
    ):
        assert all(map(is_kept, microscope.on_open(MICROSCOPE, [], ask("microscope", **wrong))))
    assert len(told) == 8
    assert "seed is 'x'" in told[0]


def test_what_another_networks_batch_norm_left_in_hidden_controls_is_no_mistake(told):
    view = microscope.on_open(
        MICROSCOPE, [], ask("microscope", checkpoint="convnet2", norm_layer="features.4", channel="5")
    )
    assert view.checkpoint["value"] == "convnet2"
    assert told == []


def test_the_architecture_lab_shows_the_network_that_its_link_names(told):
    view = architecture.on_open([], ask("architecture", network="mlp"))
    assert view.network["value"] == "mlp"
    assert "109,386" in str(view.layers)
    assert is_kept(architecture.on_open([], ask("architecture", network="lenet")).network)
    assert len(told) == 1


def test_a_run_of_ones_own_is_among_the_choices_of_what_its_link_opens(told):
    """The lists as the page has them know no run, and Gradio refuses a value that is not in its list."""
    run = make_run((SHIPPED_FOLDER / "convnet4.safetensors").read_bytes())
    key = f"run:{run}"
    in_network, *_ = network.on_open([run], ask("network", checkpoint=key))
    in_microscope = microscope.on_open(MICROSCOPE, [run], ask("microscope", checkpoint=key)).checkpoint
    assert in_network.value == in_microscope["value"] == key
    assert key in [each for _, each in in_network.choices]
    assert key in [each for _, each in in_microscope["choices"]]
    assert told == []
