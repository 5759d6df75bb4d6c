"""The table of the small network's settings: what is added to it is found wherever a setting stands."""

from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from hypothesis import given, settings

from app.descent.plane.controls import FIELD_CLASS, build_controls, show_fields
from app.descent.plane.form import fill_form, list_fields, make_form, read_form
from app.descent.plane.link import read_query, write_query
from app.descent.plane.setting_kinds import Switch
from app.descent.plane.settings import PlaneSettings, declare, list_settings, make_experiment
from app.descent.setting_kinds import Choice, Number
from app.ui.field_errors import FieldError
from tests.descent.plane.random_settings import plane_settings


@dataclass(frozen=True)
class WiderSettings(PlaneSettings):
    """The settings with three more: one of every rule, one of the spirals alone, one in a link alone."""

    slope: float = declare(
        0.01, Number(low=0.0, high=0.5, step=0.05, label="Slope α", subject="The slope", place="network")
    )
    turns: str = declare(
        "two",
        Choice(
            titles={"one": "One turn", "two": "Two turns"},
            label="Turns",
            subject="The number of turns",
            place="data",
            problems=("spirals",),
        ),
    )
    clipped: bool = declare(
        False, Switch(label="Clip the gradient", subject="Clipping the gradient", place="link")
    )


CIRCLE = WiderSettings(slope=0.2, clipped=True)
SPIRALS = WiderSettings(rule="spirals", slope=0.2, turns="one", clipped=True)
NEW = ["slope", "turns", "clipped"]


def build_column(shown):
    with gr.Blocks():
        return build_controls(fill_form(shown), WiderSettings)


def test_a_new_setting_has_a_field_and_a_control_at_its_place():
    assert list_fields(WiderSettings) == [*list_fields(), *NEW]
    controls = build_column(SPIRALS)
    assert list(controls.fields) == list_fields(WiderSettings)
    slider, turns, clipped = (controls.fields[name] for name in NEW)
    assert isinstance(slider, gr.Slider)
    assert (slider.label, slider.minimum, slider.maximum, slider.step, slider.value) == (
        "Slope α", 0.0, 0.5, 0.05, 0.2,
    )  # fmt: skip
    assert (turns.label, turns.choices) == ("Turns", [("One turn", "one"), ("Two turns", "two")])
    assert (clipped.label, clipped.value) == ("Clip the gradient", True)
    for name in NEW:
        assert f"{FIELD_CLASS}{name}" in controls.fields[name].elem_classes  # where its mistakes are said


def test_a_new_setting_is_shown_where_it_counts():
    for shown, is_visible in ((SPIRALS, True), (CIRCLE, False)):
        controls = build_column(shown)
        assert [controls.fields[name].visible for name in NEW] == [True, is_visible, False]
        updates = show_fields(shown.rule, controls.hideable, WiderSettings)
        updated = dict(zip(controls.hideable, updates, strict=True))
        assert updated["turns"]["visible"] is is_visible
        assert not {"slope", "clipped"} & set(updated)


def test_a_new_setting_is_read_from_its_field():
    assert read_form(fill_form(SPIRALS), WiderSettings) == SPIRALS
    values = list(fill_form(SPIRALS).values())
    assert read_form(make_form(values, WiderSettings), WiderSettings) == SPIRALS
    with pytest.raises(FieldError, match="The slope is empty: enter a number") as mistake:
        read_form(fill_form(SPIRALS) | {"slope": None}, WiderSettings)
    assert mistake.value.field == "slope"
    hidden = fill_form(CIRCLE) | {"turns": "three"}  # what stands in a hidden field does not matter
    assert read_form(hidden, WiderSettings) == CIRCLE


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"slope": 0.6}, "The slope is 0.6: enter a number from 0 to 0.5"),
        ({"slope": float("nan")}, "The slope is nan: enter a number from 0 to 0.5"),
        ({"turns": "three"}, "The number of turns is 'three': choose one of one, two"),
        ({"clipped": 1}, "Clipping the gradient is 1: choose yes or no"),
    ],
)
def test_a_new_setting_is_kept_in_its_range_and_its_sentence_names_it(change, message):
    with pytest.raises(FieldError, match=message) as mistake:
        replace(SPIRALS, **change)
    assert [mistake.value.field] == list(change)


def test_a_new_setting_stands_in_the_link():
    link = dict(parse_qsl(write_query(SPIRALS)))
    assert [link[name] for name in NEW] == ["0.2", "one", "1"]
    assert read_query(link, WiderSettings) == (SPIRALS, None)
    assert list(dict(parse_qsl(write_query(CIRCLE)))) == ["rule", "slope", "clipped"]
    assert write_query(WiderSettings()) == write_query(PlaneSettings())
    old = dict(parse_qsl(write_query(PlaneSettings(rule="spirals", lr=0.5))))  # without the new ones
    assert read_query(old, WiderSettings)[0] == WiderSettings(rule="spirals", lr=0.5)
    with pytest.raises(ValueError, match="'much' is not a number"):
        read_query(link | {"slope": "much"}, WiderSettings)
    with pytest.raises(ValueError, match="Clipping the gradient is 'yes': give 1 for yes, 0 for no"):
        read_query(link | {"clipped": "yes"}, WiderSettings)


def test_a_new_setting_stands_in_the_link_of_the_network_beside():
    kept = replace(SPIRALS, slope=0.4, turns="two")
    link = dict(parse_qsl(write_query(SPIRALS, kept)))
    assert read_query(link, WiderSettings) == (SPIRALS, kept)


@settings(max_examples=50)
@given(plane_settings(table=WiderSettings))
def test_a_new_setting_is_drawn_for_the_tests(drawn):
    assert isinstance(drawn, WiderSettings)
    assert 0 <= drawn.slope <= 0.5
    assert write_query(read_form(fill_form(drawn), WiderSettings)) == write_query(drawn)
    make_experiment(drawn)


# ----- the table as it is


def test_every_setting_is_declared():
    assert list(list_settings()) == [one.name for one in fields(PlaneSettings)]
    for setting in list_settings().values():
        assert setting.label
        assert setting.subject


OTHER = {
    "rule": "xor", "own": ((1.0, 1.0, 0), (2.0, 2.0, 1), (3.0, 1.0, 0), (4.0, 2.0, 1)), "hidden": (3,),
    "activation": "relu", "lr": 0.3, "noise": 0.2, "count": 100, "test_share": 0.25, "data_seed": 7,
    "inputs": ("x", "xy"), "initialisation": "he", "dropout": 0.1, "batch_norm": True, "optimizer": "adam",
    "schedule": "cosine", "batch": 20, "l1": 0.01, "l2": 0.01, "epochs": 30, "seed": 5, "switch_epoch": 9,
    "switch_lr": 0.4,
}  # fmt: skip


@pytest.mark.parametrize("name", list(list_settings()))
def test_every_setting_changes_the_experiment(name):
    plain = PlaneSettings(rule="own" if name == "own" else "circle")
    if name == "switch_lr":
        plain = replace(plain, switch_epoch=3)
    assert make_experiment(replace(plain, **{name: OTHER[name]})) != make_experiment(plain)
