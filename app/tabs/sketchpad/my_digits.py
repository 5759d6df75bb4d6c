"""The section of one's own digits: kept in the browser, and read by every network."""

import gradio as gr

from app.components.my_digits import build_my_digits
from app.my_digits_view import list_networks, show_score
from app.run_answers import answer

_ABOUT = """Keep what you draw with the digit that you meant. A few drawings of each digit show which networks
read **your** hand, and which of your habits they stumble over."""


def build_my_digits_section() -> gr.HTML:
    """Build the section; it follows the pad of the page."""
    gr.Markdown(_ABOUT)
    return build_my_digits(
        answer(list_networks, "runs"), answer(show_score, "key", "digits"), elem_id="my-digits"
    )
