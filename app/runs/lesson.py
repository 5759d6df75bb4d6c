"""The lesson below the runs: the theory of training in short sections, and Question 4 to be tried."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.runs.split import MAX_SEED, Draw, draw_again, show_draws
from app.ui.components.number_field import build_number
from app.ui.components.prose import build_prose, build_prose_sections
from app.ui.prose import load_sections
from app.ui.sections import name_section
from app.ui.styles import component_classes

_NOTEBOOK_SEED = 42
_TRIED = "Question 4"  # the section in which a visitor tries something


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


def build_lesson() -> None:
    """Build the lesson inside the current tab."""
    with gr.Column(elem_classes="gb-lesson", elem_id="run-lesson"):
        sections = load_sections("app.runs")
        titles = [title for title, _ in sections]
        tried = titles.index(next(title for title in titles if title.startswith(_TRIED)))
        build_prose_sections(sections[:tried])
        title, text = sections[tried]
        with gr.Accordion(title, open=False, elem_id=name_section(title)) as section:
            build_prose(text)
            _build_split(section)
        build_prose_sections(sections[tried + 1 :])


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
