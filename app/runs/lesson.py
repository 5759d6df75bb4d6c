"""The lesson below the runs: the theory of training in short sections, and what a visitor tries in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import gradio as gr

from app.runs.one_step import (
    NETWORK_CHOICES,
    OPENING,
    show_names,
    show_one_step,
    write_one_step_notebook,
)
from app.runs.split import MAX_SEED, Draw, draw_again, show_draws
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.number_field import build_number
from app.ui.components.prose import build_prose, build_prose_sections, build_rendered
from app.ui.prose import load_sections, quote_text
from app.ui.rendering import render_markdown
from app.ui.sections import name_section
from app.ui.styles import component_classes

_NOTEBOOK_SEED = 42
# What stands there until the answer has come: at most some seconds, soon after the page was started.
_STEPPING = "<p>The step is being computed …</p>"
_TRAINING = "<p>The four trainings are being computed …</p>"


class SplitView(NamedTuple):
    """What Question 4 shows, in the order of the handlers' outputs."""

    shown: Any
    draws: Any
    error: str


def on_draw(seed: Any, draws: list[Draw]) -> SplitView:
    """Draw once more. Wires: opening the section, Draw again; seed, draws so far → images, draws, error."""
    try:
        drawn = draw_again([Draw(*draw) for draw in draws], seed)
    except ValueError as mistake:
        return SplitView(gr.skip(), gr.skip(), str(mistake))
    return SplitView(show_draws(drawn, int(seed)), drawn, "")


def on_seed(seed: Any) -> SplitView:
    """Begin anew with another seed. Wires: seed → images, draws, error."""
    return on_draw(seed, [])


def on_network(name: Any) -> str:
    """Show one step of the training loop. Wires: opening the section, the network → what is shown."""
    try:
        return show_one_step(name)
    except ValueError as mistake:
        return render_markdown(quote_text(str(mistake)))


def build_lesson() -> None:
    """Build the lesson inside the current tab."""
    tried: dict[str, Callable[[gr.Accordion], None]] = {
        "The training loop": _build_one_step,
        "net or model": _build_names,
        "Question 4": _build_split,
    }
    with gr.Column(elem_classes="gb-lesson", elem_id="run-lesson"):
        texts: list[tuple[str, str]] = []
        for title, text in load_sections("app.runs"):
            build = next((build for start, build in tried.items() if title.startswith(start)), None)
            if not build:
                texts.append((title, text))
                continue
            build_prose_sections(texts)
            texts = []
            with gr.Accordion(title, open=False, elem_id=name_section(title)) as section:
                build_prose(text)
                build(section)
        build_prose_sections(texts)


def _build_one_step(section: gr.Accordion) -> None:
    """Build the list of networks and the step; nothing is computed before the section is opened."""
    network = gr.Dropdown(
        NETWORK_CHOICES, value=OPENING, label="Network", filterable=False, elem_id="one-step-network"
    )
    shown = build_rendered(_STEPPING, elem_classes="gb-numbers", elem_id="one-step-shown")
    gr.on(
        [section.expand, network.input],
        on_network,
        [network],
        [shown],
        trigger_mode="always_last",
        show_progress="minimal",
        api_visibility="private",
    )
    build_notebook_button("one-step", write_one_step_notebook, [network], needs_project=True)


def _build_names(section: gr.Accordion) -> None:
    """Build what the two names do; the trainings take place when the section is first opened."""
    shown = build_rendered(_TRAINING, elem_classes="gb-numbers", elem_id="names-shown")
    section.expand(show_names, None, [shown], show_progress="minimal", api_visibility="private")


def _build_split(section: gr.Accordion) -> None:
    """Build what Question 4 lets a visitor try; nothing is drawn before its section is opened."""
    draws = gr.State([])
    seed = build_number(
        _NOTEBOOK_SEED,
        low=0,
        high=MAX_SEED,
        is_whole=True,
        label="Seed of the split",
        elem_id="split-seed",
    )
    draw = gr.Button("Draw again", variant="primary", elem_id="split-draw")
    error = gr.Markdown("", elem_classes="gb-error", elem_id="split-error")
    shown = gr.HTML(
        "",
        apply_default_css=False,
        elem_classes=component_classes(None, "split"),
        elem_id="split-shown",
    )
    outputs = [shown, draws, error]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    section.expand(on_draw, [seed, draws], outputs, **quiet)
    draw.click(on_draw, [seed, draws], outputs, **quiet)
    seed.input(on_seed, [seed], outputs, trigger_mode="always_last", **quiet)
