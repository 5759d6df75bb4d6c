"""Trainings that begin with a checkpoint's weights: trained on as ever, or fine-tuned on drawings.

The folder of such a run holds, beside what every run's has:

    start.safetensors   the checkpoint that it begins with
    drawings.json       of a fine-tuning, the drawings, each with the digit that was meant and its 28 × 28
                        pixels in base64

Drawings alone would make the network forget how others write, so they are a share of the training images
and the rest comes from the checkpoint's own data set. Shapes: N drawings.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.checkpoints.file import Checkpoint, CheckpointInfo, load_checkpoint
from models.data.datasets import Dataset
from models.data.files import has_files
from models.data.names import shows_clothes
from models.networks.layers import IMAGE_SIZE_PX
from models.networks.layers.network import LayerNetwork
from models.training.config import MAX_DRAWINGS, SETTINGS, TrainConfig
from models.training.network import list_trained_layers
from models.training.recipes import make_config

START, DRAWINGS = "start.safetensors", "drawings.json"
MIN_DRAWINGS = 10
DRAWING_SHARE = 0.2  # of the training images
NUM_IMAGES = 5_000  # of the data set, of which four fifths train
_SCHEMA = "glassbox-run-drawings-1"
_MAX_FILE_BYTES = 4 * 2**20  # 500 drawings are 0.6 MB


@dataclass(frozen=True, eq=False)
class Beginning:
    """What a training that begins with a checkpoint has beside its configuration.

    Attributes:
        weights: The tensors that its network begins with, by the network's own names.
        drawings: The drawings of a fine-tuning; None for a training that goes on as ever.
    """

    weights: Mapping[str, Tensor]
    drawings: Dataset | None = None


def plan_fine_tuning(info: CheckpointInfo, start_from: str, num_drawings: int, seed: int = 0) -> TrainConfig:
    """Return the configuration of a fine-tuning.

    It is a short one at a low learning rate, so that the weights stay near those that it begins with. The
    images beside the drawings are the first of the checkpoint's own data set, or built-in strokes where
    that is not on this machine.

    Args:
        info: What the checkpoint's header records.
        start_from: What the checkpoint is called, for whoever reads the configuration.
        num_drawings: How many drawings there are.
        seed: Seed of the order of the images, augmentation and dropout.

    Raises:
        ValueError: If there are too few or too many drawings, or the network does not read digits.
    """
    if num_drawings < MIN_DRAWINGS:
        raise ValueError(
            f"{num_drawings} of your drawings can be read; keep at least {MIN_DRAWINGS}, best some of each "
            "digit."
        )
    if shows_clothes(info.dataset):
        raise ValueError("This network has learned clothes. Choose one that reads digits.")
    return TrainConfig(
        network=info.network,
        layers=info.layers,
        width=_read_width(info),
        dataset=info.dataset if has_files(info.dataset) else "strokes",
        recipe="free",
        optimizer="adam",
        learning_rate=0.0005,
        schedule="cosine",
        batch_size=32,
        epochs=3,
        augment=True,
        seed=seed,
        num_images=NUM_IMAGES,
        start_from=start_from,
        drawings=num_drawings,
        drawing_share=DRAWING_SHARE,
    )


def pack_beginning(checkpoint: Path, images: np.ndarray, labels: np.ndarray) -> dict[str, bytes]:
    """Return the files that a fine-tuning's folder has beside those of every run, by name.

    Args:
        checkpoint: The file to begin with.
        images: (N, 28, 28) in [0, 1], 1 for full ink.
        labels: (N,) the digits that were meant.
    """
    pixels = np.rint(images * 255).astype(np.uint8)
    digits = [
        {"label": int(label), "pixels": base64.b64encode(image.tobytes()).decode("ascii")}
        for image, label in zip(pixels, labels, strict=True)
    ]
    drawings = json.dumps({"schema": _SCHEMA, "digits": digits}, indent=1)
    return {START: checkpoint.read_bytes(), DRAWINGS: drawings.encode()}


def plan_training_on(
    info: CheckpointInfo, start_from: str, network: str = "", recipe: str = "", **changes: Any
) -> TrainConfig:
    """Return the configuration of a training that begins with a checkpoint's weights.

    Args:
        info: What the checkpoint's header records.
        start_from: What the checkpoint is called, for whoever reads the configuration.
        network: What is to be trained, to be compared with the checkpoint's; empty for the checkpoint's.
        recipe: What the settings are that `changes` leave out; empty for those that the checkpoint itself
            was trained with, as far as its header records them.
        **changes: Settings of `TrainConfig`; None leaves one alone.

    Raises:
        ValueError: If the network is another one, or a setting is not allowed.
    """
    if network and network != info.network:
        raise ValueError(
            f"{start_from} holds a {info.network}, whose weights do not fit a {network}. Train "
            f"{info.network} on, or begin with another checkpoint."
        )
    own = {} if recipe else _read_own_settings(info)
    chosen = {name: value for name, value in changes.items() if value is not None}
    return make_config(
        info.network,
        recipe or "notebook",
        **{"width": _read_width(info), **own, **chosen, "start_from": start_from, "layers": info.layers},
    )


def _read_width(info: CheckpointInfo) -> float:
    """Return how wide a checkpoint's network is, as its header records it; 1 where it says nothing of it."""
    width = info.recipe.get("width", 1.0)
    SETTINGS["width"].check(width)
    return float(width)


def _read_own_settings(info: CheckpointInfo) -> dict[str, Any]:
    """Return the settings that a header records and that can be set, but for those of a fine-tuning."""
    recorded = {**info.recipe, "dataset": info.dataset, "seed": info.seed, "split_seed": info.split_seed}
    own = {name: recorded[name] for name, setting in SETTINGS.items() if setting.offered != "nowhere"
           and name in recorded}  # fmt: skip
    for name, value in own.items():
        SETTINGS[name].check(value)
    return own


def begin_with(start: Checkpoint, config: TrainConfig) -> Beginning:
    """Return what a training begins with that trains a checkpoint on.

    Raises:
        ValueError: If the checkpoint's layers are not those of the configuration's network.
    """
    with torch.device("meta"):
        expected = LayerNetwork(list_trained_layers(config)).state_dict()
    given = start.network.state_dict()
    # In order, since a layer of dropout, which has no weights, moves the numbers of those behind it.
    if start.info.network != config.network or [tensor.shape for tensor in expected.values()] != [
        tensor.shape for tensor in given.values()
    ]:
        raise ValueError(
            f"{config.start_from} holds a {start.info.network} with {_list_settings(start.info)}, and this "
            f"run trains a {config.network}. Begin with another checkpoint."
        )
    return Beginning(dict(zip(expected, given.values(), strict=True)))


def _list_settings(info: CheckpointInfo) -> str:
    if info.layers is not None:
        return "layers of its own"
    return ", ".join(f"{name} {value}" for name, value in info.config.items()) or "no settings"


def read_beginning(folder: Path, config: TrainConfig) -> Beginning | None:
    """Read what a run begins with; None for one that begins with fresh weights.

    Raises:
        ValueError: If a file is absent, damaged or not the configuration's.
    """
    if not config.start_from:
        return None
    start = load_checkpoint(folder / START)
    beginning = begin_with(start, config)
    if not config.drawings:
        return beginning
    drawings = _read_drawings(folder / DRAWINGS)
    if len(drawings) != config.drawings:
        raise ValueError(f"{DRAWINGS} has {len(drawings)} drawings, and this run has {config.drawings}.")
    return replace(beginning, drawings=drawings)


def mix_drawings(own: Dataset, drawings: Dataset, share: float) -> Dataset:
    """Return training images `own` with the drawings, each repeated until they are that share of all.

    Each drawing comes as often as any other, or once more; augmentation makes every time a different one.
    """
    num = round(share / (1 - share) * len(own))
    repeated = drawings.select(torch.arange(num) % len(drawings))
    return Dataset(torch.cat([own.images, repeated.images]), torch.cat([own.labels, repeated.labels]))


def _read_drawings(path: Path) -> Dataset:
    """Read the drawings of a run, (N, 1, 28, 28) and (N,)."""
    try:
        if path.stat().st_size > _MAX_FILE_BYTES:
            raise ValueError(f"it is larger than {_MAX_FILE_BYTES // 2**20} MB")
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict) or content.get("schema") != _SCHEMA:
            raise ValueError("it is no file of drawings")
        digits = content.get("digits")
        if not isinstance(digits, list) or not 1 <= len(digits) <= MAX_DRAWINGS:
            raise ValueError(f"it must have 1 to {MAX_DRAWINGS} drawings")
        read = [_read_digit(place, digit) for place, digit in enumerate(digits, start=1)]
    except (OSError, ValueError, RecursionError) as error:
        raise ValueError(f"The run's {DRAWINGS} cannot be read: {error}.") from error
    images = torch.from_numpy(np.stack([pixels for _, pixels in read]))
    return Dataset(images.unsqueeze(1), torch.tensor([label for label, _ in read]))


def _read_digit(place: int, digit: Any) -> tuple[int, np.ndarray]:
    label = digit.get("label") if isinstance(digit, dict) else None
    if isinstance(label, bool) or not isinstance(label, int) or not 0 <= label <= 9:
        raise ValueError(f"drawing {place} has no label from 0 to 9")
    try:
        pixels = np.frombuffer(base64.b64decode(digit["pixels"], validate=True), np.uint8)
        return label, pixels.reshape(IMAGE_SIZE_PX, IMAGE_SIZE_PX)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"drawing {place} has no 28 × 28 pixels") from error
