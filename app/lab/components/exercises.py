"""Exercises on the page: questions that open, fields for the answer, what is said to it, and the solution."""

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
<div class="gb-exercises" data-shown="">
  <div class="gb-exercises-head">
    <label>Your name or number
      <input type="text" autocomplete="off" spellcheck="false" maxlength="80"></label>
    <p class="gb-exercises-about">It decides the numbers: another name gets others, the same name always the
      same. Your answers stay in this browser.</p>
    <p class="gb-exercises-progress" role="status"></p>
    <button type="button" class="gb-exercises-sheet">Download my answer sheet</button>
  </div>
  <p class="gb-exercises-absent" role="status">The exercises are on their way.</p>
  <ol class="gb-exercises-list"></ol>
  <details class="gb-exercises-grading" id="{place}-grading-section">
    <summary><span>For teachers: check answer sheets</span></summary>
    <div class="gb-exercises-body"></div>
  </details>
</div>
"""


def build_exercises(
    show: Callable[[Any], str],
    check: Callable[[Any], str],
    solve: Callable[[Any], str],
    grade: Callable[[Any], str],
    tabulate: Callable[[Any], str],
    **kwargs: Any,
) -> gr.HTML:
    """Build a list of exercises; it asks for them when it is first seen.

    All functions are called outside Gradio's queue with whatever the browser sent, and return JSON text of
    what `app.lab.view` and `app.lab.grading` lay out, or of `{"error": str}`.

    Args:
        show: Called with `{"name"}`.
        check: Called with `{"key", "name", "given"}`.
        solve: Called with `{"key", "name"}`.
        grade: Called with `{"sheets"}`.
        tabulate: Called with `{"rows", "decimal"}`.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    place = kwargs.get("elem_id")
    return gr.HTML(
        html_template=_TEMPLATE.format(place=place),
        js_on_load=read_component_script(_FOLDER, "exercises", place=place),
        apply_default_css=False,
        server_functions=name_functions(show=show, check=check, solve=solve, grade=grade, tabulate=tabulate),
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "button", "exercises"),
        **kwargs,
    )
