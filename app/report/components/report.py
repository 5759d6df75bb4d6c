"""The button that opens the report, from every tab, and the way into it for every “Add to my report”."""

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
<div class="gb-report">
  <button type="button" class="gb-report-open" aria-haspopup="dialog">My report</button>
  <span class="gb-report-told" role="status"></span>
</div>
"""


def build_report(
    render: Callable[[Any], str], export: Callable[[Any], str], read: Callable[[Any], str], **kwargs: Any
) -> gr.HTML:
    """Build the button.

    A click on a button of `app.ui.card_button` anywhere on the page adds what stands there. All functions are
    called outside Gradio's queue with whatever the browser sent, and return JSON text or `{"error": str}`.

    Args:
        render: Called with `{"text"}`; returns `{"html"}`.
        export: Called with `{"report", "format"}`; returns a file.
        read: Called with `{"report"}`, what stood in a file; returns it as a report.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return gr.HTML(
        html_template=_TEMPLATE,
        js_on_load=read_component_script(_FOLDER, "report"),
        apply_default_css=False,
        server_functions=name_functions(render=render, exportReport=export, importReport=read),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "button", "report"),
        **kwargs,
    )
