"""What the perceptron's section answers to its controls."""

from __future__ import annotations

from typing import Any, NamedTuple

import gradio as gr

from app.descent.perceptron.figure import draw_figure
from app.descent.perceptron.payloads import PerceptronAnswer
from app.descent.perceptron.script import write_perceptron_notebook, write_perceptron_script
from app.descent.perceptron.steps import list_steps, write_verdict
from app.ui.field_errors import blame, list_errors
from app.ui.numbers import read_field, read_numbers
from app.ui.packing import pack
from app.ui.rendering import render_markdown
from models.descent.perceptron import Example, check_example, check_inputs, follow_example


class PerceptronView(NamedTuple):
    """What the section shows, in the order of the handler's outputs."""

    graph: str
    script: Any = gr.skip()


def on_example(x: Any, label: Any, activation: Any, seed: Any) -> PerceptronView:
    """Follow an example through its network; wires: opening the section, its controls → graph, script."""
    try:
        example = read_example(x, label, activation, seed)
    except ValueError as mistake:
        return PerceptronView(pack({"errors": list_errors(mistake)}))
    return PerceptronView(pack(show_example(example)), write_perceptron_script(example))


def show_example(example: Example) -> PerceptronAnswer:
    """Lay out what the graph shows of an example.

    Raises:
        ValueError: See `check_example`.
    """
    passes = follow_example(example)
    return {
        "figure": draw_figure(example, passes),
        "steps": list_steps(example, passes),
        "verdict": render_markdown(write_verdict(passes)),
        "errors": {},
    }


def write_notebook(x: Any, label: Any, activation: Any, seed: Any) -> str:
    """Write the notebook of what stands in the controls.

    Raises:
        ValueError: See `read_example`.
    """
    example = read_example(x, label, activation, seed)
    return write_perceptron_notebook(example, follow_example(example))


def read_example(x: Any, label: Any, activation: Any, seed: Any) -> Example:
    """Return the example that stands in the controls.

    Raises:
        FieldError: for what is none, with the field, the range and the remedy.
    """
    with blame("x"):
        inputs = check_inputs(read_numbers(x if isinstance(x, str) else ""))
    example = Example(x=inputs)
    for field, value in (("label", label), ("activation", activation), ("seed", seed)):
        with blame(field):
            read = value if field == "activation" else read_field(value, f"The {field}")
            example = check_example(Example(**{**vars(example), field: read}))
    return example
