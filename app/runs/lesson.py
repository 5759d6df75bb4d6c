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
from app.runs.section_links import SPLIT_SEED, STEP_NETWORK, read_split_seed
from app.runs.split import MAX_SEED, Draw, draw_again, show_draws
from app.ui.addresses import follow_parameter
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.number_field import build_number
from app.ui.components.prose import build_prose, build_prose_sections, build_rendered
from app.ui.prose import load_sections, quote_text
from app.ui.rendering import render_markdown
from app.ui.sections import name_section
from app.ui.styles import component_classes
from models.training.one_step import SHOWN_NETWORKS

_NOTEBOOK_SEED = 42
# What stands there until the answer has come: at most some seconds, soon after the page was started.
_STEPPING = "<p>The step is being computed …</p>"
_TRAINING = "<p>The four trainings are being computed …</p>"


_FROM_LINK = "The link's setting cannot be used: {} This is the opening instead."


class SplitView(NamedTuple):
    """What Question 4 shows, in the order of the handlers' outputs."""

    shown: Any
    draws: Any
    error: str


class OpenedSplit(NamedTuple):
    """The same when it is opened, with the seed of the address."""

    shown: Any
    draws: Any
    error: str
    seed: Any = gr.skip()


class StepView(NamedTuple):
    """What the training loop shows when it is opened, in the order of the handler's outputs."""

    shown: str
    network: Any = gr.skip()


def on_open_split(request: gr.Request, seed: Any, draws: list[Draw]) -> OpenedSplit:
    """Draw once more, with the address's seed. Wires: opening the section; seed, draws → view with seed."""
    try:
        named = read_split_seed(request.query_params)
        if named is not None and named != seed:
            drawn = draw_again([], named)
            return OpenedSplit(show_draws(drawn, named), drawn, "", named)
    except ValueError as mistake:
        view = on_draw(seed, draws)._replace(error=quote_text(_FROM_LINK.format(mistake)))
        return OpenedSplit(*view)
    return OpenedSplit(*on_draw(seed, draws))


def on_draw(seed: Any, draws: list[Draw]) -> SplitView:
    """Draw once more. Wires: Draw again; seed, draws so far → images, draws, error."""
    try:
        drawn = draw_again([Draw(*draw) for draw in draws], seed)
    except ValueError as mistake:
        return SplitView(gr.skip(), gr.skip(), str(mistake))
    return SplitView(show_draws(drawn, int(seed)), drawn, "")


def on_seed(seed: Any) -> SplitView:
    """Begin anew with another seed. Wires: seed → images, draws, error."""
    return on_draw(seed, [])


def on_open_loop(request: gr.Request, name: Any) -> StepView:
    """Show the step of the address's network. Wires: opening the section; the network → shown, network."""
    named = request.query_params.get(STEP_NETWORK)
    if named == name or named not in SHOWN_NETWORKS:  # the page's load tells of another (see `app.link`)
        return StepView(on_network(name))
    return StepView(on_network(named), named)


def on_network(name: Any) -> str:
    """Show one step of the training loop. Wires: the network → what is shown."""
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
    live: dict[str, Any] = {"trigger_mode": "always_last", "api_visibility": "private"}
    section.expand(on_open_loop, [network], [shown, network], show_progress="minimal", **live)
    network.input(on_network, [network], [shown], show_progress="minimal", **live)
    follow = follow_parameter("runs", STEP_NETWORK, [OPENING])
    network.input(None, [network], None, js=follow, **live)
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
    section.expand(on_open_split, [seed, draws], [*outputs, seed], **quiet)
    draw.click(on_draw, [seed, draws], outputs, **quiet)
    seed.input(on_seed, [seed], outputs, trigger_mode="always_last", **quiet)
    seed.input(None, [seed], None, js=follow_parameter("runs", SPLIT_SEED, [_NOTEBOOK_SEED]), **quiet)
