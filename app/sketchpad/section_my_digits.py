"""The section of one's own digits: kept in the browser, read by every network, trained on."""

from functools import partial

import gradio as gr

from app.sketchpad.components.my_digits import build_my_digits
from app.sketchpad.fine_tuning import ShowCard, show_fine_tuning, start_fine_tuning
from app.sketchpad.my_digits import list_networks, show_score
from app.ui.answers import answer
from models.training.fine_tuning import MIN_DRAWINGS

_ABOUT = """Keep what you draw with the digit that you meant. A few drawings of each digit show which networks
read **your** hand, and which of your habits they stumble over."""


def build_my_digits_section(show_card: ShowCard) -> gr.HTML:
    """Build the section; it follows the pad of the page.

    Args:
        show_card: Lays out how a run stands (see `app.runs.view`).

    Returns:
        The component; `submit` says that a run has started, whose id is its value, and `select` that it is
        done.
    """
    gr.Markdown(_ABOUT)
    return build_my_digits(
        answer(list_networks, "runs"),
        answer(show_score, "key", "digits"),
        answer(start_fine_tuning, "key", "digits", "runs"),
        answer(partial(show_fine_tuning, show_card=show_card), "id"),
        MIN_DRAWINGS,
        elem_id="my-digits",
    )
