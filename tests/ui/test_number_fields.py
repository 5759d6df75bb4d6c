"""Every field of one number on the page: its bounds, its steps and its kind are those of what it means."""

import gradio as gr
import pytest


@pytest.fixture(scope="module")
def numbers(page_blocks):
    return [block for block in page_blocks if isinstance(block, gr.Number | gr.Slider)]


def name(numbers, kind):
    return {block.label for block in numbers if f"gb-{kind}" in block.elem_classes}


def test_every_number_has_bounds(numbers):
    assert all(block.minimum is not None for block in numbers)
    # The last of a data set is known once it has been chosen.
    assert {block.label for block in numbers if block.maximum is None} == {"Number in the data set"}


def test_rates_step_by_a_factor_and_batches_by_doubling(numbers):
    rates = {f"Step size of optimizer {slot}" for slot in range(1, 5)} | {"Learning rate η"}
    assert name(numbers, "by-factor") == {"Learning rate", "Weight decay λ", *rates}
    assert name(numbers, "by-doubling") == {"Batch size"}
    assert name(numbers, "above") == {"Learning rate", "Learning rate of the branch", *rates}


def test_numbers_that_may_be_parts_are_these(numbers):
    whole = name(numbers, "whole")
    assert {block.label for block in numbers} - whole == {
        *(f"Step size of optimizer {slot}" for slot in range(1, 5)),
        *("Momentum β", "Nesterov β", "Condition number κ", "y", "Start: weight 1", "Start: weight 2"),
        *("Noise", "Share of the points for testing", "Dropout", "L1", "L2"),
        *("Learning rate η", "Learning rate of the branch"),
        "My bias",
        *("Learning rate", "Momentum", "Weight decay λ", "Label smoothing", "Its probability"),
    }
