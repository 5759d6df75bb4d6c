"""The column of controls of the small network, built from the table of settings."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.descent.plane.form import Form
from app.descent.plane.setting_kinds import (
    MAX_OWN_LETTERS,
    Choices,
    MaybeWhole,
    OwnPoints,
    Switch,
    WholeNumbers,
)
from app.descent.plane.settings import PlaneSettings, counts, list_settings
from app.descent.setting_kinds import MAX_FIELD_LETTERS, Choice, Number, Place, Setting, WholeNumber
from app.ui.components.notice import build_notice
from app.ui.components.number_field import build_number, name_number
from app.ui.sections import name_section

CHANNEL = "glassboxPlane"
FIELD_CLASS = "plane-field-"  # and the field's name, as the component's script says mistakes there
_MORE = "More settings"


class Controls(NamedTuple):
    """The column of controls.

    Attributes:
        fields: the controls of the settings by field, in the form's order.
        hideable: the settings whose controls show for some rules of the data alone.
    """

    fields: dict[str, Any]
    hideable: list[str]


def build_controls(form: Form, table: type[PlaneSettings] = PlaneSettings) -> Controls:
    """Build the column inside the current one, each setting at its place and holding what the form says."""
    settings = list_settings(table)
    fields: dict[str, Any] = {}

    def build_place(place: Place) -> None:
        for name, setting in settings.items():
            if setting.place == place:
                fields[name] = _build_field(name, setting, form[name], form["rule"])

    for place in ("data", "network", "training"):
        build_place(place)
    build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="plane-error")
    with gr.Accordion(_MORE, open=False, elem_id=name_section(_MORE, "plane")):
        build_place("more")
    build_place("link")
    hideable = [name for name, setting in settings.items() if setting.problems]
    return Controls({name: fields[name] for name in settings}, hideable)


def show_fields(rule: str, hideable: list[str], table: type[PlaneSettings] = PlaneSettings) -> list[Any]:
    """Return an update for each of these fields: whether it shows with data of a rule."""
    settings = list_settings(table)
    return [gr.update(visible=counts(settings[name], rule)) for name in hideable]


def _build_field(name: str, setting: Setting, value: Any, rule: str) -> Any:
    """Build the control of a setting, with the class by which its mistakes find it."""
    own_class = f"{FIELD_CLASS}{name}"
    here: dict[str, Any] = {
        "label": setting.label,
        "visible": counts(setting, rule) and setting.place != "link",
        "elem_classes": own_class,
    }
    match setting:
        case WholeNumber() | Number(has_slider=True):
            here["elem_classes"] = name_number(own_class, is_whole=isinstance(setting, WholeNumber))
            step: Any = setting.step
            return gr.Slider(setting.low, setting.high, value, step=step, **here)
        case Number():
            return build_number(
                value,
                low=setting.low,
                high=setting.high,
                step=setting.step,
                is_low_allowed=setting.is_low_allowed,
                **here,
            )
        case MaybeWhole():
            return build_number(value, low=setting.low, high=setting.high, is_whole=True, **here)
        case WholeNumbers():
            return gr.Textbox(value, max_length=MAX_FIELD_LETTERS, placeholder="none", **here)
        case OwnPoints():
            return gr.Textbox(value, max_length=MAX_OWN_LETTERS, lines=2, max_lines=4, **here)
        case Choices():
            return gr.CheckboxGroup(
                [(title, key) for key, title in setting.titles.items()], value=value, **here
            )
        case Switch():
            return gr.Checkbox(value, **here)
        case Choice():
            choices = [(title, key) for key, title in setting.titles.items()]
            return gr.Dropdown(choices, value=value, filterable=False, elem_id=f"plane-{name}", **here)
    raise TypeError(f"no control is known for {setting!r}")
