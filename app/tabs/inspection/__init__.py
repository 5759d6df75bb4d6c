"""The convolution and pooling tab: torch's layers beside the same arithmetic by hand, window by window."""

import inspect
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.components.grids import build_grids
from app.digits import DRAWING, TEST, list_sources, take_digit
from app.prose import LATEX_DELIMITERS, load_sections
from app.readouts import explain_size, format_number
from models.data import load_gallery
from models.inspection import (
    MAX_KERNEL_SIZE,
    MAX_PADDING,
    MAX_STRIDE,
    Floats,
    convolve_by_hand,
    inspect_convolution,
    inspect_pooling,
    make_random_kernel,
    pool_by_hand,
)

DEFAULT_INDEX = 0
DEFAULT_CONVOLUTION = (2, 1, 0)  # kernel size, stride, padding: the notebook's
DEFAULT_POOLING = (4, 4, 0)  # the notebook's
DEFAULT_SEED, MAX_SEED = 675, 999  # this kernel answers to upper and lower edges
HINT = "Point at a pixel to see the window it comes from."

QUESTION = """## What does a kernel see as it slides over a picture?
A convolution lays a small kernel on the picture, multiplies what lies on top of each other, adds up the
products and a bias, and writes down one number. Then it moves on. PyTorch's layer and two plain loops do the
same side by side."""
POOLING_QUESTION = """## What does max pooling keep?
Max pooling slides a window over the picture too, and keeps only the largest number in it."""


class WindowView(NamedTuple):
    """What one convolution or pooling shows, in the order of the handler's outputs."""

    grids: Any
    readout: Any
    error: Any


class DrawingView(NamedTuple):
    """What a new drawing changes: both views, in the order of the handler's outputs."""

    grids: Any
    readout: Any
    error: Any
    pool_grids: Any
    pool_readout: Any
    pool_error: Any


def on_convolution(
    source: str,
    index: int,
    drawing: dict[str, Any] | None,
    kernel_size: int,
    stride: int,
    padding: int,
    seed: int,
) -> WindowView:
    """Convolve the chosen picture both ways; wired to every control's change and the sketchpad's."""
    try:
        picture, note = take_digit(source, index, drawing)
        kernel, bias = make_random_kernel(kernel_size, seed)
        result = inspect_convolution(picture, kernel, bias, stride, padding)
    except ValueError as error:
        return WindowView(gr.skip(), gr.skip(), _show_error(str(error)))
    link = _link(kernel_size, stride, padding) | {"kernel": "kernel", "kind": "conv", "bias": bias}
    largest = max(float(np.abs(result.by_hand).max()), 1e-9)
    grids = {
        "panels": [
            _panel("input", "Picture", picture, "ink", 1.0, f"28 × 28, {note}"),
            _panel(
                "kernel",
                "Kernel",
                kernel,
                "signed",
                float(np.abs(kernel).max()),
                f"b = {format_number(bias)}",
            ),
            _panel("torch", "nn.Conv2d", result.output, "signed", largest),
            _panel("by_hand", "By hand", result.by_hand, "signed", largest),
        ],
        "link": link,
        "hint": HINT,
    }
    readout = (
        f"{explain_size(len(picture), kernel_size, stride, padding)}\n\n"
        f"Largest difference between the two results: **{format_number(result.max_difference)}**. "
        f"If the sum by hand forgets the bias b = {format_number(bias)}: "
        f"**{format_number(result.max_difference_without_bias)}**."
    )
    return WindowView(grids, readout, _show_error(""))


def on_pooling(
    source: str, index: int, drawing: dict[str, Any] | None, kernel_size: int, stride: int, padding: int
) -> WindowView:
    """Pool the chosen picture both ways; wired to every control's change and the sketchpad's."""
    try:
        picture, note = take_digit(source, index, drawing)
        result = inspect_pooling(picture, kernel_size, stride, padding)
    except ValueError as error:
        return WindowView(gr.skip(), gr.skip(), _show_error(str(error)))
    link = _link(kernel_size, stride, padding) | {"kernel": None, "kind": "max", "bias": None}
    grids = {
        "panels": [
            _panel("input", "Picture", picture, "ink", 1.0, f"28 × 28, {note}"),
            _panel("torch", "nn.MaxPool2d", result.output, "ink", 1.0),
            _panel("by_hand", "By hand", result.by_hand, "ink", 1.0),
        ],
        "link": link,
        "hint": HINT,
    }
    readout = (
        f"{explain_size(len(picture), kernel_size, stride, padding)}\n\n"
        f"Largest difference between the two results: **{format_number(result.max_difference)}**."
    )
    return WindowView(grids, readout, _show_error(""))


def on_drawing(source: str, index: int, drawing: dict[str, Any] | None, *settings: int) -> DrawingView:
    """Redo both for a new drawing, if it is the chosen picture; wired to the sketchpad's input."""
    if source != DRAWING:
        return DrawingView(*(gr.skip() for _ in DrawingView._fields))
    convolution = on_convolution(source, index, drawing, *settings[:4])
    return DrawingView(*convolution, *on_pooling(source, index, drawing, *settings[4:]))


def build_inspection_tab(drawing: gr.HTML) -> None:
    """Build the tab inside the current `gr.Tab`, walking over a digit.

    Args:
        drawing: the sketchpad, whose value is `{"strokes": [[[x, y], …], …], "size": side}`; None leaves out
            the choice of one's own drawing.
    """
    gallery = load_gallery()
    opening = on_convolution(TEST, DEFAULT_INDEX, None, *DEFAULT_CONVOLUTION, DEFAULT_SEED)
    pooled = on_pooling(TEST, DEFAULT_INDEX, None, *DEFAULT_POOLING)
    gr.Markdown(QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            grids = build_grids(opening.grids, elem_id="convolution-grids")
            readout = gr.Markdown(
                opening.readout,
                latex_delimiters=LATEX_DELIMITERS,
                elem_classes="gb-numbers",
                elem_id="convolution-readout",
            )
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            source = gr.Radio(list_sources(), value=TEST, label="Picture")
            error = gr.Markdown(visible=False, elem_classes="gb-error", elem_id="convolution-error")
            index = gr.Slider(
                0, len(gallery.images) - 1, DEFAULT_INDEX, step=1, label="Number in the data set"
            )
            window = _build_window_controls(*DEFAULT_CONVOLUTION, "Kernel size")
            seed = gr.Slider(0, MAX_SEED, DEFAULT_SEED, step=1, label="Seed of the kernel's random numbers")
    with gr.Column(elem_classes="gb-lesson"):
        _build_lesson("convolution", "The code that ran by hand", inspect.getsource(convolve_by_hand))

    gr.Markdown(POOLING_QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            pool_grids = build_grids(pooled.grids, elem_id="pooling-grids")
            pool_readout = gr.Markdown(
                pooled.readout,
                latex_delimiters=LATEX_DELIMITERS,
                elem_classes="gb-numbers",
                elem_id="pooling-readout",
            )
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            pool_window = _build_window_controls(*DEFAULT_POOLING, "Window size")
            pool_error = gr.Markdown(visible=False, elem_classes="gb-error", elem_id="pooling-error")
    with gr.Column(elem_classes="gb-lesson"):
        _build_lesson("pooling", "The code that ran by hand", inspect.getsource(pool_by_hand))

    picture: list[Any] = [source, index, drawing]
    quiet: dict[str, Any] = {"trigger_mode": "always_last", "show_progress": "hidden", "concurrency_limit": 4}
    quiet["api_visibility"] = "private"
    gr.on(
        [source.change, index.change, seed.change, *(control.change for control in window)],
        on_convolution,
        inputs=[*picture, *window, seed],
        outputs=[grids, readout, error],
        **quiet,
    )
    gr.on(
        [source.change, index.change, *(control.change for control in pool_window)],
        on_pooling,
        inputs=[*picture, *pool_window],
        outputs=[pool_grids, pool_readout, pool_error],
        **quiet,
    )
    drawing.input(
        on_drawing,
        inputs=[*picture, *window, seed, *pool_window],
        outputs=[grids, readout, error, pool_grids, pool_readout, pool_error],
        **quiet,
    )


def _build_window_controls(kernel_size: int, stride: int, padding: int, name: str) -> list[gr.Slider]:
    return [
        gr.Slider(1, MAX_KERNEL_SIZE, kernel_size, step=1, label=name),
        gr.Slider(1, MAX_STRIDE, stride, step=1, label="Stride"),
        gr.Slider(0, MAX_PADDING, padding, step=1, label="Padding"),
    ]


def _build_lesson(prose: str, code_title: str, code: str) -> None:
    for title, text in load_sections(prose):
        with gr.Accordion(title, open=False):
            gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)
    with gr.Accordion(code_title, open=False):
        gr.Code(code, language="python", interactive=False, show_label=False, wrap_lines=True)


def _show_error(message: str) -> gr.Markdown:
    return gr.Markdown(message, visible=bool(message))


def _panel(id: str, title: str, values: Floats, scale: str, largest: float, note: str = "") -> dict[str, Any]:
    size = f"{values.shape[0]} × {values.shape[1]}"
    rows = np.round(values, 9).tolist()  # nine decimals: more than the four digits shown, in half the bytes
    return {"id": id, "title": title, "note": note or size, "values": rows, "scale": scale, "max": largest}


def _link(kernel_size: int, stride: int, padding: int) -> dict[str, Any]:
    outputs = ["torch", "by_hand"]
    return {
        "input": "input",
        "outputs": outputs,
        "kernel_size": kernel_size,
        "stride": stride,
        "padding": padding,
    }
