"""The sections below the player: the notebook's questions, answered with the numbers of the race."""

from typing import Any, NamedTuple

import gradio as gr

from app.descent.answers import tabulate_optimizers
from app.descent.handlers import Details
from app.descent.perceptron.section import build_perceptron_section
from app.descent.script import write_race_notebook
from app.ui.card_button import write_card_button
from app.ui.components.notebook_button import build_notebook_button
from app.ui.components.prose import build_prose, build_prose_sections, build_rendered
from app.ui.prose import load_sections
from app.ui.sections import ANSWERS, name_section
from models.descent.tensor_basics import run_examples

_AWAY = "Take it away: this race as a script, as a link, and the code that ran"
_LOSSES_PX = 1200  # some thirty rows; a race of 1,000 steps has a hundred


class Lesson(NamedTuple):
    """What the tab wires: the components that follow, and the section that is filled when it is opened."""

    details: Details
    rates: gr.Accordion


def build_lesson(details: Details) -> Lesson:
    """Build the sections below the player, with what they show at first."""
    printed, step, minimum, rates, backward, optimizers, tensors = load_sections("app.descent")

    def build_card_button(kind: str, title: str) -> None:
        gr.HTML(write_card_button(kind, title), apply_default_css=False)

    def follow(text: str, name: str, max_height: int | None = None) -> gr.HTML:
        return build_rendered(
            text, max_height=max_height, elem_classes="gb-numbers", elem_id=f"descent-{name}"
        )

    shown: dict[str, Any] = {}
    with gr.Accordion(printed[0], open=True, elem_id=name_section(printed[0])):
        build_prose(printed[1])
        shown["losses"] = follow(details.losses, "losses", max_height=_LOSSES_PX)
        build_card_button("table", printed[0])
    build_prose_sections([step])
    with gr.Accordion(minimum[0], open=False, elem_id=name_section(minimum[0]), elem_classes=ANSWERS):
        build_prose(minimum[1])
        shown["minimum"] = follow(details.minimum, "minimum")
        build_card_button("table", minimum[0])
    with gr.Accordion(
        rates[0], open=False, elem_id=name_section(rates[0]), elem_classes=ANSWERS
    ) as rates_section:
        build_prose(rates[1])
        shown["rates"] = follow(details.rates, "rates")
        build_card_button("table", rates[0])
    with gr.Accordion(backward[0], open=False, elem_id=name_section(backward[0])):
        build_prose(backward[1])
        shown["gradient"] = follow(details.gradient, "gradient")
        shown["graph"] = gr.HTML(details.graph, elem_id="descent-graph")
        build_card_button("explanation", backward[0])
        graph_title = "The graph as a table"
        with gr.Accordion(graph_title, open=False, elem_id=name_section(graph_title)):
            build_prose("“Takes” names the rows that a node is fed from; 2[0] is the first output of row 2.")
            shown["nodes"] = follow(details.nodes, "nodes")
            build_card_button("table", graph_title)
    build_perceptron_section()
    build_prose_sections([(optimizers[0], f"{optimizers[1]}\n\n{tabulate_optimizers()}")], card="table")
    with gr.Accordion(tensors[0], open=False, elem_id=name_section(tensors[0])):
        gr.Markdown(f"{tensors[1]}\n\n{_write_examples()}")
    with gr.Accordion(_AWAY, open=False, elem_id=name_section(_AWAY, "race")):
        build_prose(
            "The script needs torch alone and prints the losses of the table above, to the last digit."
        )
        shown["script"] = gr.Code(
            details.script,
            language="python",
            interactive=False,
            label="The script, to copy or download",
            wrap_lines=True,
            max_lines=24,
            elem_id="descent-script",
        )
        shown["link"] = gr.Textbox(
            details.link,
            label="A link to this race",
            interactive=False,
            buttons=["copy"],
            elem_id="descent-link",
        )
        build_notebook_button("race", write_race_notebook, [shown["link"]])
        shown["sources"] = gr.Code(
            details.sources,
            language="python",
            interactive=False,
            label="The code that ran on this page, from its own source",
            wrap_lines=True,
            max_lines=24,
        )
    return Lesson(Details(**shown), rates_section)


def _write_examples() -> str:
    """Show each example in torch and beside it in NumPy, with what each printed."""
    parts = []
    for example in run_examples():
        parts += [f"**{example.title}**", '<div class="gb-pair">']
        for name, source, printed in (
            ("torch", example.source, example.printed),
            ("NumPy", example.numpy_source, example.numpy_printed),
        ):
            text = f"In {name}:\n```python\n{source}\n```\nprints\n```text\n{printed}\n```"
            parts += ["<div>", text, "</div>"]
        parts += ["</div>", example.remark]
    return "\n\n".join(parts)
