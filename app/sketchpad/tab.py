"""The sketchpad: draw a digit, and watch a network read it while you draw."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.sketchpad.components.pad import build_pad
from app.sketchpad.fine_tuning import ShowCard
from app.sketchpad.sections import (
    build_my_digits_section,
    build_preparation_section,
    build_scores_section,
    build_why_section,
)
from app.sketchpad.view import MAX_CHECKPOINTS, answer_request, has_clothes
from app.ui.addresses import follow_settings, reads_address
from app.ui.components.link_notice import warn_about_link
from app.ui.components.prose import build_prose_sections
from app.ui.drawing import PAD_SIZE_PX
from app.ui.numbers import format_seconds, write_percent
from app.ui.prose import load_sections, quote_text
from app.ui.sections import name_section
from models.data.strokes import example_strokes
from models.runs.library import CHOICE_INFO, DEFAULT_CHOICE, list_choices, resolve_choice

_QUESTION = """## Which digit does the network see?
Draw a digit. A network trained on handwriting reads it while you draw, from 28 × 28 pixels."""
_CLOTHES_QUESTION = """## Which piece of clothing does the network see?
Open an image of one piece on plain paper, or draw its outline. A network trained on pictures of clothes
names it, from 28 × 28 pixels."""
_PREPARATION_TITLE = "Preparation: from your drawing to the network’s input"
_EXAMPLE_DIGIT = 3
_EXAMPLE_SHARE = 0.6  # of the pad's height that the example takes
# By their names in the page's address; those beside it have commas between them there.
OPENING: dict[str, Any] = {"checkpoint": DEFAULT_CHOICE, "beside": []}


class SketchpadTab(NamedTuple):
    """What the rest of the page may wire to."""

    pad: gr.HTML
    checkpoint: gr.Dropdown
    beside: gr.Dropdown
    my_digits: gr.HTML


def build_sketchpad_tab(
    page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState, show_card: ShowCard
) -> SketchpadTab:
    """Build the tab around a pad that was made, but not yet rendered, by `build_sketch_pad`.

    Args:
        page: The page being built; its load chooses the networks that an address names.
        pad: The pad; other tabs read its drawing.
        my_runs: Ids of this visitor's runs, whose checkpoints can be chosen too.
        show_card: Lays out how a run stands, for a fine-tuning (see `app.runs.view`).
    """
    question = gr.Markdown(_QUESTION, elem_classes="gb-question", elem_id=name_section(_QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            pad.render()  # type: ignore[no-untyped-call]
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            checkpoint = gr.Dropdown(
                _list_labels([]),
                value=OPENING["checkpoint"],
                label="Network",
                info=CHOICE_INFO,
                filterable=False,
                elem_id="sketchpad-checkpoint",
            )
            beside = gr.Dropdown(
                _list_labels([]),
                value=OPENING["beside"],
                multiselect=True,
                max_choices=MAX_CHECKPOINTS - 1,
                label="Beside it",
                info=f"Up to {MAX_CHECKPOINTS - 1} more that read the same drawing.",
                elem_id="sketchpad-beside",
            )
            about = gr.Markdown(describe_choice(DEFAULT_CHOICE), elem_classes="gb-about")
    with gr.Column(elem_classes="gb-sections"):
        with gr.Accordion(_PREPARATION_TITLE, open=False, elem_id=name_section(_PREPARATION_TITLE)):
            build_preparation_section()
        with gr.Accordion("Why this digit?", open=False, elem_id="why-section"):
            build_why_section()
        with gr.Accordion("My digits", open=False, elem_id=name_section("My digits")):
            my_digits = build_my_digits_section(show_card)
        with gr.Accordion("How well each network reads", open=False, elem_id="scores-section"):
            build_scores_section()
    with gr.Column(elem_classes="gb-lesson"):
        build_prose_sections(load_sections("app.sketchpad"))
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    lists = [checkpoint, beside]
    changes = [checkpoint.change, beside.change]
    gr.on(changes, on_choose, lists, [pad], **quiet)
    gr.on(changes, None, lists, None, js=follow_settings("sketchpad", OPENING), queue=False, **quiet)
    page.load(on_open_link, [my_runs], lists, **quiet)
    checkpoint.change(on_describe, [checkpoint], [question, about], **quiet)
    return SketchpadTab(pad, checkpoint, beside, my_digits)


def build_sketch_pad() -> gr.HTML:
    """Make the pad, to be rendered where the tab wants it."""
    return build_pad(
        answer_request, [DEFAULT_CHOICE], build_example(_EXAMPLE_DIGIT), elem_id="pad", render=False
    )


def build_example(digit: int) -> list[list[list[float]]]:
    """Return the plain way of writing `digit` as strokes in pad pixels, in the middle of the pad."""
    strokes = example_strokes(digit)
    points = np.concatenate(strokes)
    low, high = points.min(axis=0), points.max(axis=0)
    scale = _EXAMPLE_SHARE * PAD_SIZE_PX / (high - low).max()
    return [np.round((stroke - (low + high) / 2) * scale + PAD_SIZE_PX / 2, 1).tolist() for stroke in strokes]


def on_choose(checkpoint: str, beside: list[str]) -> gr.HTML:
    """Wires: network list, list of those beside it → pad."""
    chosen = [key for key in (checkpoint, *(beside or [])) if isinstance(key, str)]
    return gr.HTML(checkpoints=list(dict.fromkeys(chosen))[:MAX_CHECKPOINTS])


class Description(NamedTuple):
    """What `on_describe` updates."""

    question: str
    about: str


def on_describe(checkpoint: str) -> Description:
    """Ask what the network can answer, and say what it is; wires: network list → question, description."""
    return Description(
        _CLOTHES_QUESTION if has_clothes(checkpoint) else _QUESTION, describe_choice(checkpoint)
    )


class NetworkLists(NamedTuple):
    """What `on_open` updates."""

    checkpoint: Any = gr.skip()
    beside: Any = gr.skip()


@reads_address(*OPENING)
def on_open_link(my_runs: Any, request: gr.Request) -> NetworkLists:
    """Choose the networks that the page's address names; wires: page's load; runs → both network lists."""
    query = dict(request.query_params)
    if query.get("tab") != "sketchpad" or not OPENING.keys() & query.keys():
        return NetworkLists()
    labels = _list_labels(my_runs)
    keys = [key for _, key in labels]
    checkpoint = query.get("checkpoint", DEFAULT_CHOICE)
    beside = [key for key in query.get("beside", "").split(",") if key]
    if unknown := [key for key in [checkpoint, *beside] if key not in keys]:
        warn_about_link(f"There is no network “{unknown[0][:40]}” for you: the opening is shown instead.")
        return NetworkLists()
    if len(beside) >= MAX_CHECKPOINTS:
        warn_about_link(f"Of the networks beside it the first {MAX_CHECKPOINTS - 1} are shown.")
    beside = beside[: MAX_CHECKPOINTS - 1]
    return NetworkLists(
        gr.Dropdown(choices=labels, value=checkpoint),
        gr.Dropdown(choices=labels, value=beside, multiselect=True),
    )


def on_open(chosen: str, beside: list[str], my_runs: list[str]) -> NetworkLists:
    """Wires: both network lists, this visitor's runs → both lists, with the checkpoints there are now.

    What is chosen goes only where its checkpoint is gone: who chose while this was under way keeps that.
    """
    labels = _list_labels(my_runs)
    keys = [key for _, key in labels]
    left = [key for key in beside or [] if key in keys]
    first: dict[str, Any] = {} if chosen in keys else {"value": DEFAULT_CHOICE}
    others: dict[str, Any] = {} if left == (beside or []) else {"value": left}
    return NetworkLists(
        gr.Dropdown(choices=labels, **first), gr.Dropdown(choices=labels, multiselect=True, **others)
    )


def _list_labels(my_runs: list[str]) -> list[tuple[str, str]]:
    return [(choice.label, choice.key) for choice in list_choices(my_runs, with_clothes=True)]


def describe_choice(key: str) -> str:
    """Return a few lines of Markdown about a checkpoint, all from its header."""
    from models.checkpoints.file import find_layers, read_info
    from models.data.names import TITLES, shows_clothes
    from models.networks.description import summarise_layers
    from models.networks.registry import summarise_network
    from models.training.config import IMPORTED
    from models.training.recipes import name_recorded

    try:
        info = read_info(resolve_choice(key))
        if info.layers is None:
            layers = summarise_network(info.network, info.config)
        else:
            layers = summarise_layers(find_layers(info))
    except ValueError as mistake:  # the run has been deleted, or its file is damaged
        return str(mistake)
    clothes = ""
    if shows_clothes(info.dataset):
        clothes = " It has learned clothes: open an image of one piece on plain paper, or draw its outline."
    epochs = f"{info.epochs} epoch{'' if info.epochs == 1 else 's'}"
    reads = ""
    if info.test_accuracy is not None:
        where = TITLES.get(info.dataset, info.dataset)
        reads = f" It reads {write_percent(info.test_accuracy)} of the test images of {where} rightly."
    made = (
        f"Recipe {quote_text(name_recorded(info))}: trained for {epochs} in "
        f"{format_seconds(info.seconds)}, seed {info.seed}."
    )
    if info.recipe.get("recipe") == IMPORTED:
        made = "Imported, not trained here."
    return f"{layers}.\n\n{made}{reads}{clothes}"
