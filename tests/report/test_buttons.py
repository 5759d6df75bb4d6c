"""“Add to my report” stands wherever the page shows a table, a chart or a picture of its own."""

import re

import gradio as gr
import pytest

SHOWN = re.compile(r"<table|<canvas|<svg|class=\"gb-chart|^\|[ :-]*---", re.MULTILINE)
BUTTON = "gb-card-button"
# What is part of a stage whose button takes it too, and what belongs to somebody else.
PARTS = {"descent-ruler"}


def read_text(block):
    """What a block shows when the page is built."""
    return f"{getattr(block, 'html_template', '')}\n{getattr(block, 'value', '') or ''}"


def list_inside(block):
    yield block
    for child in getattr(block, "children", ()):
        yield from list_inside(child)


def find_place(block):
    """The section, or the column of a stage, that a block stands in."""
    while not isinstance(block, gr.Accordion | gr.Column):
        block = block.parent
    return block


def list_beside(block):
    """What stands in one section or column with a block, without the sections within that."""
    place = find_place(block)
    return [one for one in list_inside(place) if one is place or find_place(one.parent) is place]


def list_parts(text):
    """The sections of a text, or the text where it has none."""
    return re.findall(r"<details.*?</details>", text, re.DOTALL) or [text]


def test_every_table_and_chart_has_a_button_in_its_section(page_blocks):
    num = 0
    for block in page_blocks:
        if not isinstance(block, gr.HTML | gr.Markdown) or block.elem_id in PARTS:
            continue
        for part in list_parts(read_text(block)):
            if not SHOWN.search(part):
                continue
            num += 1
            is_beside = "<details" not in part and any(BUTTON in read_text(one) for one in list_beside(block))
            assert BUTTON in part or is_beside, part[:300]
    assert num > 20


@pytest.mark.parametrize(
    "name",
    [
        "plane-depth", "rates", "build-rows", "exercise", "my-digits", "checkpoint-scores",
        "the-graph-as-a-table-section",
    ],
)  # fmt: skip
def test_places_that_are_filled_later_have_one(page_blocks, name):
    (place,) = [block for block in page_blocks if getattr(block, "elem_id", None) == name]
    assert any(BUTTON in read_text(each) for each in list_inside(place))
