"""The training runs tab: train a network in a process of its own, watch it live, see what came of it."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import gradio as gr

from app.runs.building.section import build_builder, on_train, wire_builder
from app.runs.components.runs import build_runs
from app.runs.controls import build_form, wire_form
from app.runs.exercise.section import build_exercise, wire_exercise
from app.runs.form import read_fields, read_form, read_num_seeds
from app.runs.importing.section import build_import, on_import
from app.runs.lesson import build_lesson
from app.runs.listing import Listing, show_runs
from app.runs.live import answer_act, answer_file, answer_look
from app.runs.rates.section import build_rates, wire_rates
from app.runs.sections import (
    build_comparison_section,
    build_epochs_section,
    build_notebook_section,
    build_results_section,
)
from app.runs.training_on import start_training_on
from app.ui.answers import answer
from app.ui.components.prose import build_prose
from app.ui.prose import quote_text
from app.ui.sections import name_section
from models.runs.control import repeat_run
from models.runs.owner import check_owner, has_owner, make_owner_key
from models.runs.status import EXAMPLE_RUN, has_run, keep_known_runs

QUESTION = """## What happens while a network learns?
Training shows a network images batch by batch and moves its weights a little after each batch, so that the
loss falls. Choose a network and watch it fall."""

_OPEN_TITLE = "Open a run by its id"

# Another window of this browser may know of runs that this one has not heard of, or have taken some off the
# list since.
_RECALL = """(...values) => {
  const read = (key) => {
    try {
      const stored = JSON.parse(localStorage.getItem(key));
      return Array.isArray(stored) ? stored : [];
    } catch {
      return [];  // a browser that stores nothing has this window alone
    }
  };
  const removed = new Set(read("glassbox-removed-run-ids"));
  const known = new Set([...(values[0] || []), ...read("glassbox-run-ids")]);
  values[0] = [...known].filter((id) => !removed.has(id));
  return values;
}"""
# What a visitor takes off the list is no longer remembered: the list is what all windows share.
_KEEP_LISTED = """(known) => {
  try {
    return [JSON.parse(localStorage.getItem("glassbox-run-ids")) || known];
  } catch {
    return [known];
  }
}"""
# On a narrow screen the button stands far below what it starts; a mistake is told beside it.
_SHOW_RUN = """() => setTimeout(() => {
  if (document.querySelector("#%s p")) return;
  const heading = document.querySelector("#runs .gb-runs-focus h3");
  heading.scrollIntoView({ block: "nearest", behavior: "smooth" });
}, 100)"""
# Who chooses it in the list wants to build it.
_OPEN_BUILDER = """(network) => {
  if (network !== "own") return [{ __type__: "update" }];
  const build = document.querySelector("#build");
  setTimeout(() => build.scrollIntoView({ block: "start", behavior: "smooth" }), 100);
  return [{ __type__: "update", open: true }];
}"""


class RunsTab(NamedTuple):
    """What the rest of the page may wire to; the outputs of `on_open_run`."""

    error: gr.Markdown
    my_runs: gr.BrowserState
    runs: gr.HTML


def on_start(my_runs: Any, num_seeds: Any, own: Any, followed: str, *values: Any) -> Listing:
    """Start a run for each seed; wires: Start button; runs, seeds, own network, recipe, form → listing."""
    known, key = keep_known_runs(my_runs), make_owner_key()
    try:
        config = read_form(read_fields(values), followed, own)
        started = repeat_run(config, read_num_seeds(num_seeds), own_runs=known, owner_key=key)
    except ValueError as mistake:
        return Listing(quote_text(str(mistake)), gr.skip(), gr.skip())
    ticked = started if len(started) > 1 else None
    return show_runs([*known, *started], started[0], ticked, dict.fromkeys(started, key))


def on_open_run(my_runs: Any, text: Any, owner_key: Any = "") -> Listing:
    """Open a run by its id or its address; wires: Open button; this visitor's runs, text, key → listing.

    With its owner's key it is the visitor's own from then on.
    """
    run_id = read_run_id(text)
    known = keep_known_runs(my_runs)
    if run_id == EXAMPLE_RUN:  # listed on every page already, and nobody's
        return show_runs(known, EXAMPLE_RUN)
    if not has_run(run_id):
        reason = f"{run_id[:40]!r} is not a run's id" if run_id else "Nothing is entered"
        return Listing(f"{reason}: paste the 32 letters that “Copy link” ends with.", gr.skip(), gr.skip())
    key = str(owner_key or "").strip().lower()
    if key:
        try:
            check_owner(run_id, key)
        except ValueError:
            mistake = "This is not the owner's key of this run. Leave it out to look at the run only."
            return Listing(mistake, gr.skip(), gr.skip())
    keys = {run_id: key} if key and has_owner(run_id) else None
    return show_runs([*(each for each in known if each != run_id), run_id], run_id, keys=keys)


def on_load(my_runs: Any, request: gr.Request) -> Listing:
    """Show this visitor's runs; wires: opening the page; this visitor's runs → listing.

    The run that the page's address names is chosen, else the latest, else the example.
    """
    known = keep_known_runs(my_runs)
    linked = str(request.query_params.get("run", "")).strip().lower()
    if linked == EXAMPLE_RUN:
        return show_runs(known, EXAMPLE_RUN)
    if linked and has_run(linked):
        return show_runs([*(each for each in known if each != linked), linked], linked)
    listing = show_runs(known, known[-1] if known else EXAMPLE_RUN)
    if not linked:
        return listing
    named = linked[:40] if linked.isalnum() else "of that name"  # a link may come from anyone
    return listing._replace(error=f"There is no run {named}; it may have been deleted.")


def read_run_id(text: Any) -> str:
    """Return the id in what somebody pasted: an id, or an address that names one."""
    pasted = str(text or "").strip()
    named = parse_qs(urlsplit(pasted).query).get("run") if "?" in pasted else None
    return (named[0] if named else pasted).strip().lower()


def build_runs_tab(page: gr.Blocks, pad: gr.HTML, my_runs: gr.BrowserState) -> RunsTab:
    """Build the tab inside the current `gr.Tab`.

    Args:
        page: The page being built; its load shows this visitor's runs.
        pad: The sketchpad, whose drawing a run's epochs can be asked about.
        my_runs: Ids of this visitor's runs, kept in their browser, oldest first.
    """
    build_prose(QUESTION, elem_classes="gb-question", elem_id=name_section(QUESTION))
    with gr.Row(elem_classes="gb-experiment"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            runs = build_runs(
                answer_look,
                answer_act,
                answer_file,
                answer(start_training_on, "id", "epochs", "learning_rate", "known"),
                elem_id="runs",
            )
            builder = build_builder()
            exercise = build_exercise()
            rates = build_rates()
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            start = gr.Button("Start training", variant="primary", elem_id="run-start")
            error = gr.Markdown("", elem_classes="gb-error", elem_id="run-error")
            controls = build_form()
            with gr.Accordion(_OPEN_TITLE, open=False, elem_id=name_section(_OPEN_TITLE)):
                opened = gr.Textbox(
                    label="Id or link",
                    info="Of a run that “glassbox train” made, or that somebody sent you.",
                    max_length=400,
                    elem_id="run-id",
                )
                owner_key = gr.Textbox(
                    label="Owner's key",
                    info="Only if it is yours: to stop, rename and delete it from this browser too.",
                    max_length=40,
                    elem_id="run-key",
                )
                open_run = gr.Button("Open", size="sm", elem_id="run-open")
                open_error = gr.Markdown("", elem_classes="gb-error", elem_id="run-open-error")
            bring = build_import()
    build_results_section()
    build_epochs_section(pad)
    build_comparison_section()
    build_notebook_section()
    build_lesson()

    wire_form(page, controls, builder.rows)
    controls.fields["network"].input(
        None,
        controls.fields["network"],
        builder.place,
        js=_OPEN_BUILDER,
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private", "queue": False}
    form = [my_runs, controls.num_seeds, builder.rows, controls.followed, *controls.fields.values()]
    started = start.click(on_start, form, [error, my_runs, runs], js=_RECALL, **quiet)
    started.then(fn=None, js=_SHOW_RUN % "run-error", **quiet)

    def wire_start(button: gr.Button, inputs: list[Any]) -> None:
        wired = button.click(
            on_train,
            [my_runs, controls.num_seeds, *inputs],
            [builder.error, my_runs, runs],
            js=_RECALL,
            **quiet,
        )
        wired.then(fn=None, js=_SHOW_RUN % "build-error", **quiet)

    wire_rates(rates, controls.find_rate, builder.rows, controls.followed, controls.fields)
    wire_exercise(exercise, my_runs, runs, controls.followed, controls.fields, _RECALL)
    wire_builder(page, builder, controls.followed, controls.fields, wire_start)
    gr.on(
        [open_run.click, opened.submit, owner_key.submit],
        on_open_run,
        [my_runs, opened, owner_key],
        [open_error, my_runs, runs],
        js=_RECALL,
        **quiet,
    )
    bring.file.upload(
        on_import,
        [my_runs, bring.file, bring.network, bring.dataset],
        [bring.error, my_runs, runs],
        js=_RECALL,
        **quiet,
    ).then(fn=None, js=_SHOW_RUN % "run-import-error", **quiet)
    runs.delete(None, my_runs, my_runs, js=_KEEP_LISTED, **quiet)
    page.load(on_load, my_runs, [error, my_runs, runs], js=_RECALL, **quiet)
    return RunsTab(error, my_runs, runs)


def take_run(started: Any, run_id: gr.HTML, tab: RunsTab) -> None:
    """List a run that another tab starts among this visitor's.

    Args:
        started: The event that says so.
        run_id: The component whose value is the run's id.
        tab: What `build_runs_tab` returned.
    """
    started(
        on_open_run,
        [tab.my_runs, run_id],
        [tab.error, tab.my_runs, tab.runs],
        js=_RECALL,
        show_progress="hidden",
        api_visibility="private",
        queue=False,
    )
