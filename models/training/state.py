"""All that resuming a training needs, as one safetensors file: weights, optimizer, random numbers, counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_tensors
from torch import Tensor, nn

from models.checkpoints.file import write_atomically
from models.training.config import TrainConfig
from models.training.randomness import RandomState

if TYPE_CHECKING:
    from torch.optim import Optimizer

_SCHEMA_VERSION = 1
_METADATA_KEY = "glassbox-state"


@dataclass(frozen=True)
class TrainingProgress:
    """How far a training has come.

    Attributes:
        epoch: Epochs done.
        step: Optimizer steps done.
        seconds: Seconds of training so far.
        smoothed_loss: The moving average of the loss, in nats; 0 before the first step.
        validation_loss: Mean cross-entropy on the validation images after the last epoch, in nats.
        validation_accuracy: Share of them read correctly.
    """

    epoch: int
    step: int
    seconds: float
    smoothed_loss: float
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True)
class TrainingState:
    """A training between two epochs.

    Attributes:
        config: What is trained and how.
        progress: How far it has come.
        tensors: Weights ("network.<name>"), what the optimizer keeps of each ("optimizer.<index>.<name>") and
            random numbers ("random.<device>").
        report: What was told of the last epoch, as JSON can hold it, for whoever goes on from here.
    """

    config: TrainConfig
    progress: TrainingProgress
    tensors: Mapping[str, Tensor]
    report: Mapping[str, Any] = field(default_factory=dict)


def capture_state(
    config: TrainConfig,
    progress: TrainingProgress,
    network: nn.Module,
    optimizer: Optimizer,
    random: RandomState,
) -> TrainingState:
    """Collect a training's state; the tensors are the training's own and change when it goes on."""
    tensors = {f"network.{name}": tensor for name, tensor in network.state_dict().items()}
    for index, kept in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{index}.{name}": torch.as_tensor(value) for name, value in kept.items()}
    tensors |= {f"random.{device}": tensor for device, tensor in random.describe().items()}
    return TrainingState(config, progress, tensors)


def restore_state(
    state: TrainingState, network: nn.Module, optimizer: Optimizer, random: RandomState
) -> None:
    """Put a state into a freshly built network, optimizer and random numbers.

    Raises:
        ValueError: If the state is not one of this network and optimizer.
    """
    try:
        network.load_state_dict(_select(state.tensors, "network."), strict=True)
        kept: dict[int, dict[str, Any]] = {}
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        for key, tensor in _select(state.tensors, "optimizer.").items():
            index, name = key.split(".", 1)
            like = parameters[int(index)]
            if tensor.shape == like.shape:  # in the weight's own order in memory, which some kernels expect
                tensor = torch.empty_like(like).copy_(tensor)
            kept.setdefault(int(index), {})[name] = tensor
        optimizer.load_state_dict({"state": kept, "param_groups": optimizer.state_dict()["param_groups"]})
        random.restore(_select(state.tensors, "random."))
    except (RuntimeError, KeyError, IndexError, ValueError) as error:
        raise ValueError(
            f"This run's state does not fit its configuration ({error}). Start a new run."
        ) from error


def save_state(state: TrainingState, path: Path) -> None:
    """Write a state so that `path` is either the earlier file or the complete new one.

    Raises:
        OSError: If the folder cannot be written or the disk is full; the earlier file is untouched.
    """
    record = {
        "schema": _SCHEMA_VERSION,
        "config": asdict(state.config),
        "progress": asdict(state.progress),
        "report": dict(state.report),
    }
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in state.tensors.items()}
    write_atomically(
        path, save_tensors(tensors, metadata={_METADATA_KEY: json.dumps(record, allow_nan=False)})
    )


def load_state(path: Path) -> TrainingState:
    """Read a state that `save_state` wrote.

    Raises:
        ValueError: If the file is absent or damaged.
    """
    try:
        with safe_open(path, framework="pt") as file:
            record = json.loads((file.metadata() or {})[_METADATA_KEY])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a mapping
        if record["schema"] != _SCHEMA_VERSION:
            raise ValueError(f"its schema is {record['schema']!r}, not {_SCHEMA_VERSION}")
        progress = TrainingProgress(
            **{field.name: record["progress"][field.name] for field in fields(TrainingProgress)}
        )
        return TrainingState(TrainConfig(**record["config"]), progress, tensors, dict(record["report"]))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} cannot be resumed from ({error}). Start a new run.") from error


def _select(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Return the tensors whose names begin with `prefix`, without it."""
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
