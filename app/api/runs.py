"""The public endpoints of training runs: start one, and ask how it stands."""

from typing import Any

import gradio as gr

from models.runs.control import start_run
from models.runs.library import RUN_PREFIX
from models.runs.status import read_run
from models.training.recipes import make_config


def train(
    network: str,
    dataset: str = "mnist",
    recipe: str = "notebook",
    epochs: int | None = None,
    seed: int | None = None,
    num_images: int | None = None,
    batch_size: int | None = None,
    learning_rate: float | None = None,
    optimizer: str | None = None,
    momentum: float | None = None,
    schedule: str | None = None,
    weight_decay: float | None = None,
    dropout: float | None = None,
    augment: bool | None = None,
    distortions: str | None = None,
    added_strokes: int | None = None,
    label_smoothing: float | None = None,
    precision: str | None = None,
    name: str = "",
) -> str:
    """Start training a network, or put it in line where the machine is full.

    What is left out is as the recipe has it.

    Args:
        network: "logistic", "mlp", "convnet", "convnet2", "convnet3", "convnet4" or "glassnet".
        dataset: "mnist", "fashion-mnist" or "strokes".
        recipe: "notebook", "fast", "sketch" or "free"; a changed hyperparameter makes any recipe "free".
        epochs: passes over the training pictures, 1 to what this server allows, usually 20.
        seed: of the weights, the order of the pictures and dropout.
        num_images: pictures, 10 to 60,000, of which four fifths train and a fifth validates.
        batch_size: pictures a step, 8 to 512.
        learning_rate: step size, above 0 and at most 1,000; its peak where a schedule changes it.
        optimizer: "sgd", "adam", "adamw" or "rmsprop".
        momentum: of "sgd" and "rmsprop", 0 to 0.9999.
        schedule: "constant", "cosine" or "one-cycle".
        weight_decay: λ of the L2 penalty, 0 to 10.
        dropout: probability for all dropout layers, 0 to 0.95.
        augment: whether each training picture is shifted, turned and scaled a little at random each time.
        distortions: which of "slant", "bend", "width", "strength", in this order, by comma; "" for none.
        added_strokes: built-in strokes added to the training pictures, 0 to 200,000.
        label_smoothing: share of the right answer's probability that is spread over all ten, 0 to 0.5.
        precision: "float32" or "bfloat16".
        name: what the page calls the run.

    Returns:
        The run's id, to ask `/runs` about, or to open in the page. It is a secret: whoever knows it can read
        the run.
    """
    try:
        config = make_config(
            network,
            recipe,
            dataset=dataset,
            epochs=epochs,
            seed=seed,
            num_images=num_images,
            batch_size=batch_size,
            learning_rate=learning_rate,
            optimizer=optimizer,
            momentum=momentum,
            schedule=schedule,
            weight_decay=weight_decay,
            dropout=dropout,
            augment=augment,
            distortions=distortions,
            added_strokes=added_strokes,
            label_smoothing=label_smoothing,
            precision=precision,
        )
        return start_run(config, name=name)
    except ValueError as mistake:
        raise gr.Error(str(mistake), print_exception=False) from mistake


def runs(run_id: str) -> dict[str, Any]:
    """Tell how a run stands.

    Args:
        run_id: what `/train` returned, or "example".

    Returns:
        status ("waiting", "starting", "running", "done", "diverged", "stopped", "failed" or "interrupted"),
        message, place (in line; 0 where it does not wait), can_resume, name, config, step, num_steps,
        seconds, latest (the last report: step, epoch, loss, smoothed_loss, learning_rate, weight_norm,
        gradient_norm, images_per_second; null before the first one), epochs (of each its losses and
        accuracies), test (accuracy, low, high, loss, confusion; null until it has been tested), num_looks
        (how often it has been tested) and checkpoint (the key to give to `/predict`; null until an epoch is
        finished).
    """
    try:
        run = read_run(str(run_id))
    except ValueError as mistake:
        raise gr.Error(str(mistake), print_exception=False) from mistake
    return {
        "status": run.status,
        "message": run.message,
        "place": run.place,
        "can_resume": run.can_resume,
        "name": run.name,
        "config": run.config,
        "step": run.step,
        "num_steps": run.num_steps,
        "seconds": run.seconds,
        "latest": run.steps[-1] if run.steps else None,
        "epochs": run.epochs,
        "test": run.test,
        "num_looks": run.num_looks,
        "checkpoint": f"{RUN_PREFIX}{run.run_id}" if run.checkpoint else None,
    }
