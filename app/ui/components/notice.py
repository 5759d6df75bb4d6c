"""A line of text that follows a component's answers: how the race went, or what was wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.loader import read_component_script
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent


def build_notice(field: str, text: str = "", *, channel: str = "glassboxDescent", **kwargs: Any) -> gr.HTML:
    """Build a notice.

    Args:
        field: The entry of the answers that it shows: plain text, with `**` around what is bold and
            `||` around what answers an exercise, which `&solutions=off` leaves out. An
            answer without this entry changes nothing; an empty one hides the notice.
        text: What to show at first.
        channel: Whose answers it follows: the descent player's, or the window's.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; Python updates it through the component that is answered.
    """
    return gr.HTML(
        html_template='<div class="gb-notice" role="status"></div>',
        js_on_load=read_component_script(_FOLDER, "notice", field=field, text=text, channel=channel),
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "notice"),
        **kwargs,
    )
