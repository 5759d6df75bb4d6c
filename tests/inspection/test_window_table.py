"""The table of the window's settings: what it declares is in the form, the link, the script and the API."""

import inspect
import urllib.parse
from dataclasses import dataclass, replace

import gradio as gr
import pytest
from hypothesis import given, settings

from app.api.endpoints import ENDPOINTS
from app.api.window import add_settings
from app.inspection.window.controls import build_controls, update_controls
from app.inspection.window.link import read_query, write_query
from app.inspection.window.script import write_arguments
from app.inspection.window.setting import declare_flag, declare_whole, list_settings
from app.inspection.window.settings import SETTINGS, WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import describe_view
from tests.inspection.random_windows import draw_settings


@dataclass(frozen=True)
class MoreSettings(WindowSettings):
    """The table with two settings more."""

    groups: int = declare_whole(
        2, 1, 5, "Groups", in_torch=True, operations=("convolution",), endpoints={"convolve": 3},
        meaning="sets of channels", is_folded=True,
    )  # fmt: skip
    mirrored: bool = declare_flag("Mirror the result", sentence="It is mirrored.")


def build(opening):
    with gr.Blocks():
        return build_controls(opening, lambda: gr.Button("to the pad")).settings


def test_a_setting_that_is_added_has_a_control():
    controls = build(MoreSettings())
    groups, mirrored = controls["groups"], controls["mirrored"]
    assert (groups.label, groups.minimum, groups.maximum, groups.value) == ("Groups", 1, 5, 2)
    assert (mirrored.label, mirrored.value) == ("Mirror the result", False)
    update = update_controls("", MoreSettings(operation="max", groups=99, mirrored=True), [], MoreSettings())
    assert (update.groups["value"], update.groups["visible"]) == (5, False)
    assert (update.mirrored["value"], update.mirrored["visible"]) == (True, True)


@settings(max_examples=30)
@given(draw_settings(MoreSettings))
def test_a_setting_that_is_added_is_drawn_at_random_and_is_in_the_link(drawn):
    assert 1 <= drawn.groups <= 5
    query = write_query(drawn)
    assert ("groups=" in query) == (drawn.groups != 2)
    assert ("mirrored=1" in query) == drawn.mirrored
    assert read_query(dict(urllib.parse.parse_qsl(query)), MoreSettings()) == drawn


def test_a_setting_that_is_added_is_in_script_and_sentence():
    setup = MoreSettings(mirrored=True)
    assert write_arguments(setup) == "stride=1, padding=0, dilation=1, groups=2"
    assert write_arguments(replace(setup, operation="max")) == "stride=1, padding=0"
    assert "It is mirrored." in describe_view(slide_window(setup, None))


def test_a_setting_that_is_added_is_in_the_api():
    def convolve(image: list[int], **settings: int) -> dict[str, int]:
        """Do it.

        Args:
            image: rows.

        Returns:
            all.
        """
        return {"image": image[0], **settings}

    endpoint = add_settings(convolve, list_settings(MoreSettings))
    assert list(inspect.signature(endpoint).parameters) == [
        "image",
        "stride",
        "padding",
        "dilation",
        "groups",
    ]
    assert "    groups: 1 to 5 sets of channels.\n\nReturns:" in endpoint.__doc__
    assert endpoint([7], 4, groups=1) == {"image": 7, "stride": 4, "padding": 0, "dilation": 1, "groups": 1}
    assert endpoint([7])["groups"] == 3


@pytest.mark.parametrize("name", SETTINGS)
def test_every_control_is_as_the_table_has_it(name):
    control, setting = build(WindowSettings())[name], SETTINGS[name]
    assert (control.label, control.value) == (setting.label, setting.default)
    assert control.visible == (name != "upload" and setting.is_needed(WindowSettings()))
    if setting.choices:
        assert dict(control.choices) == {title: key for key, title in setting.choices.items()}


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation"])
def test_the_bounds_of_the_table_are_those_that_are_computed_with(name):
    setting = SETTINGS[name]
    setup = WindowSettings(padding=1)
    for value in (setting.low, setting.high):
        assert slide_window(replace(setup, **{name: value}), None).output.size
    for value in (setting.low - 1, setting.high + 1, None):
        with pytest.raises(
            ValueError, match=f"{value}: enter a whole number from {setting.low} to {setting.high}"
        ):
            slide_window(replace(setup, **{name: value}), None)


@pytest.mark.parametrize(
    ("endpoint", "parameters"),
    [
        ("convolve", {"stride": 1, "padding": 0, "dilation": 1}),
        ("pool", {"kernel_size": 2, "stride": 2, "padding": 0}),
    ],
)
def test_endpoints_have_the_settings_that_they_always_had(endpoint, parameters):
    found = list(inspect.signature(ENDPOINTS[endpoint]).parameters.values())[-3:]
    assert {each.name: each.default for each in found} == parameters
    assert [each.name for each in found] == list(parameters)
