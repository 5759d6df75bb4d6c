"""The sections below the pad: preparation, explanation, the visitor's own digits, and how networks score."""

from __future__ import annotations

from functools import partial

import gradio as gr

from app.sketchpad.components.my_digits import build_my_digits
from app.sketchpad.components.preparation import build_preparation
from app.sketchpad.components.why import build_why
from app.sketchpad.fine_tuning import ShowCard, show_fine_tuning, start_fine_tuning
from app.sketchpad.my_digits import list_networks, show_score
from app.sketchpad.preparation import show_preparation
from app.sketchpad.scores import count_drawings, show_scores
from app.sketchpad.why import show_change, show_maps, show_nearest
from app.ui.answers import answer
from app.ui.card_button import write_card_button
from app.ui.components.prose import build_prose, build_rendered
from app.ui.rendering import render_markdown
from models.training.fine_tuning import MIN_DRAWINGS

_PREPARATION = (
    "A digit of MNIST is 20 pixels large and lies in the middle of its 28 × 28. A network that has learned "
    "from such digits alone misreads many drawings whose pad is merely shrunk to 28 × 28: it has seen no "
    "digit of that size in that place. Here is how your drawing becomes a network’s input, step by step."
)
_MY_DIGITS = (
    "Keep what you draw with the digit that you meant. A few drawings of each digit show which networks read "
    "**your** hand, and which of your habits they stumble over."
)
_SCORES = (
    "To read MNIST's test images is one thing, to read what people draw another: {num:,} digits that "
    "30 writers drew with a pen on a tablet, put on this pad in any size, place and brush, and prepared as "
    "your drawing is. No network was trained on them. GlassNet by the recipe `sketch` also learned from "
    "strokes that this project writes in many styles."
)
_CALIBRATION = (
    "A network whose answers have 90% confidence should be right nine times in ten. The calibration error, "
    "in the last two columns, is how far confidence and accuracy lie apart, on average. Before the softmax "
    "the logits are divided by a temperature $T$, fitted on the images that validated the training, or, for "
    "the recipe `sketch`, on strokes that it has not seen: above 1 it takes confidence away, below 1 it adds "
    "some. The order of the ten digits stays the same."
)


def build_preparation_section() -> gr.HTML:
    """Build what follows a drawing to the network's input; it asks the first chosen network."""
    build_prose(_PREPARATION)
    return build_preparation(
        answer(show_preparation, "drawing", "checkpoint", "brush"), elem_id="preparation"
    )


def build_why_section() -> gr.HTML:
    """Build what explains the answer of the first chosen network: maps, neighbours, a change of the ink."""
    return build_why(
        answer(show_maps, "drawing", "checkpoint", "digit", "patch"),
        answer(show_nearest, "drawing", "checkpoint"),
        answer(show_change, "drawing", "checkpoint", "target"),
        elem_id="why",
    )


def build_my_digits_section(show_card: ShowCard) -> gr.HTML:
    """Build the visitor's own digits: kept in the browser, read by every network, trained on.

    Args:
        show_card: Lays out how a run stands (see `app.runs.view`).

    Returns:
        The component; `submit` says that a run has started, whose id is its value, and `select` that it is
        done.
    """
    build_prose(_MY_DIGITS)
    return build_my_digits(
        answer(list_networks, "runs"),
        answer(show_score, "key", "digits"),
        answer(start_fine_tuning, "key", "digits", "runs"),
        answer(partial(show_fine_tuning, show_card=show_card), "id"),
        MIN_DRAWINGS,
        elem_id="my-digits",
    )


def build_scores_section() -> None:
    """Build the table of the shipped networks, and what its columns say."""
    text = f"{_SCORES.format(num=count_drawings())}\n\n{show_scores()}\n\n{_CALIBRATION}"
    build_rendered(
        render_markdown(text) + write_card_button("table", "How well each network reads"),
        elem_classes="gb-numbers",
        elem_id="checkpoint-scores",
    )
