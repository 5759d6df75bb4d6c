"""How the section answers its controls, and what it takes home."""

import contextlib
import io
import json
from types import SimpleNamespace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
import torch

from app.descent.perceptron.form import read_example
from app.descent.perceptron.handlers import on_example, on_expand, on_inputs, write_notebook
from app.descent.perceptron.link import read_link, write_link
from app.descent.perceptron.script import write_perceptron_script
from app.descent.perceptron.section import build_perceptron_section
from app.link import explain_unused
from models.descent.perceptron import Example, follow_example, list_gradients

OPENING = ("1 0.5 -1 2", 0, "relu", 472)


def test_the_controls_at_first_are_the_opening():
    assert read_example(*OPENING) == Example()
    answer, script = on_example(*OPENING)
    assert set(json.loads(answer)) == {"figure", "steps", "verdict", "link", "errors"}
    assert script == write_perceptron_script(Example())


def test_numbers_are_read_as_people_type_them():
    assert read_example("0,5; −1; 1e-1; 2", 0, "tanh", "7") == Example((0.5, -1, 0.1, 2), 0, "tanh", 7)


@pytest.mark.parametrize(
    ("controls", "field", "message"),
    [
        (("1 2 3", 1, "relu", 0), "x", "x has 3 numbers: write 4, as in 1 0.5 -1 2."),
        (("", 1, "relu", 0), "x", "x has 0 numbers"),
        (("1 2 3 4", 1, "relu", 0), "x", "Input 4 is 4.0: enter a number from -3 to 3."),
        (("1 two 3 4", 1, "relu", 0), "x", "'two' is not a number"),
        ((None, 1, "relu", 0), "x", "x has 0 numbers"),
        (("1 1 1 1", None, "relu", 0), "label", "The label is None"),
        (("1 1 1 1", 1, ["relu"], 0), "activation", "The activation is"),
        (("1 1 1 1", 1, "relu", None), "seed", "The seed is None"),
        (("1 1 1 1", 1, "relu", "abc"), "seed", "The seed: 'abc' is not a number"),
        (("1 1 1 1", 1, "relu", 1e9), "seed", "enter a whole number from 0 to 9,999."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(controls, field, message):
    answer, script = on_example(*controls)
    told = json.loads(answer)
    assert list(told) == ["errors"]
    assert list(told["errors"]) == [field]
    assert message in told["errors"][field]
    assert script == gr.skip()
    with pytest.raises(ValueError, match=r"\w"):
        write_notebook(*controls)


def expand(example=None, controls=OPENING):
    """Return what opening the section shows, and then fills in as inputs."""
    query = {"tab": "descent"} if example is None else {"tab": "descent", "example": example}
    request = SimpleNamespace(query_params=query)
    return on_expand(request, *controls), on_inputs(request)


def test_an_address_names_the_example_that_it_shows():
    assert write_link(Example()) == "?tab=descent&open=backwards-through-a-network"
    precise = Example((0.1 + 0.2, -1 / 3, 1e-9, 2.0))
    assert read_link(dict(parse_qsl(write_link(precise)[1:]))) == precise
    example = Example((0.5, -1.25, 3.0, 0.0), 1, "tanh", 12)
    link = write_link(example)
    assert link.endswith("&example=0.5,-1.25,3,0:1:tanh:12")
    query = dict(parse_qsl(link[1:]))
    assert read_link(query) == example
    opened, x = expand(query["example"])
    assert (x, *opened[2:]) == ("0.5 -1.25 3 0", 1, "tanh", 12)
    assert opened[:2] == on_example(x, *opened[2:])
    assert json.loads(opened.graph)["link"] == link
    assert not explain_unused(parse_qsl(link[1:]))


def test_without_an_example_in_the_address_the_controls_count():
    controls = ("1 1 1 1", 1, "sigmoid", 3)
    opened, x = expand(controls=controls)
    assert opened[:2] == on_example(*controls)
    assert [x, *opened[2:]] == [gr.skip()] * 4


@pytest.mark.parametrize(
    ("example", "message"),
    [
        ("", "it is inputs, label, activation and seed"),
        ("1,2,3,4", "it is inputs, label, activation and seed"),
        ("1,2,3,0:1:tanh:7:8", "it is inputs, label, activation and seed"),
        ("1,2,3,0:1:tanh:" + "7" * 300, "it is inputs, label, activation and seed"),
        ("1,2,3:1:tanh:7", "x has 3 numbers"),
        ("1,2,nan,0:1:tanh:7", "is not a number"),
        ("1,2,3,0:2:tanh:7", "The label is 2"),
        ("1,2,3,0:1:gelu:7", "The activation is 'gelu'"),
        ("1,2,3,0:1:tanh:x", "The seed: 'x' is not a number"),
    ],
)
def test_a_broken_example_in_the_address_is_told_and_the_opening_shown(example, message):
    opened, x = expand(example)
    graph, script = on_example(*OPENING)
    shown = json.loads(opened.graph)
    assert message in shown["errors"]["x"]
    assert shown | {"errors": {}} == json.loads(graph)
    assert opened.script == script
    assert [x, *opened[2:]] == [gr.skip()] * 4


def test_nothing_is_computed_before_the_section_is_opened(monkeypatch):
    monkeypatch.setattr("app.descent.perceptron.handlers.follow_example", None)
    with gr.Blocks() as page:
        build_perceptron_section()
    blocks = {block.elem_id: block for block in page.blocks.values()}
    assert not blocks["backwards-through-a-network-section"].open
    assert blocks["perceptron"].value == ""
    assert not blocks["perceptron-script"].value


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("label", [0, 1])
def test_the_script_prints_the_same_numbers(activation, label):
    example = Example(x=(0.5, -1.25, 3.0, 0.1), label=label, activation=activation, seed=12)
    passes = follow_example(example)
    printed = io.StringIO()
    with torch.random.fork_rng(), contextlib.redirect_stdout(printed):
        exec(compile(write_perceptron_script(example), "script", "exec"), {})
    first, *others = printed.getvalue().splitlines()
    assert first == f"loss: {passes.values['loss']:.6f}"
    assert others == list_gradients(passes.by_hand, passes.autograd)


def test_lines_set_hand_beside_autograd():
    passes = follow_example(Example())
    lines = list_gradients(passes.by_hand, passes.autograd)
    assert lines[2] == f"dL/dz by hand:     {[round(float(value), 6) for value in passes.by_hand['z']]}"
    assert lines[-1] == f"largest difference: {passes.max_difference:.1e}, in dL/d{passes.differs_most}"
