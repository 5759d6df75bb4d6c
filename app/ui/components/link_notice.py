"""What a visitor is told of the link that they followed."""

import html

import gradio as gr


def warn_about_link(text: str) -> None:
    """Say what of a link is not used, in a notice that stays until it is closed.

    Gradio brings it by the queue's stream alone: a handler that may call this is not wired past the queue.

    Args:
        text: Plain text: Gradio shows a warning as HTML, and a link may come from anyone.
    """
    gr.Warning(html.escape(text), duration=None)
