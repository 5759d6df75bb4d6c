"""The public endpoints of training runs: start one, and ask how it stands."""

import inspect
import json
from collections.abc import Callable
from typing import Any

import gradio as gr

from models.networks.layers.exchange import read_network_text
from models.networks.layers.plain_data import describe_layers
from models.networks.registry import NETWORKS
from models.runs.control import start_run
from models.runs.library import RUN_PREFIX
from models.runs.limits import RunLimits, narrow_settings, read_limits
from models.runs.start import find_start, plan_start
from models.runs.status import read_run
from models.training.config import MAX_EPOCHS, RECIPES, SETTINGS, TrainConfig
from models.training.recipes import make_config, name_config
from models.training.settings import Setting

# The parameters of `/train` in the order that programs count on; a setting that is new follows them.
_ORDER = (
    "network", "dataset", "recipe", "epochs", "seed", "num_images", "batch_size", "learning_rate",
    "optimizer", "momentum", "schedule", "weight_decay", "dropout", "augment", "distortions",
    "added_strokes", "label_smoothing", "precision", "name", "start_from", "layers",
)  # fmt: skip
_NUM_EARLY_VALUES = _ORDER.index("start_from")  # a list without it, and what came after it, still counts
_TRAIN = """Start training a network, or queue it where the machine is full.

What is left out is as the recipe has it.

Args:
    {arguments}

Returns:
    The run's id, to ask `/runs` about, or to open in the page. It is a secret: whoever knows it can read
    the run, and change it in the page. Sent with a header X-Owner-Key, 32 random hexadecimal digits, only
    whoever has that key too can change the run.
"""


def start_training(
    network: str,
    recipe: str,
    name: str,
    start_from: str,
    layers: str,
    x_owner_key: str | None,
    **settings: Any,
) -> str:
    """Start a run of these settings, None standing for what the recipe has, and return its id."""
    try:
        own = read_own_layers(layers)
        if own and start_from:
            raise ValueError("A checkpoint brings its own layers: leave out layers, or start_from.")
        for key, setting in narrow_settings(read_limits()).items():
            if settings.get(key) is not None:
                setting.check(settings[key])
        if start_from:
            start = find_start(start_from)
            config, files = plan_start(start, network, recipe, **settings), start.files
        else:
            config, files = make_config(network, recipe, layers=own, **settings), None
        return start_run(config, name=name, files=files, owner_key=x_owner_key or "")
    except ValueError as mistake:
        raise gr.Error(str(mistake), print_exception=False) from mistake


def read_own_layers(text: Any) -> list[dict[str, Any]] | None:
    """Return layers that a program sends, as plain data; None where it sends none.

    Raises:
        ValueError: If they cannot be read as they are written.
    """
    if not text:
        return None
    shared = read_network_text(text if isinstance(text, str) else json.dumps(text))
    if shared.notes:
        raise ValueError(f"These layers are not as they are written. {' '.join(shared.notes)}")
    return describe_layers(shared.layers)


def build_train() -> Callable[..., str]:
    """Build the endpoint `/train`, whose parameters and documentation follow from the table of settings."""
    offered = {name: setting for name, setting in SETTINGS.items() if setting.offered == "everywhere"}
    kinds: dict[str, Any] = {name: setting.kind | None for name, setting in offered.items()}
    kinds |= dict.fromkeys(("network", "recipe", "dataset", "name", "start_from", "layers"), str)
    defaults: dict[str, Any] = {"recipe": "notebook", "dataset": "mnist", "name": "", "start_from": ""}
    defaults |= {"network": inspect.Parameter.empty, "layers": ""}
    texts = {name: _describe_argument(setting) for name, setting in offered.items()} | {
        "network": f"{', '.join(NETWORKS)}; with layers of your own, what you call it.",
        "recipe": f"{', '.join(RECIPES)}; whatever differs from a recipe is free.",
        "name": "what the page calls the run.",
        "start_from": "whose weights to train on: a shipped checkpoint's name, or the id of a run that has "
        "ended; empty for fresh weights.",
        "layers": "layers of your own, as JSON or as Python: nn.Sequential(…), or a class with __init__ and "
        "forward, which is read and never executed.",
    }
    names = [*_ORDER, *(name for name in offered if name not in _ORDER)]
    # A header, as programs count on the parameters, and on the id alone for an answer.
    header = inspect.Parameter(
        "x_owner_key", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=gr.Header
    )
    signature = inspect.Signature(
        [
            inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=defaults.get(name),
                annotation=kinds[name],
            )
            for name in names
        ]
        + [header],
        return_annotation=str,
    )

    def train(*values: Any, **named: Any) -> str:
        arguments = signature.bind(*values, **named)
        arguments.apply_defaults()
        return start_training(**arguments.arguments)

    train.__doc__ = _TRAIN.format(arguments="\n    ".join(f"{name}: {texts[name]}" for name in names))
    train.__annotations__ = {name: kinds[name] for name in names} | {header.name: gr.Header, "return": str}
    train.__signature__ = signature  # type: ignore[attr-defined]
    train.num_early_values = _NUM_EARLY_VALUES  # type: ignore[attr-defined]
    return train


def _describe_argument(setting: Setting) -> str:
    if setting.name == "epochs":
        most = f"at most {RunLimits.max_epochs}, or what this server allows (up to {MAX_EPOCHS})"
        return f"{setting.help}, {most}."
    shown = narrow_settings(RunLimits(max_training=1))[setting.name]
    return f"{shown.describe_setting()}."


train = build_train()


def runs(run_id: str) -> dict[str, Any]:
    """Tell how a run stands.

    Args:
        run_id: what `/train` returned, or "example".

    Returns:
        status ("waiting", "starting", "running", "done", "diverged", "stopped", "failed" or "interrupted"),
        message, place (in the queue; 0 where it does not wait), can_resume, name, imported (the file that its
        weights came in; empty where they were trained here), recipe (what its settings are called:
        "notebook", or "notebook, but dropout 0.3"), config, step, num_steps,
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
        "imported": run.imported,
        "recipe": name_config(TrainConfig(**run.config)),
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
