"""The table of settings: what is declared there is found wherever a setting stands."""

import inspect
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl

import gradio as gr
import pytest
from hypothesis import given, settings

from app.api.descent import make_signature, write_documentation
from app.api.endpoints import descend, describe_endpoint
from app.descent.controls import build_controls, show_controls
from app.descent.form import fill_form, list_fields, read_form
from app.descent.link import read_query, write_query
from app.descent.race import OPENINGS
from app.descent.script import write_constants
from app.descent.setting_kinds import Choice, Number, Parameter
from app.descent.settings import (
    RaceSettings,
    declare,
    list_own_settings,
    list_settings,
    list_settings_of,
    list_shared_settings,
)
from tests.descent.random_races import race_settings


@dataclass(frozen=True)
class WiderSettings(RaceSettings):
    """The settings with three more: one of every race, one of the valley's, one of Adam's."""

    damping: float = declare(
        0.25,
        Number(
            low=0.0,
            high=0.5,
            step=0.05,
            label="Damping δ",
            subject="The damping",
            place="race",
            constant="damping",
            parameters=(Parameter("damping", float, 0.1, "how much each step is shortened, 0 to 0.5."),),
        ),
    )
    tilt: float = declare(
        3.0,
        Number(
            low=-5.0,
            high=5.0,
            has_slider=False,
            label="Tilt",
            subject="The tilt",
            place="numbers",
            problems=("valley",),
            constant="tilt",
        ),
    )
    variant: str = declare(
        "plain",
        Choice(
            titles={"plain": "Plain", "amsgrad": "AMSGrad"},
            label="Variant",
            subject="The variant",
            place="optimizers",
            optimizers=("adam",),
        ),
    )


VALLEY = WiderSettings(
    **{one.name: getattr(OPENINGS["valley"], one.name) for one in fields(RaceSettings)},
    damping=0.35,
    tilt=-1.5,
    variant="amsgrad",
)
TOY = WiderSettings(damping=0.35)
NEW = ["damping", "tilt", "variant"]


def find_control(label, form):
    with gr.Blocks() as page:
        controls = build_controls(form, WiderSettings)
    (control,) = [block for block in page.blocks.values() if getattr(block, "label", None) == label]
    return control, controls


def test_a_new_setting_has_a_field_and_a_control():
    assert list_fields(WiderSettings) == [*list_fields(), *NEW]
    form = fill_form(VALLEY)
    slider, controls = find_control("Damping δ", form)
    assert isinstance(slider, gr.Slider)
    assert (slider.minimum, slider.maximum, slider.step, slider.value) == (0.0, 0.5, 0.05, 0.35)
    assert list(controls.fields) == list_fields(WiderSettings)
    assert find_control("Tilt", form)[0].value == -1.5
    radio = find_control("Variant", form)[0]
    assert radio.choices == [("Plain", "plain"), ("AMSGrad", "amsgrad")]


def test_a_new_setting_is_shown_where_it_is_used():
    with_adam, without = fill_form(VALLEY), fill_form(TOY)
    assert find_control("Variant", with_adam)[0].visible
    assert not find_control("Variant", without)[0].visible
    assert find_control("Damping δ", without)[0].visible
    _, controls = find_control("Tilt", with_adam)
    shown = dict(zip(controls.shown, show_controls(with_adam, WiderSettings), strict=True))
    hidden = dict(zip(controls.shown, show_controls(without, WiderSettings), strict=True))
    changed = [block for block in shown if shown[block] != hidden[block]]
    assert controls.fields["variant"] in changed
    assert controls.fields["condition"] in changed
    assert controls.fields["tilt"].parent.parent in changed
    assert controls.fields["damping"] not in shown


def test_a_new_setting_is_read_from_its_field():
    assert read_form(fill_form(VALLEY), WiderSettings) == VALLEY
    with pytest.raises(ValueError, match="The damping is empty: enter a number"):
        read_form(fill_form(VALLEY) | {"damping": None}, WiderSettings)
    with pytest.raises(ValueError, match="The tilt is empty"):
        read_form(fill_form(VALLEY) | {"tilt": None}, WiderSettings)
    assert read_form(fill_form(TOY) | {"tilt": None}, WiderSettings) == TOY  # the toy problem has none


def test_a_new_setting_is_kept_in_its_range():
    with pytest.raises(ValueError, match="The damping is 0.6: enter a number from 0 to 0.5"):
        replace(TOY, damping=0.6)
    with pytest.raises(ValueError, match="The variant is 'other': choose one of plain, amsgrad"):
        replace(TOY, variant="other")


def test_a_new_setting_stands_in_the_link():
    link = dict(parse_qsl(write_query(VALLEY)))
    assert [link[name] for name in NEW] == ["0.35", "-1.5", "amsgrad"]
    openings = {"valley": replace(VALLEY, damping=0.0, tilt=0.0, variant="plain"), "toy": WiderSettings()}
    assert read_query(link, openings) == VALLEY
    assert "tilt" not in dict(parse_qsl(write_query(TOY)))
    with pytest.raises(ValueError, match="'much' is not a number"):
        read_query(link | {"damping": "much"}, openings)
    old = dict(parse_qsl(write_query(OPENINGS["valley"])))  # without the new ones
    assert read_query(old, openings) == openings["valley"]


def test_a_new_setting_is_a_constant_of_the_script():
    shared = list_shared_settings(WiderSettings)
    assert write_constants(TOY, shared) == "max_iter = 150\ndamping = 0.35\n"
    assert (
        write_constants(VALLEY, list_own_settings("valley", WiderSettings))
        == "condition = 25.0\ntilt = -1.5\n"
    )


def test_a_new_setting_is_a_parameter_of_the_endpoint():
    old, new = make_signature().parameters, make_signature(WiderSettings).parameters
    assert list(new) == [*old, "damping"]  # behind those that programs may give by place
    assert (new["damping"].default, new["damping"].annotation) == (0.1, float)
    assert "\n        damping: how much each step is shortened, 0 to 0.5.\n" in write_documentation(
        WiderSettings
    )


@settings(max_examples=50)
@given(race_settings(table=WiderSettings))
def test_a_new_setting_is_drawn_for_the_tests(drawn):
    assert isinstance(drawn, WiderSettings)
    assert 0 <= drawn.damping <= 0.5
    assert drawn.variant in ("plain", "amsgrad")
    assert -100 <= drawn.tilt <= 100
    assert write_query(read_form(fill_form(drawn), WiderSettings)) == write_query(drawn)


# ----- the table as it is


def test_every_setting_is_declared():
    assert list(list_settings()) == [one.name for one in fields(RaceSettings)]
    for setting in list_settings().values():
        assert setting.label
        assert setting.subject


def test_the_endpoint_says_what_each_parameter_is():
    signature = inspect.signature(descend)
    assert signature == make_signature()
    for name in signature.parameters:
        assert f"\n        {name}: " in descend.__doc__
    assert "{" not in describe_endpoint(descend)


@pytest.mark.parametrize("problem", list(OPENINGS))
def test_a_problem_has_the_shared_settings_and_its_own(problem):
    own = {"toy": ["x", "y", "w0"], "line": ["points", "start"], "valley": ["condition", "start"]}
    shared = ["entries", "steps", "momentum", "nesterov_momentum", "dtype"]
    assert list(list_settings_of(problem)) == shared + own.get(problem, ["start"])
