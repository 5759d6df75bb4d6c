"""The section that compares the shipped networks: how they read digits, and how confident they may be."""

from __future__ import annotations

import gradio as gr

from app.sketchpad.scores import count_drawings, show_scores
from app.ui.prose import LATEX_DELIMITERS

_INTRODUCTION = (
    "To read MNIST's test pictures is one thing, to read what people draw another: {num:,} digits that "
    "30 writers drew with a pen on a tablet, put on this pad in any size, place and brush, and prepared as "
    "your drawing is. No network was trained on them. GlassNet by the recipe `sketch` also learned from "
    "strokes that this project writes in many styles."
)
_CALIBRATION = (
    "A network whose answers have 90% confidence should be right nine times in ten. The calibration error, "
    "in the last two columns, is how far confidence and accuracy lie apart, on average. Before the softmax "
    "the logits are divided by a temperature $T$, fitted on the images that validated the training: above 1 "
    "it takes confidence away, below 1 it adds some. The order of the ten digits stays the same."
)


def build_scores_section() -> None:
    """Build the table and what its columns say."""
    gr.Markdown(_INTRODUCTION.format(num=count_drawings()))
    gr.Markdown(show_scores(), elem_classes="gb-numbers", elem_id="checkpoint-scores")
    gr.Markdown(_CALIBRATION, latex_delimiters=LATEX_DELIMITERS)
