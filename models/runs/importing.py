"""Weights that were trained elsewhere, as a run: it is tested where others are trained, and used alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import PurePath
from typing import Any

from models.checkpoints.file import CheckpointInfo, pack_checkpoint
from models.checkpoints.imported import import_checkpoint, shorten_file_name
from models.runs.folder import CHECKPOINT
from models.runs.management import MAX_NAME_LENGTH
from models.training.config import IMPORTED, TrainConfig


@dataclass(frozen=True)
class Import:
    """What a run of imported weights is made of.

    Attributes:
        config: The settings that its record tells of; "imported" is the recipe where it tells of none.
        name: What its owner calls it at first.
        files: What its folder holds, by name.
        imported: The name of the file that the weights came in.
    """

    config: TrainConfig
    name: str
    files: Mapping[str, bytes]
    imported: str


def read_import(
    content: bytes, file_name: str, network: str, dataset: str = "mnist", opens_pickles: bool = False
) -> Import:
    """Read weights for a run; see `models.checkpoints.imported.import_checkpoint`.

    Raises:
        ValueError: If the file is refused, or its record names a data set that is not known here.
    """
    checkpoint = import_checkpoint(content, file_name, network, dataset, opens_pickles)
    imported = shorten_file_name(file_name)
    try:
        packed = pack_checkpoint(checkpoint)
    except RecursionError as error:
        raise ValueError(f"{imported} cannot be imported: its record is nested too deeply.") from error
    return Import(
        config=_read_config(checkpoint.info),
        name=PurePath(imported).stem[:MAX_NAME_LENGTH],
        files={CHECKPOINT: packed},
        imported=imported,
    )


def _read_config(info: CheckpointInfo) -> TrainConfig:
    """Return how a checkpoint says that it was trained; with the recipe "imported" where it does not."""
    known = {field.name for field in fields(TrainConfig)}
    recorded: dict[str, Any] = {name: value for name, value in info.recipe.items() if name in known}
    recorded |= {"network": info.network, "layers": info.layers, "dataset": info.dataset}
    try:
        return TrainConfig(**recorded, seed=info.seed, split_seed=info.split_seed)
    except (TypeError, ValueError):  # of another version, or of another program
        return TrainConfig(info.network, recipe=IMPORTED, dataset=info.dataset, layers=info.layers)
