"""Training runs: train a network in a process of its own, and watch it live."""

from __future__ import annotations

import html
from functools import lru_cache
from typing import Any, NamedTuple

import gradio as gr
import numpy as np

from app import figures
from app.components.chart import build_chart
from app.prose import LATEX_DELIMITERS, load_sections
from models.data import DATASETS, TITLES, has_files
from models.networks import NETWORKS
from models.recipes import make_config
from models.runs import (
    LIVE_STATUSES,
    MAX_RUN_EPOCHS,
    RUN_BATCH_SIZES,
    RunState,
    has_run,
    keep_known_runs,
    read_example_run,
    read_run,
    start_run,
    stop_run,
)

_WATCH_EVERY_SECONDS = 0.4
_MAX_CHART_POINTS = 120  # two kilobytes an update
_MAX_REMEMBERED_RUNS = 20
_STEPS_TO_JUDGE = 0.04  # share of the steps after which the time left is told
# On a narrow screen the button stands far below what it starts.
_SHOW_STATUS = (
    "() => document.getElementById('run-status').scrollIntoView({block: 'nearest', behavior: 'smooth'})"
)
_QUESTION = """## What happens while a network learns?
Training shows a network pictures batch by batch and moves its weights a little after each batch, so that the
loss falls. Choose a network and watch it fall."""


class RunView(NamedTuple):
    """What shows a run, in the order of the components that it goes to."""

    status: str
    loss: dict[str, Any]
    accuracy: dict[str, Any]
    results: str
    start: Any
    stop: Any
    download: Any
    timer: Any


def build_runs_tab(page: gr.Blocks, my_runs: gr.BrowserState) -> None:
    """Build the tab.

    Args:
        page: The page, whose opening attaches the tab to this visitor's latest run.
        my_runs: Ids of this visitor's runs, kept in their browser.
    """
    current_run = gr.State("")
    gr.Markdown(_QUESTION, elem_classes="gb-question")
    with gr.Row(elem_classes="gb-bench"):
        with gr.Column(scale=3, elem_classes="gb-stage"):
            status = gr.HTML(elem_id="run-status")
            loss = build_chart(label="Loss", height=300, elem_id="run-loss")
            accuracy = build_chart(label="Accuracy", height=200, elem_id="run-accuracy")
            results = gr.HTML(elem_id="run-results")
        with gr.Column(scale=1, min_width=280, elem_classes="gb-controls"):
            with gr.Row():
                start = gr.Button(
                    "Start training", variant="primary", elem_id="run-start", scale=2, min_width=150
                )
                stop = gr.Button("Stop", interactive=False, elem_id="run-stop", scale=1, min_width=70)
            error = gr.Markdown(visible=False, elem_classes="gb-error", elem_id="run-error")
            dataset = "mnist" if has_files("mnist") else "strokes"
            network = gr.Dropdown(
                [(spec.title, name) for name, spec in NETWORKS.items()],
                value="convnet",
                label="Network",
                elem_id="run-network",
            )
            about = gr.Markdown(describe_recipe("convnet"), elem_classes="gb-about")
            settings = [
                gr.Dropdown([(TITLES[name], name) for name in DATASETS], value=dataset, label="Data"),
                gr.Slider(
                    1_000,
                    60_000,
                    10_000,
                    step=1_000,
                    label="Pictures",
                    info="Four fifths train, a fifth validates.",
                ),
                gr.Slider(1, MAX_RUN_EPOCHS, 2, step=1, label="Epochs", info="Passes over the pictures."),
                gr.Slider(*RUN_BATCH_SIZES, 32, step=8, label="Batch size", info="Pictures for one step."),
                gr.Number(0.001, label="Learning rate", info="0.001 is usual."),
                gr.Number(0, label="Seed", precision=0, info="The same seed gives the same run."),
            ]
            download = gr.DownloadButton("Download checkpoint", interactive=False, elem_id="run-download")
    with gr.Column(elem_classes="gb-lesson"):
        for title, text in load_sections("training"):
            with gr.Accordion(title, open=False):
                gr.Markdown(text, latex_delimiters=LATEX_DELIMITERS)

    timer = gr.Timer(_WATCH_EVERY_SECONDS, active=False)
    view = [status, loss, accuracy, results, start, stop, download, timer]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    network.change(describe_recipe, [network], [about], **quiet)
    start.click(on_start, [network, *settings, my_runs], [error, current_run, my_runs, *view], **quiet)
    start.click(fn=None, js=_SHOW_STATUS, api_visibility="private")
    stop.click(on_stop, [current_run], [stop], **quiet)
    # One visitor's watching never waits for another's.
    timer.tick(on_tick, [current_run], view, concurrency_limit=None, **quiet)
    page.load(on_load, [my_runs], [current_run, *view], concurrency_limit=None, **quiet)


def describe_recipe(network: str) -> str:
    """Return a network's layers and the optimiser it is trained with. Wires: network → lines below it."""
    config = make_config(network)
    optimizer = {"sgd": "plain gradient descent", "adam": "Adam"}[config.optimizer]
    if config.momentum:
        optimizer = f"gradient descent with momentum {config.momentum:g}"
    return f"{NETWORKS[network].title}: {NETWORKS[network].summary}. Trained by {optimizer}."


def on_start(
    network: str,
    dataset: str,
    num_images: int,
    epochs: int,
    batch_size: int,
    learning_rate: float | None,
    seed: int | None,
    my_runs: list[str],
) -> tuple[Any, ...]:
    """Wires: Start button; settings, this visitor's runs → error, current run, this visitor's runs, view."""
    try:
        if learning_rate is None or seed is None:
            raise ValueError("Fill in the learning rate (0.001 is usual) and the seed (0 will do).")
        config = make_config(
            network,
            dataset=dataset,
            num_images=num_images,
            epochs=epochs,
            batch_size=batch_size,
            learning_rate=learning_rate,
            seed=seed,
        )
        run_id = start_run(config)
    except (ValueError, OSError) as mistake:
        unchanged = [gr.skip()] * (2 + len(RunView._fields))
        return gr.Markdown(str(mistake), visible=True), *unchanged
    remembered = [*keep_known_runs(my_runs), run_id][-_MAX_REMEMBERED_RUNS:]
    return gr.Markdown(visible=False), run_id, remembered, *show_run(read_run(run_id))


def on_stop(current_run: str) -> Any:
    """Wires: Stop button; current run → Stop button."""
    if has_run(current_run):
        stop_run(current_run)
    return gr.Button("Stopping", interactive=False)


def on_tick(current_run: str) -> RunView:
    """Wires: timer; current run → view."""
    return show_run(read_run(current_run) if has_run(current_run) else read_example_run())


def on_load(my_runs: list[str]) -> tuple[Any, ...]:
    """Wires: opening the page; this visitor's runs → current run, view: their latest run, or the example."""
    latest = keep_known_runs(my_runs)[-1:]
    run_id = latest[0] if latest else ""
    return run_id, *on_tick(run_id)


def show_run(run: RunState) -> RunView:
    """Return everything that shows a run."""
    is_live = run.status in LIVE_STATUSES
    is_stopping = is_live and run.message == "Stopping"
    return RunView(
        status=describe_run(run),
        loss=chart_loss(run),
        accuracy=chart_accuracy(run),
        results=describe_results(run),
        start=gr.Button(interactive=not is_live),
        stop=gr.Button("Stopping" if is_stopping else "Stop", interactive=is_live and not is_stopping),
        download=gr.DownloadButton(
            value=str(run.checkpoint) if run.checkpoint and not is_live else None,
            interactive=run.checkpoint is not None and not is_live,
        ),
        timer=gr.Timer(active=is_live),
    )


def describe_run(run: RunState) -> str:
    """Return a run's heading, its progress and what is happening, as HTML."""
    config = run.config
    title = NETWORKS[config["network"]].title
    heading = f"{title} on {TITLES[config['dataset']]}"
    if run.run_id == "example-run":
        heading = f"An example: {heading}, the run that trained the shipped network"
    details = [run.message]
    if run.status in LIVE_STATUSES and run.step:
        epoch = len(run.epochs) + 1
        seconds_left = run.seconds / run.step * (run.num_steps - run.step)
        details = [
            f"Epoch {min(epoch, config['epochs'])} of {config['epochs']}",
            f"step {run.step:,} of {run.num_steps:,}",
            f"{run.images_per_second:,.0f} pictures a second",
            # The first steps are slower than all others, so that an estimate from them would be far off.
            f"{format_seconds(seconds_left)} left" if run.step > _STEPS_TO_JUDGE * run.num_steps else "",
        ]
    is_waiting = run.status in LIVE_STATUSES and not run.step  # a bar without a value moves by itself
    value = "" if is_waiting else f'value="{run.step / max(run.num_steps, 1):.4f}"'
    return (
        f'<div class="gb-run" data-status="{run.status}" role="status">'
        f"<h3>{html.escape(heading)}</h3>"
        f'<progress max="1" {value} aria-label="Progress of the training"></progress>'
        f"<p>{html.escape(' · '.join(filter(None, details)))}</p></div>"
    )


def chart_loss(run: RunState) -> dict[str, Any]:
    """Return the chart of the training loss by step and the validation loss by epoch."""
    points, steps_per_point = average_points(run.steps)
    note = f"Each training point is the mean of {steps_per_point} steps." if steps_per_point > 1 else ""
    validation = [[epoch["step"], epoch["validation_loss"]] for epoch in run.epochs]
    return {
        "series": [
            {"name": "Training", "role": "training", "points": points, "line": True},
            {"name": "Validation", "role": "validation", "points": validation, "line": True, "markers": True},
        ],
        "x_label": "step",
        "y_label": "cross-entropy (nats)",
        "x_range": [0, run.num_steps] if run.num_steps else None,
        "empty": "The curve appears with the first steps.",
        "note": note,
    }


def chart_accuracy(run: RunState) -> dict[str, Any]:
    """Return the chart of training and validation accuracy by epoch."""
    series = [
        {
            "name": name.capitalize(),
            "role": name,
            "points": [[epoch["epoch"], epoch[key]] for epoch in run.epochs],
            "line": True,
            "markers": True,
        }
        for name, key in (("training", "train_accuracy"), ("validation", "validation_accuracy"))
    ]
    return {
        "series": series,
        "x_label": "epoch",
        "y_label": "accuracy",
        "x_range": [0, run.config["epochs"]],
        "empty": "The first points appear when an epoch is finished.",
    }


def average_points(steps: list[tuple[int, float]]) -> tuple[list[list[float]], int]:
    """Thin a loss curve to what a chart can show, by means over stretches of equal length.

    Returns:
        Points [last step of the stretch, mean loss], and the optimiser steps in a stretch.
    """
    if not steps:
        return [], 0
    stretch = -(-len(steps) // _MAX_CHART_POINTS)  # reported points in a stretch, rounded up
    points = []
    for start in range(0, len(steps), stretch):
        part = steps[start : start + stretch]
        points.append([part[-1][0], round(sum(loss for _, loss in part) / len(part), 5)])
    return points, stretch * steps[0][0]


def describe_results(run: RunState) -> str:
    """Return the results on the test pictures as HTML, or nothing before there are any."""
    if run.test is None:
        return ""
    confusion = np.array(run.test["confusion"])
    num_wrong = int(confusion.sum() - confusion.trace())
    figure = draw_confusion_once(tuple(map(tuple, run.test["confusion"])))
    return (
        '<div class="gb-results"><h3>On the test pictures</h3>'
        f"<p><b>{run.test['accuracy']:.2%}</b> read correctly (95% interval {run.test['low']:.2%} to "
        f"{run.test['high']:.2%}), loss {run.test['loss']:.4f}. Of {confusion.sum():,} pictures, "
        f"{num_wrong:,} were misread; the stronger a cell's orange, the more often.</p>{figure}</div>"
    )


@lru_cache(maxsize=32)
def draw_confusion_once(confusion: tuple[tuple[int, ...], ...]) -> str:
    """Draw a confusion matrix as SVG, or return the drawing of the same one from before."""
    figure = figures.draw_confusion(np.array(confusion))
    return figures.render_svg(figure, "Confusion matrix: digits shown against answers given")


def format_seconds(seconds: float) -> str:
    """Return a duration as a person would say it: 8 s, 2 min 5 s."""
    whole = round(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"
