"""The section that goes backwards through a network with a hidden layer, below the lab's question 3."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.descent.perceptron.components.perceptron import FIELD_CLASS, build_perceptron
from app.descent.perceptron.form import write_inputs
from app.descent.perceptron.handlers import on_example, on_expand, on_inputs, write_notebook
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.number_field import build_number
from app.ui.components.prose import build_prose
from app.ui.prose import load_sections
from app.ui.sections import name_section
from models.descent.perceptron import ACTIVATIONS, HIGHEST_INPUT, LOWEST_INPUT, Example
from models.descent.plane.points import MAX_SEED

_MAX_LETTERS = 200  # of the four inputs


def build_perceptron_section() -> None:
    """Build the section inside the current column; nothing is computed before it is opened."""
    ((title, text),) = load_sections("app.descent.perceptron")
    opening = Example()
    with gr.Accordion(title, open=False, elem_id=name_section(title)) as section:
        build_prose(text)
        with gr.Row(elem_classes="gb-experiment"):
            with gr.Column(scale=3, elem_classes="gb-stage"):
                graph = build_perceptron(elem_id="perceptron")
            with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
                x = gr.Textbox(
                    write_inputs(opening),
                    label=f"Inputs x: four numbers from {LOWEST_INPUT:g} to {HIGHEST_INPUT:g}".replace(
                        "-", "−"
                    ),
                    max_length=_MAX_LETTERS,
                    elem_id="perceptron-x",
                    elem_classes=f"{FIELD_CLASS}x",
                )
                label = gr.Radio(
                    [("class 0", 0), ("class 1", 1)],
                    value=opening.label,
                    label="Label",
                    elem_classes=f"{FIELD_CLASS}label",
                )
                activation = gr.Radio(
                    [(kind.title, name) for name, kind in ACTIVATIONS.items()],
                    value=opening.activation,
                    label="Activation",
                    elem_id="perceptron-activation",
                    elem_classes=f"{FIELD_CLASS}activation",
                )
                seed = build_number(
                    opening.seed,
                    low=0,
                    high=MAX_SEED,
                    is_whole=True,
                    label="Seed of the weights",
                    elem_id="perceptron-seed",
                    elem_classes=f"{FIELD_CLASS}seed",
                )
        script = gr.Code(
            language="python",
            interactive=False,
            label="The same as a script, with the way back as it ran here",
            wrap_lines=True,
            max_lines=24,
            elem_id="perceptron-script",
        )
        controls = [x, label, activation, seed]
        build_notebook_button("perceptron", write_notebook, controls)
    live: dict[str, Any] = {
        "show_progress": "hidden",
        "api_visibility": "private",
        "trigger_mode": "always_last",
        "queue": False,
    }
    opened = section.expand(on_expand, controls, [graph, script, label, activation, seed], **live)
    opened.then(on_inputs, None, x, **live)
    # A textbox raises `input` for keys alone, not for what is pasted.
    gr.on(
        [x.change, label.input, activation.input, seed.input],
        on_example,
        controls,
        [graph, script],
        **live,
    )
