"""Sections are found by ids made of their titles, each once on the page."""

import re

import gradio as gr
import pytest

from app.ui.sections import name_section


@pytest.mark.parametrize(
    ("title", "place", "name"),
    [
        ("Question 4: why does the first image change?", "", "question-4-section"),
        ("Why this digit?", "", "why-this-digit-section"),
        ("From your drawing to 28 × 28 pixels", "", "from-your-drawing-to-28-28-pixels-section"),
        ("## Which steps get down fastest?\nGradient descent", "", "which-steps-get-down-fastest-section"),
        ("Exercises: 20 questions", "runs", "runs-exercises-section"),
    ],
)
def test_a_section_is_named_after_its_title(title: str, place: str, name: str) -> None:
    assert name_section(title, place) == name


def test_every_section_has_an_id_that_nothing_else_has(page_blocks) -> None:
    blocks = page_blocks
    sections = [block.elem_id for block in blocks if isinstance(block, gr.Accordion)]
    texts = [str(block.value) for block in blocks if isinstance(block, gr.HTML)]
    of_text = [name for text in texts for name in re.findall('<details id="([^"]+)"', text)]
    ids = [block.elem_id for block in blocks if getattr(block, "elem_id", None)] + of_text
    assert len(sections + of_text) > 60
    assert all(sections)
    assert len(set(ids)) == len(ids)
