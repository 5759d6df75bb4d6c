"""Which training digits look most like an image to a network, by the numbers in its last hidden layer."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor, nn

from models.checkpoints.file import find_checkpoint, find_layers
from models.checkpoints.prediction import copy_network, load_cached
from models.cores import on_one_core
from models.data.datasets import load_gallery, to_input
from models.networks.layers.examination import examine_layers
from models.sketch.explanation import check_image

MAX_READ = 10_000  # the first so many training images are compared …
_READ_MULTIPLY_ADDS = 30e9  # … or as many as this pays for: about a second of one core …
_MIN_READ = 500  # … and no fewer, or the nearest would not be near
_KEPT_BYTES = 32e6  # of features, as many as MAX_READ images have pixels
_BATCH = 100

Features = NDArray[np.float32]

_reading = threading.Lock()  # or visitors who come at once would each wait for a reading of their own


@dataclass(frozen=True, eq=False)
class Neighbour:
    """A training digit.

    Attributes:
        index: Its number in the gallery, from 0.
        label: What it shows.
        distance: 1 − cosine of the angle between its features and the image's; 0 for the same direction.
        image: (28, 28) uint8.
    """

    index: int
    label: int
    distance: float
    image: NDArray[np.uint8]


@dataclass(frozen=True)
class Feature:
    """What the images are compared by.

    Attributes:
        num: Numbers per image.
        are_pixels: Whether they are the pixels themselves, as in a network without a hidden layer.
    """

    num: int
    are_pixels: bool


def find_neighbours(image: ArrayLike, checkpoint: str | Path, num: int = 8) -> tuple[Neighbour, ...]:
    """Find the training digits whose features point most nearly in the same direction as an image's.

    The features are what the network's final linear layer is given: the last hidden layer, or, in logistic
    regression, the pixels. The first call for a checkpoint reads all the training digits compared, which
    takes a second or two; what it found is kept.

    Args:
        image: (28, 28) in [0, 1], 1 for full ink.
        checkpoint: Name of a shipped checkpoint, or a path.
        num: How many to return.

    Returns:
        The nearest first; of two at the same distance, the one with the lower number.

    Raises:
        ValueError: If the image is invalid, or the checkpoint is refused.
    """
    pixels = torch.from_numpy(check_image(image)).to(torch.float32)[None, None]
    path = find_checkpoint(checkpoint)
    features = normalise(extract_features(copy_network(path), pixels))[0]  # (F,)
    gallery = load_gallery("train")
    distances = 1 - read_gallery(path) @ features  # (M,)
    nearest = np.argsort(distances, kind="stable")[:num]
    return tuple(
        Neighbour(
            int(index),
            int(gallery.labels[index]),
            max(0.0, float(distances[index])),  # rounding may leave the same image a hair below 0
            gallery.images[index],
        )
        for index in nearest
    )


def count_read(checkpoint: str | Path) -> int:
    """Return how many training digits a checkpoint's network is compared with.

    They are fewer for a slow network, or one that gives its last layer many numbers.

    Raises:
        ValueError: If so many that too few digits would fit, or if there is no Linear layer.
    """
    loaded = load_cached(checkpoint)
    cost = examine_layers(find_layers(loaded.info)).multiply_adds
    affordable = int(_READ_MULTIPLY_ADDS / cost) // 100 * 100
    num_features = find_last_linear(loaded.network).in_features
    room = int(_KEPT_BYTES / (4 * num_features)) // 100 * 100
    if room < _MIN_READ:
        raise ValueError(
            f"This network's last Linear takes {num_features:,} numbers, too many to compare digits by."
        )
    return min(MAX_READ, max(_MIN_READ, affordable), room, len(load_gallery("train").labels))


def read_gallery(checkpoint: str | Path) -> Features:
    """Return the features of the training digits compared, (M, F) float32, each of length 1, read only.

    Kept for as long as the checkpoint's file does not change.

    Raises:
        ValueError: If the checkpoint is refused.
    """
    path = find_checkpoint(checkpoint)
    status = path.stat()
    with _reading:
        return _read_version(path, status.st_mtime_ns, status.st_size, load_gallery("train").name)


def describe_features(checkpoint: str | Path) -> Feature:
    """Return what a checkpoint's network compares images by."""
    network = load_cached(checkpoint).network
    last = find_last_linear(network)
    linears = [module for module in network.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    return Feature(last.in_features, are_pixels=len(linears) == 1)


def extract_features(network: nn.Module, images: Tensor) -> Features:
    """Return what the final linear layer of a network is given for each image.

    The network is hooked meanwhile, so it must be the caller's own (`prediction.copy_network`).

    Args:
        network: In evaluation mode.
        images: (N, 1, 28, 28) float32 in [0, 1].

    Returns:
        (N, F) float32.
    """
    parts: list[Tensor] = []

    def record(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        parts.append(inputs[0].clone())

    hook = find_last_linear(network).register_forward_pre_hook(record)
    try:
        with on_one_core(), torch.inference_mode():
            for batch in images.split(_BATCH):
                network(batch)
    finally:
        hook.remove()
    return torch.cat(parts).numpy()


def find_last_linear(network: nn.Module) -> nn.Linear:
    """Return a network's last `nn.Linear`, which gives the logits of every given network.

    Raises:
        ValueError: If it has none.
    """
    linears = [module for module in network.modules() if isinstance(module, nn.Linear)]
    if not linears:
        raise ValueError("This network has no Linear layer by whose inputs digits could be compared.")
    return linears[-1]


def normalise(features: Features) -> Features:
    """Scale each row of (N, F) to length 1; a row of zeros, which has no direction, stays as it is."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return (features / np.where(lengths > 0, lengths, 1)).astype(np.float32)


@lru_cache(maxsize=4)  # of `_KEPT_BYTES` at most
def _read_version(path: Path, mtime_ns: int, num_bytes: int, gallery_name: str) -> Features:
    images = torch.tensor(load_gallery("train").images[: count_read(path)])[:, None]  # (M, 1, 28, 28) uint8
    features = normalise(extract_features(copy_network(path), to_input(images)))
    features.flags.writeable = False
    return features
