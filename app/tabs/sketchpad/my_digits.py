"""The section of one's own digits: kept in the browser, read by every network, trained on."""

import gradio as gr

from app.components.my_digits import build_my_digits
from app.my_digits_run import show_fine_tuning, start_fine_tuning
from app.my_digits_view import list_networks, show_score
from app.run_answers import answer
from models.fine_tuning import MIN_DRAWINGS

_ABOUT = """Keep what you draw with the digit that you meant. A few drawings of each digit show which networks
read **your** hand, and which of your habits they stumble over."""


def build_my_digits_section() -> gr.HTML:
    """Build the section; it follows the pad of the page.

    Returns:
        The component; `submit` says that a run has started, whose id is its value, and `select` that it is
        done.
    """
    gr.Markdown(_ABOUT)
    return build_my_digits(
        answer(list_networks, "runs"),
        answer(show_score, "key", "digits"),
        answer(start_fine_tuning, "key", "digits", "runs"),
        answer(show_fine_tuning, "id"),
        MIN_DRAWINGS,
        elem_id="my-digits",
    )
