"""What the small network's bench answers to its controls and buttons, whatever is sent."""

import json
from dataclasses import replace
from types import SimpleNamespace
from urllib.parse import parse_qsl

import pytest
from hypothesis import given

from app.descent.plane.examples import EXAMPLES
from app.descent.plane.form import fill_form
from app.descent.plane.handlers import (
    answer_controls,
    answer_layers,
    answer_unit,
    on_act,
    on_example,
    on_rest,
)
from app.descent.plane.link import write_query
from app.descent.plane.sentences import describe_training
from app.descent.plane.settings import PlaneSettings
from app.descent.plane.view import SECONDS_AN_ANSWER
from models.descent.plane.statistics import measure_layers
from models.descent.plane.training import list_epochs
from tests.descent.plane.experiments import OVERFLOWING
from tests.descent.plane.random_settings import json_values

SETTINGS = PlaneSettings(epochs=20, hidden=(4,), count=60)
VALUES = list(fill_form(SETTINGS).values())


def ask(**changes):
    request = {"values": VALUES, "beside": "", "first": 0, "asked": 7, "moved": {}} | changes
    return json.loads(answer_controls(request))


def test_a_training_is_answered_in_parts_to_its_end():
    answer = ask()
    assert (answer["asked"], answer["first"], answer["errors"]) == (7, 0, {})
    assert answer["epochs"] == list_epochs(20)
    assert answer["networks"][0]["layers"] == [4, 1]
    moments = answer["moments"][0]
    while not answer["is_done"]:
        answer = ask(first=len(moments))
        assert "networks" not in answer
        moments += answer["moments"][0]
    assert [moment["epoch"] for moment in moments] == list_epochs(20)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("hidden", "4, 0", "enter a whole number from 1 to 8"),
        ("lr", "x", "is not a number"),
        ("noise", 3, "enter a number from 0 to 0.5"),
        ("epochs", None, "enter a whole number from 1 to 2,000"),
    ],
)
def test_a_mistake_is_said_at_its_field(field, value, message):
    values = [value if name == field else held for name, held in fill_form(SETTINGS).items()]
    answer = ask(values=values)
    assert list(answer["errors"]) == [field]
    assert message in answer["errors"][field]


@pytest.mark.parametrize("lr", ["0.05", "0,05", 0.05])
def test_a_branch_goes_on_at_another_rate_beside_the_network_as_it_was(lr):
    answer = on_act({"act": "branch", "moment": 9, "lr": lr, "beside": "", "moved": {}}, *VALUES)
    fields = json.loads(answer.filling)["fields"]
    assert (fields["switch_epoch"], fields["switch_lr"]) == (list_epochs(20)[9], 0.05)
    beside = dict(parse_qsl(json.loads(answer.plane)["beside"]))
    assert "switch_epoch" not in beside
    assert beside["hidden"] == "4"


@pytest.mark.parametrize(("lr", "message"), [("", "not a number"), ("0", "above 0"), ("nan", "")])
def test_a_rate_that_is_none_makes_no_branch(lr, message):
    answer = json.loads(on_act({"act": "branch", "moment": 9, "lr": lr, "beside": ""}, *VALUES).plane)
    assert message in answer["error"] + "".join(answer["errors"].values())


def test_a_network_is_kept_taken_back_and_removed():
    kept = json.loads(on_act({"act": "keep", "beside": ""}, *VALUES).plane)["beside"]
    other = list(fill_form(PlaneSettings(epochs=20, hidden=(), count=60)).values())
    swapped = on_act({"act": "swap", "beside": kept}, *other)
    assert json.loads(swapped.filling)["fields"]["hidden"] == "4"
    assert dict(parse_qsl(json.loads(swapped.plane)["beside"]))["hidden"] == "none"
    assert json.loads(on_act({"act": "remove", "beside": kept}, *other).plane)["beside"] == ""


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_an_example_fills_the_controls(example):
    prepared = on_example(example.title)
    assert json.loads(prepared.filling)["fields"]
    assert (json.loads(prepared.plane)["beside"] == "") == (example.beside is None)
    assert example.look.split()[0] in prepared.look


def test_where_the_cursor_rests_no_layer_is_measured():
    before = measure_layers.cache_info()
    told = on_rest({"beside": "", "moved": {}}, *VALUES)
    assert told.link == write_query(SETTINGS)
    assert measure_layers.cache_info() == before


def test_the_layers_of_both_networks_are_answered_in_parts_to_the_last_moment(monkeypatch):
    # A clock that only measuring moves on: six measurements take as long as an answer may.
    clock = SimpleNamespace(thread_time=lambda: measure_layers.cache_info().misses * SECONDS_AN_ANSWER / 6)
    monkeypatch.setattr("app.descent.plane.layers.time", clock)
    settings = replace(SETTINGS, seed=8102)
    link = write_query(settings, replace(settings, hidden=(3, 2), activation="relu"))
    answer = json.loads(answer_layers({"link": link, "first": 0}))
    assert [[layer["about"] for layer in layers] for layers in answer["titles"]] == [
        ["4 units, tanh", "output, 1 unit"],
        ["3 units, ReLU", "2 units, ReLU", "output, 1 unit"],
    ]
    steps = []
    while not answer["is_done"]:
        for both in zip(*answer["moments"], strict=True):
            assert [len(moment["layers"]) for moment in both] == [2, 3]
            steps.append(both[0]["step"])
        answer = json.loads(answer_layers({"link": link, "first": len(steps)}))
        assert 1 <= len(answer["moments"][0]) <= 4
        assert "titles" not in answer
    steps += [moment["step"] for moment in answer["moments"][0]]
    assert steps == [epoch + 1 for epoch in list_epochs(20)]  # its 42 points are one batch


def test_a_moment_that_is_not_there_is_refused():
    link = write_query(SETTINGS)
    assert "The first moment is 99" in json.loads(answer_layers({"link": link, "first": 99}))["error"]
    assert "from 1 to 8" in json.loads(answer_layers({"link": "hidden=9", "first": 0}))["error"]


@given(json_values, json_values)
def test_whatever_is_sent_an_answer_goes(request_, value):
    for answer in (answer_controls, answer_unit, answer_layers):
        json.loads(answer(request_))
        json.loads(answer({"values": VALUES, "beside": value, "first": value, "asked": value}))
        json.loads(answer({"values": value, "moved": value, "slot": value, "moment": value, "at": value}))
    json.loads(answer_layers({"link": value, "first": 0}))
    json.loads(answer_layers({"link": write_query(SETTINGS), "first": value}))
    on_act(request_, *VALUES)
    on_act({"act": "branch", "moment": value, "lr": value, "beside": ""}, *VALUES)
    on_act({"act": "swap", "beside": value, "moved": value}, *VALUES)
    on_example(value)
    on_rest(request_, *VALUES)


def test_weights_that_run_away_in_the_very_last_step_are_told():
    said = describe_training(OVERFLOWING, 1)
    assert said.startswith("The loss overflows after epoch 1: the weights have run away")
