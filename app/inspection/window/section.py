"""The window section: one convolution or pooling, every output pixel back to its arithmetic."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import gradio as gr

from app.inspection.window.components.window import ASK_FOR_WINDOW, CHANNEL, build_window
from app.inspection.window.controls import Controls, build_controls
from app.inspection.window.handlers import (
    NO_MISTAKE,
    Details,
    answer_controls,
    explain_view,
    on_choice,
    on_example,
    on_map,
    on_open,
    on_rest,
    on_sent,
    on_upload,
)
from app.inspection.window.link import write_query
from app.inspection.window.script import write_notebook
from app.inspection.window.settings import EXAMPLES, SETTINGS, WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import answer_view, describe_view
from app.ui.addresses import follow_query
from app.ui.card_button import write_card_button
from app.ui.components.grids import build_grids
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.notice import build_notice
from app.ui.components.prose import build_prose, build_prose_sections, build_rendered
from app.ui.digits import DRAWING
from app.ui.prose import load_sections
from app.ui.sections import name_section

QUESTION = """## What does a kernel see as it slides over an image?
A convolution lays a small kernel on the image, multiplies what lies on top of each other, adds up the
products and a bias, and writes down one number. Then it moves on. Point at any pixel to see its sum."""
_AWAY = "Take it away: this convolution or pooling"
_COMPLETE_LINK = (
    "(query) => `${location.origin}${location.pathname}?tab=inspection&${query.split('?').pop()}`"
)
_ASK_UNLESS_WRONG = (
    f"(answer, ...values) => {{ if (answer === '{NO_MISTAKE}') ({ASK_FOR_WINDOW})(...values); }}"
)
# A drawing matters only where it is the image.
_ASK_FOR_DRAWING = (
    f"(...values) => {{ if (values[{1 + list(SETTINGS).index('source')}] === '{DRAWING}') "
    f"({ASK_FOR_WINDOW})(...values); }}"
)
_SHOW_WINDOW = """() => {
  document.dispatchEvent(new CustomEvent("glassbox-open", { detail: "inspection/window" }));
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = () => {
    const stage = document.querySelector("#window .gb-window");
    const canvas = stage?.querySelector("canvas");
    if (!canvas?.checkVisibility()) return requestAnimationFrame(show);  // its lab is about to be shown
    stage.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
    canvas.focus({ preventScroll: true });
  };
  show();
}"""


class WindowSection(NamedTuple):
    """What the rest of the tab may wire to."""

    window: gr.HTML
    controls: Controls
    listed: gr.State  # the settings for which the controls are shown

    @property
    def outputs(self) -> list[Any]:
        """What an `Update` of the handlers goes to."""
        settings, upload_button = self.controls
        return [self.window, *settings.values(), upload_button, self.listed]


def build_window_section(
    page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState, build_way_to_pad: Callable[[], gr.Button]
) -> WindowSection:
    """Build the section inside the current tab, with the notebook's kernel on a digit.

    Args:
        page: The page being built; its load restores the settings that an address names.
        pad: The sketchpad, whose drawing can be the image.
        my_runs: Ids of this visitor's runs, whose learned kernels can be chosen too.
        build_way_to_pad: Builds the button that leads to where a drawing is drawn.
    """
    settings = WindowSettings()
    view = slide_window(settings, None)
    details = explain_view(view)

    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-examples"):
        examples = {name: gr.Button(title, size="sm", min_width=120) for name, (title, _) in EXAMPLES.items()}
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            window = build_window(answer_view(view), answer_controls, elem_id="window")
            build_notice("status", describe_view(view), channel=CHANNEL, elem_id="window-status")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls", elem_id="window-controls"):
            controls = build_controls(settings, build_way_to_pad)
    with gr.Column(elem_classes="gb-lesson"):
        lesson = _build_lesson(details, [pad, *controls.settings.values()])

    section = WindowSection(window, controls, gr.State(settings))
    _wire(section, lesson, examples, page, pad, my_runs)
    return section


def _wire(
    section: WindowSection,
    lesson: list[Any],
    examples: dict[str, gr.Button],
    page: gr.Blocks,
    pad: gr.HTML,
    my_runs: gr.BrowserState,
) -> None:
    window, (controls, upload_button), listed = section
    settings = list(controls.values())
    values = [pad, *settings]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    live: dict[str, Any] = {**quiet, "trigger_mode": "always_last", "queue": False}

    plain, choices = [], []
    for name, control in controls.items():
        if SETTINGS[name].kind == "choice":  # others follow from it
            choices.append(control.input)
        elif name != "upload":
            # A textbox raises `input` for keys alone, not for what is pasted.
            plain.append(control.change if SETTINGS[name].kind == "text" else control.input)
    gr.on(plain, None, values, None, js=ASK_FOR_WINDOW, **live)
    pad.input(None, values, None, js=_ASK_FOR_DRAWING, **live)
    changes = [gr.on(choices, on_choice, [listed, my_runs, *settings], section.outputs, **live)]
    for name, button in examples.items():
        changes.append(button.click(partial(on_example, name), [my_runs, *settings], section.outputs, **live))
    changes.append(
        upload_button.upload(on_upload, [upload_button, my_runs, *settings], section.outputs, **quiet)
    )
    changes.append(pad.submit(on_sent, [my_runs, *settings], section.outputs, **live))
    for change in changes:
        change.then(None, [window, *values], None, js=_ASK_UNLESS_WRONG, **live)

    complete_link: dict[str, Any] = {"fn": None, "inputs": lesson[-1], "outputs": lesson[-1], **quiet}
    complete_link["js"] = _COMPLETE_LINK
    follow = follow_query("inspection/window", write_query(WindowSettings()))
    rested = window.release(on_rest, values, lesson, **live)
    rested.then(None, lesson[-1], None, js=follow, **quiet).then(**complete_link)
    page.load(on_open, [my_runs], section.outputs, **quiet).then(**complete_link)


def open_maps_in_window(
    section: WindowSection, maps: gr.HTML, network: list[Any], my_runs: gr.BrowserState, pad: gr.HTML
) -> None:
    """Let a click on a map of the network section open that map in the window.

    Args:
        section: The window.
        maps: The network section's maps.
        network: Its checkpoint, digit source and number.
        my_runs: Ids of this visitor's runs.
        pad: The sketchpad.
    """
    values = [pad, *section.controls.settings.values()]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    opened = maps.select(on_map, [maps, *network, my_runs, *values], section.outputs, **quiet)
    asked = opened.then(None, [section.window, *values], None, js=_ASK_UNLESS_WRONG, **quiet)
    asked.then(None, js=_SHOW_WINDOW, **quiet)


def _build_lesson(details: Details, values: list[Any]) -> list[Any]:
    """Build what stands below, folded; return the outputs of `Details`. `values` is what a result follows."""

    def explain(title: str, text: str) -> Any:
        with gr.Accordion(title, open=False, elem_id=name_section(title)) as accordion:
            build_prose(text)
        return accordion

    by_hand, size, *others = load_sections("app.inspection.window", "convolution")
    with explain(*size):
        sizes = build_rendered(details.sizes, elem_classes="gb-numbers", elem_id="window-sizes")
    with explain(*by_hand):
        comparison = build_rendered(
            details.comparison, elem_classes="gb-numbers", elem_id="window-comparison"
        )
        grids = build_grids(details.grids, elem_id="window-grids")
        gr.HTML(write_card_button("explanation", by_hand[0]), apply_default_css=False)
        source = gr.Code(
            details.source, language="python", interactive=False, label="The code that ran by hand",
            wrap_lines=True, elem_id="window-source",
        )  # fmt: skip
    build_prose_sections([*others, *load_sections("app.inspection.window", "pooling")])
    with gr.Accordion(_AWAY, open=False, elem_id=name_section(_AWAY, "window")):
        build_prose("A script that prints the result shown, and a link that restores it.")
        script = gr.Code(
            details.script, language="python", interactive=False, label="Script", max_lines=20,
            elem_id="window-script",
        )  # fmt: skip
        link = gr.Textbox(
            details.link, label="Link", interactive=False, buttons=["copy"], elem_id="window-link"
        )
        build_notebook_button("window", write_notebook, values)
    return [sizes, comparison, grids, source, script, link]
