"""Texts of our own on the page: rendered in Python, several sections as one component."""

import re

from app.ui.components.prose import build_prose, build_prose_sections


def test_text_is_rendered_with_its_formulas():
    text = build_prose("The step $\\eta$\n\n| a | b |\n|--:|:--|\n| 1 | 2 |", elem_classes="gb-numbers")
    assert "<math" in text.value
    assert "<table>" in text.value
    assert "$" not in text.value
    assert text.elem_classes == ["gb-prose", "gb-numbers"]


def test_sections_open_by_a_title_and_have_their_names_as_ids():
    sections = [
        ("Question 1: is 1 < 2?", "Yes, **it is**."),
        ("What {braces} say", "`${value}` and {{value}}"),
    ]
    told = build_prose_sections(sections).value
    assert re.findall('<details id="(.*?)"><summary>(.*?)</summary>', told) == [
        ("question-1-section", "Question 1: is 1 &lt; 2?"),
        ("what-braces-say-section", "What {braces} say"),
    ]
    assert "<strong>it is</strong>" in told
    assert "<code>${value}</code> and {{value}}" in told  # it is a value, and no template of Gradio's
