"""What the perceptron's section answers to its controls."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import gradio as gr

from app.descent.perceptron.figure import draw_figure
from app.descent.perceptron.form import read_example, write_inputs
from app.descent.perceptron.link import read_link, write_link
from app.descent.perceptron.payloads import PerceptronAnswer
from app.descent.perceptron.script import write_perceptron_notebook, write_perceptron_script
from app.descent.perceptron.steps import list_steps, write_verdict
from app.ui.field_errors import list_errors
from app.ui.packing import pack
from app.ui.rendering import render_markdown
from models.descent.perceptron import Example, follow_example


class PerceptronView(NamedTuple):
    """What the section shows, in the order of the handler's outputs."""

    graph: str
    script: Any = gr.skip()


class OpeningView(NamedTuple):
    """What the opened section shows, in the order of the handler's outputs."""

    graph: str
    script: Any
    label: Any = gr.skip()
    activation: Any = gr.skip()
    seed: Any = gr.skip()


def on_expand(request: gr.Request, x: Any, label: Any, activation: Any, seed: Any) -> OpeningView:
    """Show the address's example, or that of the controls; wires: opening the section → graph to seed."""
    try:
        example = read_link(request.query_params)
    except ValueError as mistake:
        graph, script = on_example(x, label, activation, seed)
        told = {"x": f"The link's example cannot be used: {mistake}"}
        return OpeningView(pack(json.loads(graph) | {"errors": told}), script)
    if example is None:
        return OpeningView(*on_example(x, label, activation, seed))
    others = example.label, example.activation, example.seed
    return OpeningView(*on_example(write_inputs(example), *others), *others)


def on_inputs(request: gr.Request) -> Any:
    """Fill in the address's inputs; wires: after `on_expand` → x, whose change asks by all controls anew."""
    try:
        example = read_link(request.query_params)
    except ValueError:
        return gr.skip()  # it is told already
    return gr.skip() if example is None else write_inputs(example)


def on_example(x: Any, label: Any, activation: Any, seed: Any) -> PerceptronView:
    """Follow an example through its network; wires: the controls → graph, script."""
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
        "link": write_link(example),
        "errors": {},
    }


def write_notebook(x: Any, label: Any, activation: Any, seed: Any) -> str:
    """Write the notebook of what stands in the controls.

    Raises:
        ValueError: See `read_example`.
    """
    example = read_example(x, label, activation, seed)
    return write_perceptron_notebook(example, follow_example(example))
