"""Which network a configuration trains: one of the registry, or one with layers of its own."""

from __future__ import annotations

from itertools import count
from typing import Any

from models.networks.layers.examination import Row, examine_layers
from models.networks.layers.kind import Layers
from models.networks.layers.kinds import BatchNorm1d, BatchNorm2d
from models.networks.naming import find_network_layers
from models.networks.registry import set_dropout, set_width
from models.training.config import TrainConfig


def list_trained_layers(config: TrainConfig) -> Layers:
    """Return the layers that a configuration trains, with the dropout and the width that it sets."""
    return find_network_layers(config.network, list_changes(config), config.layers)


def list_changes(config: TrainConfig) -> dict[str, Any]:
    """Return what a configuration changes of its network's own sizes and probabilities.

    Returns:
        Fields of a registry's `NetworkSpec.config`; empty for a network with layers of its own.
    """
    if config.layers is not None:
        return {}
    return set_dropout(config.network, config.dropout) | set_width(config.network, config.width)


def check_batches(layers: Layers, num_images: int, batch_size: int) -> None:
    """Refuse batches of a single image where a batch norm has but one number of each feature from it.

    Args:
        layers: A list that is a network.
        num_images: Of the training part.
        batch_size: Images a step; the last batch of an epoch has what is left.

    Raises:
        ValueError: If a batch would have one image.
    """
    smallest = num_images % batch_size or min(batch_size, num_images)
    if smallest > 1 or not any(map(_needs_two_images, examine_layers(layers).rows)):
        return
    where = "each batch has" if batch_size == 1 or num_images == 1 else "an epoch's last batch would have"
    raise ValueError(
        f"Batch norm of single numbers needs two images to find a variance, and {where} one: "
        f"{num_images:,} images in batches of {batch_size:,}. Choose another batch size, such as "
        f"{next(size for size in count(batch_size + 1) if num_images % size != 1):,}, or other images."
    )


def _needs_two_images(row: Row) -> bool:
    is_single = isinstance(row.layer, BatchNorm1d) or (
        isinstance(row.layer, BatchNorm2d) and row.input_shape is not None and row.input_shape[1:] == (1, 1)
    )
    return is_single or any(map(_needs_two_images, row.body))
