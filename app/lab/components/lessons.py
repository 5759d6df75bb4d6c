"""Lessons beside the stage: a button in the page's header, and a panel that comes when it is pressed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.loader import read_component_script
from app.ui.server_functions import name_functions
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = """
<div class="gb-lessons">
  <button type="button" class="gb-lessons-open" aria-expanded="false">Tour and lessons</button>
</div>
"""


def build_lessons(answers: dict[str, Callable[[Any], str]], **kwargs: Any) -> gr.HTML:
    """Build the way to the lessons; until it is used, nothing of them is sent.

    Args:
        answers: What answers the script, outside Gradio's queue, with whatever the browser sent: `list`,
            `read` with `{"key"}`, and for an exercise `show`, `check` and `solve`, as for `build_exercises`,
            `show` with `{"key", "name"}`. Each returns JSON text of what `app.lab` lays out, or of
            `{"error": str}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "lessons"),
        apply_default_css=False,
        server_functions=name_functions(**answers),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "exercises", "lessons"),
        **kwargs,
    )
