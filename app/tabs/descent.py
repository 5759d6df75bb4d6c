"""The gradient descent tab: the notebook's least squares, its loss curve and the theory beside it."""

import math
import re
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app.components.chart import build_chart
from app.prose import LATEX_DELIMITERS, load_sections
from app.readouts import describe_descent, tabulate_losses, tabulate_theory, write_descent_script
from models.descent import Descent, check_problem, check_vector, descend

MAX_LIVE_STEPS = 1000  # what the page recomputes while a slider moves: about 0.1 s
MAX_POINTS = 400
LOG_LR_RANGE = (-4.0, 1.0)
DEFAULT_X, DEFAULT_Y, DEFAULT_W0 = "1, 1, 1, 1, 1", 1.0, "0, 0, 0, 0, 0"
DEFAULT_LR, DEFAULT_STEPS, DEFAULT_DTYPE = 0.01, 150, "float32"

# Step sizes worth seeing, as multiples of the best one, 1/λ.
PRESETS = {"0.1/λ": 0.1, "0.5/λ": 0.5, "1/λ": 1.0, "1.9/λ": 1.9, "2/λ": 2.0, "2.5/λ": 2.5}

QUESTION = """## Which step size gets down fastest?
Gradient descent looks for weights $w$ that make the loss $L(w) = (y - x^\\top w)^2$ small. Each step goes
against the gradient, and the step size $\\eta$, also called the learning rate, says how far."""


class DescentView(NamedTuple):
    """Everything on the tab that follows from one descent, in the order of the handler's outputs."""

    chart: Any
    status: Any
    theory: Any
    losses: Any
    script: Any
    settings_error: Any
    problem_error: Any


class StepSize(NamedTuple):
    """The learning rate as its number field and its slider show it."""

    lr: Any
    log_lr: Any


def on_descent(lr: float | None, steps: int, x: str, y: float | None, w0: str, dtype: str) -> DescentView:
    """Descend and show it; wired to every control's change. A wrong entry leaves the last picture."""
    try:
        x_values, y_value, w0_values = check_problem(read_numbers(x), _require(y, "y"), read_numbers(w0))
    except ValueError as error:
        return _keep_picture(problem=str(error))
    try:
        step_size = _require(lr, "The step size η")
        result = descend(x_values, y_value, w0_values, step_size, steps, dtype)
    except ValueError as error:
        return _keep_picture(settings=str(error))
    return DescentView(
        chart=draw_losses(result),
        status=describe_descent(result, step_size, steps, dtype),
        theory=tabulate_theory(result, step_size),
        losses=tabulate_losses(result),
        script=write_descent_script(x_values, y_value, w0_values, step_size, steps, dtype),
        settings_error=_show_error(""),
        problem_error=_show_error(""),
    )


def on_slider(log_lr: float) -> float:
    """Put the slider's learning rate into the number field, to four digits; wired to the slider's input."""
    return float(f"{10**log_lr:.4g}")


def on_number(lr: float | None) -> float | dict[str, Any]:
    """Move the slider to the number entered, as far as it goes; wired to the number field's input."""
    return _place_slider(lr) if lr and 0 < lr < math.inf else gr.skip()


def on_preset(label: str, x: str) -> StepSize:
    """Set the learning rate to a multiple of this problem's 1/λ; wired to the buttons."""
    try:
        values = check_vector(read_numbers(x), "x")
        lr = float(f"{PRESETS[label] / (2 * float(values @ values)):.6g}")
    except (ValueError, ArithmeticError):
        return StepSize(gr.skip(), gr.skip())  # x is wrong, and its own message says so
    return StepSize(lr, _place_slider(lr))


def draw_losses(result: Descent) -> dict[str, Any]:
    """Lay out the losses and their prediction for the chart, thinned to what a screen can show."""
    iterations = np.arange(1, len(result.losses) + 1)
    shown = np.unique(np.linspace(0, len(iterations) - 1, min(len(iterations), MAX_POINTS)).astype(int))
    positive = result.losses[result.losses > 0]
    predicted: list[list[float]] = []
    if len(positive):
        # Stops where the losses do, or float64's 1e-300 would press the curve flat.
        log_loss = math.log(result.losses[0]) if result.losses[0] > 0 else -math.inf
        log_factor = 2 * math.log(max(result.contraction_predicted, 1e-300))
        low, high = math.log(positive.min()) - 2, math.log(positive.max()) + 2
        logs = [(float(iterations[k]), log_loss + float(k) * log_factor) for k in shown]
        predicted = [[at, math.exp(value)] for at, value in logs if low <= value <= high]
    zeros = np.flatnonzero(result.losses == 0)
    note = (
        f"From iteration {zeros[0] + 1} on the loss is 0, which has no place on a logarithmic axis."
        if len(zeros) and len(positive)
        else ""
    )
    points = [[int(iterations[k]), float(result.losses[k])] for k in shown]
    return {
        "series": [
            {"name": "predicted", "role": "neutral", "points": predicted, "line": True, "markers": False},
            {"name": "loss", "role": "training", "points": points, "line": True, "markers": len(shown) <= 40},
        ],
        "x_label": "iteration",
        "y_label": "loss before the step",
        "log_y": True,
        "x_range": [1, max(2, len(result.losses))],
        "empty": "The loss is 0 from the start: w₀ is already a minimum.",
        "note": note,
    }


def read_numbers(text: str) -> list[float]:
    """Read numbers separated by commas or spaces.

    Raises:
        ValueError: where one is not a number.
    """
    try:
        return [float(word) for word in re.split(r"[,;\s]+", text.strip()) if word]
    except ValueError as error:
        raise ValueError(
            f"{str(error).rpartition(': ')[2]} is not a number: separate numbers by commas, as in 1, 0.5, -2."
        ) from error


def build_descent_tab() -> None:
    """Build the tab inside the current `gr.Tab`, showing the notebook's descent,."""
    opening = on_descent(DEFAULT_LR, DEFAULT_STEPS, DEFAULT_X, DEFAULT_Y, DEFAULT_W0, DEFAULT_DTYPE)
    gr.Markdown(QUESTION, latex_delimiters=LATEX_DELIMITERS, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            chart = build_chart(opening.chart, label="Loss, logarithmic", height=360, elem_id="descent-loss")
            status = gr.Markdown(opening.status, elem_id="descent-status")
            with gr.Row():
                with gr.Column(min_width=300):
                    theory = gr.Markdown(
                        opening.theory,
                        latex_delimiters=LATEX_DELIMITERS,
                        elem_classes="gb-numbers",
                        elem_id="descent-theory",
                    )
                with gr.Column(min_width=300):
                    losses = gr.Markdown(
                        opening.losses, elem_classes="gb-numbers", max_height=640, elem_id="descent-losses"
                    )
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            lr = gr.Number(DEFAULT_LR, label="Step size η (learning rate)", step=0.001)
            log_lr = gr.Slider(*LOG_LR_RANGE, math.log10(DEFAULT_LR), step=0.01, label="log₁₀ η")
            with gr.Row():
                presets = [gr.Button(label, size="sm", min_width=72) for label in PRESETS]
            steps = gr.Slider(1, MAX_LIVE_STEPS, DEFAULT_STEPS, step=1, label="Iterations")
            settings_error = gr.Markdown(visible=False, elem_classes="gb-error", elem_id="descent-error")
            with gr.Accordion("Change the problem", open=False):
                x = gr.Textbox(DEFAULT_X, label="x, 1 to 8 numbers", max_length=400)
                y = gr.Number(DEFAULT_Y, label="y")
                w0 = gr.Textbox(DEFAULT_W0, label="w₀, as many as x", max_length=400)
                dtype = gr.Radio(["float32", "float64"], value=DEFAULT_DTYPE, label="Number type")
            problem_error = gr.Markdown(visible=False, elem_classes="gb-error")
    with gr.Column(elem_classes="gb-lesson"):
        for title, text in load_sections("gradient_descent"):
            with gr.Accordion(title, open=False):
                gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)
        with gr.Accordion("Take it away: this descent as a script", open=False):
            script = gr.Code(
                opening.script, language="python", interactive=False, show_label=False, wrap_lines=True
            )

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    gr.on(
        [control.change for control in (lr, steps, x, y, w0, dtype)],
        on_descent,
        inputs=[lr, steps, x, y, w0, dtype],
        outputs=[chart, status, theory, losses, script, settings_error, problem_error],
        trigger_mode="always_last",
        concurrency_limit=4,
        **quiet,
    )
    log_lr.input(on_slider, log_lr, lr, trigger_mode="always_last", **quiet)
    lr.input(on_number, lr, log_lr, trigger_mode="always_last", **quiet)
    for preset in presets:
        preset.click(on_preset, [preset, x], [lr, log_lr], **quiet)


def _place_slider(lr: float) -> float:
    low, high = LOG_LR_RANGE
    return round(min(max(math.log10(lr), low), high), 2)


def _require(value: float | None, name: str) -> float:
    if value is None:
        raise ValueError(f"{name} is empty: enter a number.")
    return value


def _keep_picture(settings: str = "", problem: str = "") -> DescentView:
    keep = gr.skip()
    return DescentView(keep, keep, keep, keep, keep, _show_error(settings), _show_error(problem))


def _show_error(message: str) -> gr.Markdown:
    return gr.Markdown(message, visible=bool(message))
