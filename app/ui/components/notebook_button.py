"""A button that hands out a notebook of what is shown, with how to open it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import gradio as gr

from app.ui.loader import read_component_script
from app.ui.packing import pack
from app.ui.styles import component_classes

_FOLDER = Path(__file__).parent

_TEMPLATE = """
<div class="gb-notebook">
  <button type="button">Download as a notebook</button>
  <p>{opening}</p>
  <p role="status"></p>
</div>
"""
_OPENING = (
    "An .ipynb file with these numbers in it. In Jupyter, open it from its folder; in Colab, choose File, "
    "Upload notebook."
)
_OPENING_HERE = (
    "An .ipynb file with these numbers in it. It runs where this project is: open it in Jupyter from the "
    "project’s folder. Colab shows it, and runs it after the repository was cloned there."
)


def build_notebook_button(
    name: str, write: Callable[..., str], inputs: list[Any], *, needs_project: bool = False
) -> gr.HTML:
    """Build the button and wire it.

    Args:
        name: What the file is called, without suffix.
        write: Called with the inputs' values; returns the notebook's text, or raises ValueError.
        inputs: The components whose values it takes.
        needs_project: Whether the notebook runs with this project's package alone.
    """
    button = gr.HTML(
        html_template=_TEMPLATE.format(opening=_OPENING_HERE if needs_project else _OPENING),
        js_on_load=read_component_script(_FOLDER, "notebook_button", place=name),
        apply_default_css=False,
        elem_classes=component_classes(None, "button", "notebook_button"),
        elem_id=f"{name}-notebook",
    )
    button.click(
        partial(on_notebook, f"{name}.ipynb", write),
        [button, *inputs],
        button,
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )
    return button


def on_notebook(file_name: str, write: Callable[..., str], message: Any, *values: Any) -> str:
    """Answer the button's script; wires: the button's question, the inputs → the button."""
    asked = message.get("asked") if isinstance(message, dict) else None
    answer: dict[str, Any] = {"answered": asked if isinstance(asked, int) else 0}
    try:
        return pack(answer | {"name": file_name, "content": write(*values)})
    except ValueError as mistake:
        return pack(answer | {"error": str(mistake)})
    except (TypeError, AttributeError, ArithmeticError):
        return pack(answer | {"error": "The page sent a request that cannot be read. Reload it."})
