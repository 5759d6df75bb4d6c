"""The controls of the window's settings, built from their table, and brought up to date by the handlers."""

from collections import namedtuple
from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from app.inspection.window.components.window import CHANNEL
from app.inspection.window.limits import find_layer_limits, find_limits
from app.inspection.window.setting import Setting, list_settings
from app.inspection.window.settings import WindowSettings
from app.ui.components.notice import build_notice
from app.ui.components.number_field import build_number, name_number
from app.ui.digits import list_sources
from app.ui.sections import name_section

FIELD_CLASS = "window-field-"  # and the setting's name, as the window's script says mistakes there
_EDGES = "Bias, turning, edges"
_make_tuple: Callable[..., Any] = namedtuple  # mypy knows only those whose names are written out


def name_outputs(table: type[WindowSettings]) -> Any:
    """Return the type of what handlers return: an answer, an update a setting, and for which they are listed.

    What is left out stays.
    """
    names = ("window", *list_settings(table), "upload_button", "listed")
    return _make_tuple("Update", names, defaults=[gr.skip() for _ in names])


Update = name_outputs(WindowSettings)


class Controls(NamedTuple):
    """The controls: one a setting, in the order of the table, and the button that fills `upload`."""

    settings: dict[str, Any]
    upload_button: gr.UploadButton


def build_controls(settings: WindowSettings, build_way_to_pad: Callable[[], gr.Button]) -> Controls:
    """Build a control for every setting, as the table has it."""
    limits = find_limits(settings, []) | find_layer_limits(settings, [])
    limits["source"] = {"choices": list_sources()}
    table = list_settings(type(settings))
    found: dict[str, Any] = {}

    def build(name: str) -> None:
        found[name] = _build_control(name, table[name], settings, limits.get(name, {}))

    for name, setting in table.items():
        if name == "upload":
            build_way_to_pad()
            upload_button = gr.UploadButton(
                "Choose an image file",
                file_types=["image"],
                type="binary",
                visible=False,
                size="sm",
                elem_classes=f"{FIELD_CLASS}upload",
            )
        if not setting.is_folded:
            build(name)
    build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="window-error")
    with gr.Accordion(_EDGES, open=False, elem_id=name_section(_EDGES)):
        for name, setting in table.items():
            if setting.is_folded:
                build(name)
    return Controls({name: found[name] for name in table}, upload_button)


def _build_control(name: str, setting: Setting, settings: WindowSettings, limits: dict[str, Any]) -> Any:
    value = getattr(settings, name)
    field = f"{FIELD_CLASS}{name}"
    here: dict[str, Any] = {
        "label": setting.label,
        "visible": _is_visible(name, setting, settings, limits),
        "elem_classes": [field],
    }
    if setting.kind == "choice":
        choices = limits.get("choices") or [(title, key) for key, title in setting.choices.items()]
        info = setting.info
        if setting.has_list:
            return gr.Dropdown(choices, value=value, info=info, filterable=False, **here)
        return gr.Radio(choices, value=value, info=info, **here)
    if setting.kind == "whole":
        here["elem_classes"] = name_number(field)
        high = _span(setting, limits.get("maximum", setting.high))
        return gr.Slider(setting.low, high, value, step=1, **here)
    if setting.kind == "number":
        return build_number(value, low=setting.low, high=setting.high, step=setting.step, **here)
    if setting.kind == "flag":
        return gr.Checkbox(value, info=setting.info, **here)
    here["elem_classes"] = [field, "gb-digits"]
    return gr.Textbox(
        value,
        lines=setting.num_lines,
        max_lines=setting.max_lines,
        max_length=setting.max_letters,
        **here,
    )


def update_controls(
    answer: Any, settings: WindowSettings, my_runs: Any, sent: WindowSettings | None = None
) -> Any:
    """Return the updates that bring the controls to these settings, and show those that decide something.

    Args:
        answer: for the component.
        settings: what the controls are to show.
        my_runs: ids of this visitor's runs.
        sent: what stood in the controls. What stays as it was is not set: whoever types there meanwhile is
            not interrupted by an answer that comes late.
    """
    limits = find_limits(settings, my_runs)
    updates = {}
    table = list_settings(type(settings))
    for name, setting in table.items():
        more = dict(limits.get(name, {}))
        value = getattr(settings, name)
        visible = _is_visible(name, setting, settings, more)
        if setting.kind == "whole" and not visible:  # it comes back within its bounds
            high = more.get("maximum", setting.high)
            value = min(max(value, setting.low), high) if isinstance(value, int | float) else setting.low
        if "maximum" in more:
            more["maximum"] = _span(setting, more["maximum"])
        if sent is None or value != getattr(sent, name):
            more["value"] = value
        updates[name] = gr.update(visible=visible, **more)
    upload_button = gr.update(visible=table["upload"].is_needed(settings))
    return name_outputs(type(settings))(answer, **updates, upload_button=upload_button, listed=settings)


def _is_visible(name: str, setting: Setting, settings: WindowSettings, limits: dict[str, Any]) -> bool:
    """Tell whether a control shows: not where it has one value alone, as with a single input channel."""
    is_open = bool(limits.get("maximum", setting.low + 1) > setting.low)
    return name != "upload" and is_open and setting.is_needed(settings)


def _span(setting: Setting, high: float) -> float:
    """Return a slider's upper end: Gradio's cannot be drawn without any way to go, even hidden."""
    return max(high, setting.low + 1)
