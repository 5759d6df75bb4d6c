"""Fields of one number, with what `number_fields.js` has to know of each to step and to refuse."""

from __future__ import annotations

from typing import Any

import gradio as gr

from app.ui.numbers import Step


def build_number(
    value: float | None,
    *,
    low: float | None = None,
    high: float | None = None,
    step: Step = 1,
    is_whole: bool = False,
    is_low_allowed: bool = True,
    **kwargs: Any,
) -> gr.Number:
    """Build a field of one number that says beside it what is out of its bounds, and changes nothing.

    A handler gets a number, None for an empty field, or the text of what is no number: see `read_field`.

    Args:
        value: What stands in it at first.
        low: The least that it may be.
        high: The most that it may be.
        step: What the arrow keys do.
        is_whole: Whether it may be a whole number only.
        is_low_allowed: Whether it may be `low` itself.
        **kwargs: Further arguments of `gr.Number`.
    """
    return gr.Number(
        value,
        minimum=low,
        maximum=high,
        step=1 if isinstance(step, str) else step,
        elem_classes=name_number(kwargs.pop("elem_classes", None), step, is_whole, is_low_allowed),
        **kwargs,
    )


def name_number(
    classes: list[str] | str | None, step: Step = 1, is_whole: bool = True, is_low_allowed: bool = True
) -> list[str]:
    """Return the classes of a field or slider, with those that say what kind of number it holds."""
    names = {
        "gb-by-factor": step == "1-2-5",
        "gb-by-doubling": step == "doubling",
        "gb-whole": is_whole,
        "gb-above": not is_low_allowed,
    }
    own = [classes] if isinstance(classes, str) else classes or []
    return [*own, *(name for name, holds in names.items() if holds)]
