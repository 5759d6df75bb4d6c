"""What a network makes of one image."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch

from models.checkpoints.file import Checkpoint, find_checkpoint, load_checkpoint
from models.cores import on_one_core
from models.data.names import name_classes
from models.networks.layers import IMAGE_SIZE_PX


@dataclass(frozen=True)
class Prediction:
    """A network's answer.

    Attributes:
        digit: The most probable class, 0 to 9: a digit, but where the network has learned clothes.
        name: What that class is: "7", or of Fashion-MNIST "Ankle boot".
        probabilities: (10,) float64, the softmax of the logits divided by the checkpoint's temperature; they
            sum to 1. In float32 one in twenty answers of a confident network would be exactly 1.
    """

    digit: int
    name: str
    probabilities: np.ndarray


def predict_digit(image: np.ndarray, checkpoint: str | Path) -> Prediction:
    """Ask a checkpoint's network what an image shows.

    Args:
        image: (28, 28) in [0, 1], 1 for full ink, prepared as the images are that the network was trained
            on (see `models.sketch.input`).
        checkpoint: Name of a shipped checkpoint, or a path.

    Raises:
        ValueError: If the image has another shape or values outside [0, 1], or the checkpoint is refused.
    """
    pixels = np.asarray(image, dtype=np.float32)
    if pixels.shape != (IMAGE_SIZE_PX, IMAGE_SIZE_PX):
        raise ValueError(f"The network takes 28 × 28 pixels, not an array of shape {pixels.shape}.")
    if not (np.isfinite(pixels).all() and pixels.min() >= 0 and pixels.max() <= 1):
        raise ValueError("The image's values must lie between 0 (no ink) and 1 (full ink).")
    loaded = load_cached(checkpoint)
    with on_one_core(), torch.inference_mode():
        logits = loaded.network(torch.from_numpy(pixels)[None, None])  # (1, 1, 28, 28) → (1, 10)
        probabilities = (logits.double() / (loaded.info.temperature or 1.0)).softmax(dim=1)[0].numpy()
    digit = int(probabilities.argmax())
    return Prediction(digit, name_classes(loaded.info.dataset)[digit], probabilities)


def load_cached(checkpoint: str | Path) -> Checkpoint:
    """Load a checkpoint, or return the one loaded earlier if the file has not changed since.

    The network is shared by everyone who asks, in evaluation mode: it must not be trained or changed.

    Raises:
        ValueError: As `models.checkpoints.file.load_checkpoint`.
    """
    path = find_checkpoint(checkpoint)
    status = path.stat()
    return _load_version(path, status.st_mtime_ns, status.st_size)


def find_temperature(checkpoint: str | Path) -> float:
    """Return what a checkpoint's logits are divided by before the softmax; 1 where its file says none.

    Raises:
        ValueError: As `models.checkpoints.file.load_checkpoint`.
    """
    return load_cached(checkpoint).info.temperature or 1.0


def copy_network(checkpoint: str | Path) -> torch.nn.Module:
    """Return a network of one's own with the checkpoint's weights, in evaluation mode, to hook and to change.

    Raises:
        ValueError: As `models.checkpoints.file.load_checkpoint`.
    """
    return copy.deepcopy(load_cached(checkpoint).network)


@lru_cache(maxsize=32)  # 32 of the largest network are 150 MB
def _load_version(path: Path, mtime_ns: int, num_bytes: int) -> Checkpoint:
    return load_checkpoint(path)
