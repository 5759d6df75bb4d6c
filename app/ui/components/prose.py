"""Texts of our own as parts of the page, rendered here: nothing is fetched or run to show their formulas.

The time until the page can be used grows with the number of its components, not with their size: sections of
nothing but text that stand beside each other are one.
"""

from __future__ import annotations

import html
from collections.abc import Collection, Iterable
from typing import Any

import gradio as gr

from app.ui.card_button import write_card_button
from app.ui.rendering import render_markdown
from app.ui.sections import ANSWERS, name_section
from app.ui.styles import component_classes

_SECTION = (
    '<details id="{name}"{marks}><summary>{title}</summary>'
    '<div class="prose gb-numbers">{text}{card}</div></details>'
)


def build_prose(text: str, **kwargs: Any) -> gr.HTML:
    """Build a text.

    Args:
        text: As `render_markdown` takes it.
        **kwargs: Further arguments of `gr.HTML`, such as `elem_id`.
    """
    return build_rendered(render_markdown(text), **kwargs)


def build_rendered(text: str, elem_classes: str = "", **kwargs: Any) -> gr.HTML:
    """Build a text that `render_markdown` has returned, as every later value has to be."""
    return gr.HTML(text, js_on_load=None, elem_classes=["gb-prose", *elem_classes.split()], **kwargs)


def build_prose_sections(
    sections: Iterable[tuple[str, str]], card: str = "", answers: Collection[str] = ()
) -> gr.HTML:
    """Build sections that open like Gradio's beside them, each under the id that `name_section` gives it.

    Args:
        sections: The title and the text of each, as `load_sections` returns them.
        card: The kind of card that each is in a report; without one they have no button for it.
        answers: The titles of those that answer an exercise, which `&solutions=off` locks.
    """
    return gr.HTML(
        "".join(
            _SECTION.format(
                name=name_section(title),
                marks=f' class="{ANSWERS}"' if title in answers else "",
                title=html.escape(title),
                text=render_markdown(text),
                card=write_card_button(card, title) if card else "",
            )
            for title, text in sections
        ),
        js_on_load=None,
        apply_default_css=False,
        elem_classes=component_classes("gb-prose", "prose"),
    )
