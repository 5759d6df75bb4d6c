"""Finding a learning rate for what the form describes: a test at rising rates, and a trial of its outcome."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import gradio as gr

from app.runs.form import read_fields, read_form
from app.ui.card_button import write_card_button
from app.ui.components.chart import build_chart
from app.ui.components.prose import build_prose
from app.ui.numbers import format_number
from app.ui.prose import quote_text
from app.ui.rate_search import NO_CURVE, describe_finding, describe_trials, draw_finding
from models.descent.rate_finder import NUM_RATES, SEEDS, judge_sweeps, space_rates
from models.descent.rate_trial import NUM_TRIED_STEPS, Trial
from models.runs.control import check_config
from models.runs.limits import read_limits
from models.training.config import TrainConfig
from models.training.rate_finder import sweep_training, try_rate

_TITLE = "Find a learning rate"
_ABOUT = """Which learning rate is best? Where a Hessian is at hand, its eigenvalues say (question 2 of the
gradient descent). For a network one can try: train it for 120 steps and raise the rate from each step to the
next, from 10⁻⁵ to 10. Where the loss falls fastest, the steps are large and still safe (after L. N. Smith,
2017). It takes the settings of the form, without its schedule and without added strokes, from three seeds;
of built-in strokes, the first 5,000."""
_TELL_EVERY_SECONDS = 0.3
_NOTHING_FOUND = "There is no rate to take yet: find one first."
_OPEN = """() => {
  const place = document.querySelector("#rates");
  setTimeout(() => place.scrollIntoView({ block: "start", behavior: "smooth" }), 100);
  return [{ __type__: "update", open: true }];
}"""

# What a test does not depend on: it goes through the rates, and its steps are of no epoch.
_NO_MATTER = ("learning_rate", "schedule", "epochs")
_TELL_OLD = """() => document.querySelector("#rates-said")?.textContent.trim()
  ? "The form has changed since: this is of the earlier settings." : ''"""


class RateView(NamedTuple):
    """What the section shows, in the order of the handlers' outputs."""

    curve: Any = gr.skip()
    said: Any = gr.skip()
    error: Any = ""
    found: Any = gr.skip()


class RateControls(NamedTuple):
    """The controls of the section; `found` is the rate that was suggested last."""

    place: gr.Accordion
    find: gr.Button
    use: gr.Button
    check: gr.Button
    curve: gr.HTML
    said: gr.Markdown
    error: gr.Markdown
    found: gr.State


def on_find(own: Any, followed: str, *values: Any) -> Iterator[RateView]:
    """Try rising rates and suggest one; wired to both buttons: own network, recipe, form → view."""
    yield RateView(NO_CURVE, tell_progress([], NUM_RATES), "", None)
    rates = space_rates()
    sweeps: list[list[float]] = []
    last = time.monotonic()
    try:
        for step in sweep_training(_read_config(own, followed, values)):
            if step.sweep == len(sweeps):
                sweeps.append([])
            sweeps[-1].append(step.loss)
            if time.monotonic() - last > _TELL_EVERY_SECONDS:
                curve = draw_finding(judge_sweeps(rates, sweeps), is_whole=False)
                yield RateView(curve, tell_progress(list(map(len, sweeps)), NUM_RATES))
                last = time.monotonic()
    except ValueError as mistake:
        yield RateView(NO_CURVE, "", quote_text(str(mistake)), None)
        return
    finding = judge_sweeps(rates, sweeps)
    curve = draw_finding(finding, is_whole=True)
    yield RateView(curve, describe_finding(finding), "", finding.suggestion)


def tell_progress(counts: Sequence[int], num: int) -> str:
    """Say which seed is being swept, and how far."""
    if not counts:
        return "Loading the images."
    return f"Seed {len(counts)} of {len(SEEDS)}: step {counts[-1]} of at most {num}."


def on_check(found: Any, own: Any, followed: str, *values: Any) -> Iterator[RateView]:
    """Train a little at the suggested rate and beside it; wired to its button."""
    if found is None:
        yield RateView(error=_NOTHING_FOUND)
        return
    trials: list[Trial] = []
    num_steps, last = 0, 0.0
    try:
        for told in try_rate(_read_config(own, followed, values), found):
            if isinstance(told, Trial):
                trials.append(told)
                num_steps = 0
                continue
            num_steps += 1
            if time.monotonic() - last > _TELL_EVERY_SECONDS:
                yield RateView(
                    said=f"Rate {told.sweep + 1} of 3: the loss is {format_number(told.loss)} at step "
                    f"{num_steps} of {NUM_TRIED_STEPS}."
                )
                last = time.monotonic()
    except ValueError as mistake:
        yield RateView(said="", error=quote_text(str(mistake)))
        return
    yield RateView(said=describe_trials(trials))


def on_use(found: Any) -> tuple[Any, str]:
    """Put the suggested rate into the form; wired to its button: rate → field, error."""
    return (gr.skip(), _NOTHING_FOUND) if found is None else (found, "")


def _read_config(own: Any, followed: str, values: tuple[Any, ...]) -> TrainConfig:
    config = read_form(read_fields(values), followed, own)
    check_config(read_limits(), config)
    return config


def build_rates() -> RateControls:
    """Build the section inside the current column."""
    with gr.Accordion(_TITLE, open=False, elem_id="rates", elem_classes="gb-form") as place:
        build_prose(_ABOUT)
        with gr.Row():
            find = gr.Button("Find a rate", variant="primary", size="sm", elem_id="rates-find")
            use = gr.Button("Use this rate", size="sm", elem_id="rates-use")
            check = gr.Button("Check it", size="sm", elem_id="rates-check")
        error = gr.Markdown("", elem_classes="gb-error", elem_id="rates-error")
        said = gr.Markdown("", elem_classes="gb-about gb-card-text", elem_id="rates-said")
        curve = build_chart(NO_CURVE, "Loss at a rising learning rate", height=280, elem_id="rates-curve")
        gr.HTML(write_card_button("stage", _TITLE), apply_default_css=False)
        found = gr.State(None)
    return RateControls(place, find, use, check, curve, said, error, found)


def wire_rates(
    controls: RateControls, near: gr.Button, own: gr.HTML, followed: gr.Textbox, fields: Mapping[str, Any]
) -> None:
    """Let the section answer; what is under way ends where something else is asked for.

    Args:
        controls: The section's.
        near: The button beside the form's learning rate, which opens the section and starts.
        own: The network that is built on the page.
        followed: The recipe that the form follows.
        fields: The form's.
    """
    outputs = [controls.curve, controls.said, controls.error, controls.found]
    form = [own, followed, *fields.values()]
    private: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    quiet = private | {"queue": False}
    clicks = [controls.find.click, near.click]
    # In Gradio's queue, since both take a processor for seconds; behind a step of their own, so that what
    # ends the one that is under way does not end them.
    finding = gr.on(clicks, None, None, [controls.place], js=_OPEN, **quiet).then(
        on_find, form, outputs, trigger_mode="multiple", **private
    )
    checking = controls.check.click(None, None, None, js="() => []", **quiet).then(
        on_check, [controls.found, *form], outputs, trigger_mode="multiple", **private
    )
    gr.on([*clicks, controls.check.click], None, None, None, cancels=[finding, checking], **private)
    changes = [field.change for name, field in fields.items() if name not in _NO_MATTER]
    gr.on([*changes, own.input], None, None, [controls.error], js=_TELL_OLD, **quiet)
    controls.use.click(on_use, [controls.found], [fields["learning_rate"], controls.error], **quiet)
