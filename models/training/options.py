"""What can be set on a command line: the fields of a training's configuration, and where its result goes."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.training.recipes import TrainConfig

_FIELDS: dict[str, tuple[type, str]] = {
    "dataset": (str, "mnist, fashion-mnist or strokes; default: mnist"),
    "num_images": (int, "train and validate on so many pictures only"),
    "epochs": (int, "passes over the training pictures; default: the recipe's, as for all that follow"),
    "batch_size": (int, "pictures a step"),
    "optimizer": (str, "sgd, adam, adamw or rmsprop"),
    "learning_rate": (float, "step size; where a schedule changes it, its peak"),
    "momentum": (float, "of sgd and rmsprop"),
    "schedule": (str, "constant, cosine or one-cycle"),
    "weight_decay": (float, "λ of the L2 penalty"),
    "dropout": (float, "probability for all dropout layers"),
    "distortions": (str, "slant, bend, width, strength: some of them in this order, by comma"),
    "added_strokes": (int, "built-in strokes added to the training pictures"),
    "label_smoothing": (float, "share of the right answer's probability that is spread over all"),
    "precision": (str, "float32 or bfloat16"),
    "seed": (int, "of weights, order and dropout; default: 0"),
    "split_seed": (int, "of the split into training and validation pictures; default: 0"),
}


def add_config_options(parser: argparse.ArgumentParser) -> None:
    """Add an option for each field of a configuration but the network, which is an argument."""
    parser.add_argument(
        "--recipe", default="notebook", help="notebook, fast, sketch or free; default: notebook"
    )
    for name, (kind, text) in _FIELDS.items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, help=text)
    parser.add_argument(
        "--augment",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="shift, turn and scale each training picture a little at random",
    )
    parser.add_argument(
        "--runs-dir",
        type=Path,
        default=argparse.SUPPRESS,
        help="where training runs are kept; default: GLASSBOX_RUNS or the user's data folder",
    )
    parser.add_argument("--out", type=Path, help="file to copy the checkpoint to when it is done")


def make_described_config(options: argparse.Namespace) -> TrainConfig:
    """Return the configuration that options describe.

    Raises:
        ValueError: If the network, the recipe, a field or its value is not allowed.
    """
    from models.training.recipes import make_config

    changes: dict[str, Any] = {name: getattr(options, name) for name in (*_FIELDS, "augment")}
    return make_config(options.network, options.recipe, **changes)


def check_out(out: Path | None) -> None:
    """Find out before the work whether its result can be written.

    Raises:
        ValueError: If the file exists already, or its folder does not.
        OSError: If its folder cannot be written.
    """
    if out is None:
        return
    if not out.parent.is_dir():
        raise ValueError(f"There is no folder {out.parent}; create it, or choose another --out.")
    if out.exists():
        raise ValueError(f"{out} exists already; choose another --out, or move it away first.")
    with tempfile.TemporaryFile(dir=out.parent):
        pass
