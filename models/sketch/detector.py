"""Whether an image shows a digit at all, asked of a small network that has seen what is none.

A network that reads digits shares out its probabilities among ten whatever it is given, and is sure of an A,
a heart or a π. This one has learned digits on the one side, letters, signs and scribbles on the other
(`models.training.detector`). It judges the image alone, whatever network reads it. An O is a 0 to it and an l
a 1, since nothing in the drawing sets them apart.

Shapes: N images.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

import torch
from safetensors.torch import load as load_tensors
from safetensors.torch import save as save_tensors
from torch import nn

from models.checkpoints.file import (
    METADATA_KEY,
    SHIPPED_FOLDER,
    parse_header,
    read_content,
    refuse,
    write_atomically,
)
from models.cores import on_one_core
from models.data.datasets import to_input
from models.networks.registry import build_network
from models.sketch.doubt import Doubt
from models.values import Floats32

DETECTOR_FILE = SHIPPED_FOLDER / "detector" / "digits.safetensors"
NETWORK = "glassnet"  # but for its last layer, which has one output
SCHEMA_VERSION = 1
REASON = (
    "This looks more like a letter or a sign than a digit. A network knows the ten digits alone, and names "
    "the nearest."
)
_BATCH_SIZE = 250


@dataclass(frozen=True)
class DetectorInfo:
    """What the detector's header records.

    Attributes:
        threshold: An image whose score lies below it is doubted.
        begun_with: Name of the checkpoint whose weights it began with.
        seed: Seed of its training, and of the built-in digits and signs.
        epochs: Passes over the images.
        num_mnist: MNIST's training images among them.
        num_strokes: Built-in digits, in all styles.
        num_signs: What is no digit.
        seconds: Wall time of the training.
        torch_version: Version of torch that trained it.
    """

    threshold: float
    begun_with: str
    seed: int
    epochs: int
    num_mnist: int
    num_strokes: int
    num_signs: int
    seconds: float
    torch_version: str


@dataclass(frozen=True)
class Detector:
    """The network, in evaluation mode, and what is known about it."""

    network: nn.Module
    info: DetectorInfo


def build_detector() -> nn.Module:
    """Build the network, its weights drawn from torch's global generator: (N, 1, 28, 28) → (N, 1) scores."""
    network = build_network(NETWORK)
    assert isinstance(network.classifier, nn.Linear)
    network.classifier = nn.Linear(network.classifier.in_features, 1)
    return network


def save_detector(detector: Detector, path: Path) -> None:
    """Write a detector as one safetensors file, atomically."""
    record = json.dumps({"schema": SCHEMA_VERSION, **asdict(detector.info)}, allow_nan=False)
    write_atomically(path, save_tensors(detector.network.state_dict(), metadata={METADATA_KEY: record}))


@lru_cache(maxsize=2)
def load_detector(path: Path = DETECTOR_FILE) -> Detector:
    """Load a detector; it is shared by all who ask, and must not be changed.

    Raises:
        ValueError: The file is absent, damaged, or no detector.
    """
    content = read_content(path)
    header = parse_header(path, content)
    try:
        record = json.loads(header["__metadata__"][METADATA_KEY])
        if record.pop("schema") != SCHEMA_VERSION:
            raise ValueError("another schema")
        info = DetectorInfo(**{field.name: record[field.name] for field in fields(DetectorInfo)})
        network = build_detector()
        network.load_state_dict(load_tensors(content), strict=True)
        if not math.isfinite(info.threshold) or not all(p.isfinite().all() for p in network.parameters()):
            raise ValueError("not all numbers are finite")
    except Exception as error:
        raise refuse(path, "it is no detector of this version of Glassbox; install Glassbox again") from error
    return Detector(network.eval(), info)


@lru_cache(maxsize=1)
def find_detector() -> Detector | None:
    """Return the shipped detector; None, said once, where its file is absent or damaged."""
    try:
        return load_detector()
    except ValueError as mistake:
        print(f"Letters and signs are not doubted: {mistake}", file=sys.stderr)
        return None


def score_images(network: nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return how much each image looks like a digit to a detector's network: a logit, above 0 if it does.

    Args:
        network: In evaluation mode.
        images: (N, 28, 28) uint8, or float32 in [0, 1]; bright is ink.

    Returns:
        (N,) float32.
    """
    inputs = images if images.is_floating_point() else to_input(images)
    with torch.inference_mode():
        return torch.cat([network(batch[:, None])[:, 0] for batch in inputs.split(_BATCH_SIZE)])


def doubt_image(image: Floats32) -> Doubt | None:
    """Doubt a network's input (28, 28) in [0, 1] that looks like a letter or a sign; never strongly.

    A network's answer stands beside the doubt: nobody's digit is turned away by it, nor by a detector that
    cannot be loaded.
    """
    detector = find_detector()
    if detector is None:
        return None
    with on_one_core():
        score = float(score_images(detector.network, torch.from_numpy(image)[None])[0])
    return Doubt("sign", REASON, is_strong=False) if score < detector.info.threshold else None
