"""How a drawing becomes the network's input, as the page shows it: images, answers, likeness to MNIST."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.sketchpad.payloads import Absent, GaugeView, PreparationStep, PreparationView
from app.ui.drawing import PAD_SIZE_PX, read_image
from app.ui.numbers import format_number, write_percent
from app.ui.packing import quantise
from models.checkpoints.prediction import Prediction, load_cached, predict_digit
from models.data.strokes import FIELD_PX
from models.networks.naming import title_network
from models.runs.library import resolve_digit_reader
from models.sketch.digit import SketchRefused
from models.sketch.likeness import Gauge, Measure, gauge_likeness
from models.sketch.preparation_steps import Step, follow_image, follow_strokes
from models.training.recipes import name_recorded

BRUSH_PX = 18.0  # the pad's, where it does not say
MAX_BRUSH_PX = 60.0


def show_preparation(drawing: Any, checkpoint: Any, brush_px: Any = None) -> PreparationView | Absent:
    """Lay out every step of a drawing's way, and what a network reads at each.

    Args:
        drawing: What the pad holds (see `app.ui.drawing.read_drawing`), unchecked.
        checkpoint: The chosen checkpoint's key, unchecked.
        brush_px: The width of the pad's brush, unchecked; what is no such width counts as the usual one.

    Returns:
        What `app.sketchpad.components.preparation` takes.

    Raises:
        ValueError: If it is no drawing or no checkpoint; the message says what is wrong.
    """
    if not isinstance(checkpoint, str):
        raise ValueError(f"{checkpoint!r:.40} is not a checkpoint. Choose one of the list.")
    image = read_image(drawing)
    try:
        path = resolve_digit_reader(checkpoint)
        if image is not None:
            preparation = follow_image(image)
        else:
            preparation = follow_strokes(drawing.get("strokes"), PAD_SIZE_PX, _read_brush(brush_px))
    except SketchRefused as refusal:
        return {"absent": str(refusal)}
    is_refused = preparation.doubt is not None and preparation.doubt.is_strong
    answers = [None if is_refused else predict_digit(step.asked, path) for step in preparation.steps]
    likeness = [gauge_likeness(step.asked) for step in preparation.steps]
    return {
        "steps": [_show_step(*of_step) for of_step in zip(preparation.steps, answers, likeness, strict=True)],
        "gauges": [_show_gauge(of_steps) for of_steps in zip(*likeness, strict=True)],
        "doubt": preparation.doubt.reason if preparation.doubt else "",
        "is_refused": is_refused,
        "summary": _compare(answers),
        "likeness": _sum_up_likeness(likeness),
        "network": _name_network(path),
    }


def _name_network(path: Path) -> str:
    info = load_cached(path).info
    return f"{title_network(info.network)} ({name_recorded(info)})"


def _read_brush(brush_px: Any) -> float:
    is_number = isinstance(brush_px, int | float) and not isinstance(brush_px, bool)
    is_width = is_number and math.isfinite(brush_px) and 1 <= brush_px <= MAX_BRUSH_PX
    return float(brush_px) if is_width else BRUSH_PX


def _show_step(step: Step, answer: Prediction | None, gauges: Sequence[Gauge]) -> PreparationStep:
    place = step.place
    center = [gauge.value / FIELD_PX for gauge in gauges if gauge.measure.name in ("center_x", "center_y")]
    return {
        "name": step.name,
        "title": step.title,
        "note": step.note,
        "side": len(step.image),
        "image": quantise(step.image, 1.0, False),
        "asked": quantise(step.asked, 1.0, False),
        "place": [round(share, 4) for share in (place.x, place.y, place.width, place.height)],
        "center": [round(share, 4) for share in center],
        "digit": None if answer is None else answer.digit,
        "confidence": "not asked"
        if answer is None
        else f"{write_percent(_find_confidence(answer))} confidence",
    }


def _find_confidence(answer: Prediction) -> float:
    return float(answer.probabilities[answer.digit])


def _compare(answers: list[Prediction | None]) -> str:
    """Say what the preparation did to the answer."""
    plain, prepared = answers[0], answers[-1]
    if plain is None or prepared is None:
        return "The network is not asked about this drawing. Its steps are shown all the same."
    before, after = (write_percent(_find_confidence(answer)) for answer in (plain, prepared))
    if plain.digit != prepared.digit:
        return (
            f"Plainly resized, this drawing is read as {plain.digit}, with {before} confidence. "
            f"Prepared as MNIST’s digits are, it is read as {prepared.digit}, with {after} confidence."
        )
    return (
        f"It is read as {prepared.digit} either way: with {before} confidence when plainly resized, "
        f"{after} when prepared as MNIST’s digits are."
    )


def _sum_up_likeness(likeness: Sequence[Sequence[Gauge]]) -> str:
    """Say in how many measures the plain resize and the input are like MNIST."""
    plain, prepared = (sum(gauge.is_like for gauge in gauges) for gauges in (likeness[0], likeness[-1]))
    return (
        f"Of {len(likeness[0])} measures, the prepared image lies within MNIST’s range in {prepared}, "
        f"the plain resize in {plain}."
    )


def _show_gauge(of_steps: tuple[Gauge, ...]) -> GaugeView:
    """Lay out one measure: MNIST's range and a mark for each step, as shares of the scale."""
    measure = of_steps[0].measure
    lowest, low, median, high, highest = (_place(measure, value) for value in measure.percentiles)
    return {
        "title": measure.title,
        "range": [lowest, low, median, high, highest],
        "range_text": _write_range(measure),
        "ends": [_write(measure, value) for value in measure.scale],
        "marks": [
            {
                "at": _place(measure, gauge.value),
                "is_beyond": not measure.scale[0] <= gauge.value <= measure.scale[1],
                "text": _write(measure, gauge.value),
                "verdict": gauge.verdict,
                "is_like": gauge.is_like,
            }
            for gauge in of_steps
        ],
    }


def _place(measure: Measure, value: float) -> float:
    low, high = measure.scale
    return round(min(max((value - low) / (high - low), 0), 1), 4)


def _write(measure: Measure, value: float) -> str:
    return f"{format_number(float(f'{value:.3g}'))}\u00a0{measure.unit}".rstrip()


def _write_range(measure: Measure) -> str:
    _, low, _, high, _ = measure.percentiles
    if low == high:
        return f"MNIST: nearly always {_write(measure, low)}"
    return f"MNIST: 8 in 10 from {format_number(low)} to {_write(measure, high)}"
