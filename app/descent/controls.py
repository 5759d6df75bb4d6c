"""The column of controls of the gradient descent tab, built from the table of settings."""

from typing import Any, NamedTuple

import gradio as gr

from app.descent.form import Form, list_fields
from app.descent.setting_kinds import (
    MAX_FIELD_LETTERS,
    NO_OPTIMIZER,
    NUM_SLOTS,
    Choice,
    Entries,
    Number,
    Numbers,
    Place,
    Points,
    Setting,
    WeightPair,
    WholeNumber,
)
from app.descent.settings import RaceSettings, list_settings
from app.descent.view import CHARTS
from app.ui.components.notice import build_notice
from app.ui.components.number_field import build_number, name_number
from app.ui.components.prose import build_prose
from app.ui.sections import name_section
from models.descent.optimizers import OPTIMIZERS

_OPTIMIZER_CHOICES = [("–", NO_OPTIMIZER), *((kind.title, name) for name, kind in OPTIMIZERS.items())]
_MAX_RADIO_CHOICES = 4
_NUMBERS = "Change the numbers"
FIELD_CLASS = "descent-field-"  # and the field's name, as the player's script says mistakes there


class Controls(NamedTuple):
    """The column of controls.

    Attributes:
        fields: the controls of the settings by field, in the form's order.
        chart: what the chart shows.
        shown: what is shown for some problems or optimizers alone, in the order of `show_controls`.
        start_over: the button that brings a problem's opening back.
    """

    fields: dict[str, Any]
    chart: gr.Radio
    shown: list[Any]
    start_over: gr.Button


def build_controls(form: Form, table: type[RaceSettings] = RaceSettings) -> Controls:
    """Build the column inside the current one, each setting at its place and holding what the form says."""
    settings = list_settings(table)
    fields: dict[str, Any] = {}
    blocks: dict[str, Any] = {}  # what of a setting is shown or hidden

    def build(names: list[str], visible: bool = True) -> None:
        for name in names:
            values = [form[field] for field in settings[name].name_fields(name)]
            controls = _build_fields(name, settings[name], values, visible)
            fields.update(zip(settings[name].name_fields(name), controls, strict=True))

    def build_place(place: Place) -> None:
        for name, setting in settings.items():
            if setting.place == place:
                build([name], _is_shown(setting, form))
                blocks[name] = fields[setting.name_fields(name)[0]]

    build_place("problem")
    build_prose("**Optimizers**, and the step size η of each", elem_classes="gb-small")
    build_place("optimizers")
    build_place("race")
    chart = gr.Radio(CHARTS, value=CHARTS[0], label="The chart shows")
    build_notice("error", elem_classes="gb-error", elem_id="descent-error")
    with gr.Accordion(_NUMBERS, open=False, elem_id=name_section(_NUMBERS)):
        shared: list[str] = []
        for first, names in _group_numbers(settings).items():
            if not settings[first].problems:
                shared = names
                continue
            with gr.Column(visible=_is_shown(settings[first], form)) as blocks[first]:
                build(names)
        build(shared)
    start_over = gr.Button("Start over", size="sm")
    ordered = {name: fields[name] for name in list_fields(table)}
    return Controls(ordered, chart, [blocks[name] for name in _list_hideable(settings)], start_over)


def show_controls(form: Form, table: type[RaceSettings] = RaceSettings) -> list[Any]:
    """Return an update for each control, or group of them, that does not always show: whether it does now."""
    settings = list_settings(table)
    return [gr.update(visible=_is_shown(settings[name], form)) for name in _list_hideable(settings)]


def _is_shown(setting: Setting, form: Form) -> bool:
    chosen = {form[f"optimizer_{slot}"] for slot in range(1, NUM_SLOTS + 1)}
    return (not setting.problems or form["problem"] in setting.problems) and (
        not setting.optimizers or not chosen.isdisjoint(setting.optimizers)
    )


def _group_numbers(settings: dict[str, Setting]) -> dict[str, list[str]]:
    """Return the settings under "Change the numbers" that are shown together, by the first of each group."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name, setting in settings.items():
        if setting.place == "numbers":
            groups.setdefault(setting.problems, []).append(name)
    return {names[0]: names for names in groups.values()}


def _list_hideable(settings: dict[str, Setting]) -> list[str]:
    """Return the settings whose control, or group of controls, is not always shown."""
    groups = _group_numbers(settings)
    return [
        name
        for name, setting in settings.items()
        if (setting.problems or setting.optimizers) and (setting.place != "numbers" or name in groups)
    ]


def _build_fields(name: str, setting: Setting, values: list[Any], visible: bool) -> list[Any]:
    """Build the controls of a setting, one a field, each with the class by which its mistakes find it."""
    (value, *_), label = values, setting.label
    classes = [f"{FIELD_CLASS}{field}" for field in setting.name_fields(name)]
    here: dict[str, Any] = {"label": label, "visible": visible, "elem_classes": classes[0]}
    match setting:
        case Entries():
            return _build_optimizers(setting, values, classes)
        case WholeNumber() | Number(has_slider=True):
            here["elem_classes"] = name_number(classes[0], is_whole=isinstance(setting, WholeNumber))
            step: Any = setting.step
            return [gr.Slider(setting.low, setting.high, value, step=step, **here)]
        case Number():
            return [build_number(value, low=setting.low, high=setting.high, step=setting.step, **here)]
        case Numbers():
            return [gr.Textbox(value, max_length=MAX_FIELD_LETTERS, **here)]
        case WeightPair():
            bounds: dict[str, Any] = {"low": setting.low, "high": setting.high, "step": setting.step}
            with gr.Row():
                return [
                    build_number(
                        value,
                        label=f"{label}: weight {number}",
                        min_width=100,
                        elem_classes=classes[number - 1],
                        **bounds,
                    )
                    for number, value in enumerate(values, start=1)
                ]
        case Points():
            return [
                gr.Dataframe(
                    value,
                    headers=["x", "y"],
                    datatype="number",
                    type="array",
                    column_count=2,
                    interactive=True,
                    label=label,
                    elem_id=f"descent-{name}",
                    elem_classes=classes[0],
                )
            ]
        case Choice():
            choices = [(title, key) for key, title in setting.titles.items()]
            if len(choices) <= _MAX_RADIO_CHOICES:
                return [gr.Radio(choices, value=value, **here)]
            return [gr.Dropdown(choices, value=value, filterable=False, elem_id=f"descent-{name}", **here)]
    raise TypeError(f"no control is known for {setting!r}")


def _build_optimizers(setting: Entries, values: list[Any], classes: list[str]) -> list[Any]:
    """Build a row an optimizer: the list to choose it from, and its step size."""
    controls: list[Any] = []
    for slot, (name, lr) in enumerate(zip(values[::2], values[1::2], strict=True), start=1):
        with gr.Row(elem_classes=["gb-optimizer", f"gb-optimizer-{slot}"]):
            controls += [
                gr.Dropdown(
                    _OPTIMIZER_CHOICES,
                    value=name,
                    label=f"Optimizer {slot}",
                    filterable=False,
                    container=False,
                    min_width=140,
                    scale=3,
                    elem_classes=classes[2 * slot - 2],
                ),
                build_number(
                    lr,
                    low=0,
                    high=setting.high,
                    step=setting.step,
                    is_low_allowed=False,
                    label=f"Step size of optimizer {slot}",
                    placeholder="",  # or the empty field shows 0
                    show_label=False,
                    container=False,
                    min_width=80,
                    scale=2,
                    elem_classes=classes[2 * slot - 1],
                ),
            ]
    return controls
