"""The table of a network's layers: written by Python, styled here, without a script."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.ui.styles import component_classes


def build_layers(html: str, **kwargs: Any) -> gr.HTML:
    """Build the table.

    Args:
        html: What `app.inspection.architecture.view.draw_architecture` writes.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.

    Returns:
        The component; a handler updates it with another such text.
    """
    return gr.HTML(
        html,
        apply_default_css=False,
        elem_classes=component_classes(kwargs.pop("elem_classes", None), "layers"),
        **kwargs,
    )
