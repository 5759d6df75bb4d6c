"""What a training tells about itself while it goes on: one event after the other."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.checkpoints.evaluation import Evaluation
from models.checkpoints.file import Checkpoint
from models.descent.layer_statistics import Activations, Layer, LayerStatistics
from models.training.state import TrainingState


@dataclass(frozen=True)
class Preparing:
    """The data are being loaded.

    Attributes:
        message: What is happening, for a person.
    """

    message: str


@dataclass(frozen=True)
class Started:
    """The network is built and its first step comes next; not told by a training that is resumed.

    Attributes:
        checkpoint: The network with its fresh weights; it goes on changing when the generator is resumed.
    """

    checkpoint: Checkpoint


@dataclass(frozen=True)
class StepEvent:
    """Some optimizer steps are done.

    Attributes:
        step: Steps done since the start.
        num_steps: Steps of the whole training.
        epoch: Epoch under way, counted from 1.
        loss: Mean training loss of the steps since the last event, in nats.
        smoothed_loss: Exponential moving average of these losses.
        learning_rate: Learning rate of the last step.
        weight_norm: Euclidean norm of all weights together.
        gradient_norm: Euclidean norm of the last step's gradient, of all weights together.
        images_per_second: Images trained on per second of this epoch.
        seconds: Seconds of training so far.
    """

    step: int
    num_steps: int
    epoch: int
    loss: float
    smoothed_loss: float
    learning_rate: float
    weight_norm: float
    gradient_norm: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True)
class LayersEvent:
    """The layers were measured in a step; `models.training.measuring` says in which.

    Attributes:
        statistics: What they went through.
    """

    statistics: LayerStatistics


@dataclass(frozen=True)
class EpochEvent:
    """An epoch is done and validated.

    Attributes:
        epoch: Epochs done, with the one that ended early where `is_whole` is false.
        step: Steps done since the start.
        is_whole: Whether the epoch went over all training images; false where the training was told to
            end and to keep what it has.
        train_loss: Mean loss over the epoch's steps, while the weights were changing, in nats.
        train_accuracy: Share read correctly over the epoch's steps.
        validation: Results on the validation images.
        seconds: Seconds of training so far.
        checkpoint: The network as it is now; it goes on changing when the generator is resumed.
        state: All that resuming from here needs, as it is now; it too goes on changing.
    """

    epoch: int
    step: int
    is_whole: bool
    train_loss: float
    train_accuracy: float
    validation: Evaluation
    seconds: float
    checkpoint: Checkpoint
    state: TrainingState


@dataclass(frozen=True)
class Finished:
    """The training has ended.

    Attributes:
        status: "done"; "diverged" if the loss became NaN or infinite; "stopped" if it was told to end.
        message: What happened, for a person.
        test: Results on the test images, which are looked at once, now; None if no epoch was finished, or
            the training was stopped without being told to keep what it has.
        checkpoint: The last good checkpoint; None if no epoch was finished.
    """

    status: Literal["done", "diverged", "stopped"]
    message: str
    test: Evaluation | None
    checkpoint: Checkpoint | None


Event = Preparing | Started | StepEvent | LayersEvent | EpochEvent | Finished


def describe_event(event: Event) -> dict[str, Any]:
    """Return an event as plain values that JSON can hold: one line of a run's `events.jsonl`."""
    if isinstance(event, Preparing):
        return {"type": "preparing", "message": event.message}
    if isinstance(event, Started):
        return {"type": "started"}
    if isinstance(event, StepEvent):
        return {"type": "step", **{name: _shorten(value) for name, value in asdict(event).items()}}
    if isinstance(event, LayersEvent):
        return _describe_layers(event.statistics)
    if isinstance(event, EpochEvent):
        return {
            "type": "epoch",
            "epoch": event.epoch,
            "step": event.step,
            "is_whole": event.is_whole,
            "train_loss": event.train_loss,
            "train_accuracy": event.train_accuracy,
            "validation_loss": event.validation.loss,
            "validation_accuracy": event.validation.accuracy,
            "seconds": event.seconds,
        }
    test = event.test and {
        "accuracy": event.test.accuracy,
        "low": event.test.interval[0],
        "high": event.test.interval[1],
        "loss": event.test.loss,
        "confusion": event.test.confusion.tolist(),
    }
    return {"type": "ending", "status": event.status, "message": event.message, "test": test}


def read_layers(event: Mapping[str, Any]) -> LayerStatistics:
    """Return what `describe_event` wrote of a `LayersEvent`."""
    return LayerStatistics(
        event["step"], event["num_examples"], event["sees_all"], tuple(map(_read_layer, event["layers"]))
    )


def _describe_layers(statistics: LayerStatistics) -> dict[str, Any]:
    return {
        "type": "layers",
        "step": statistics.step,
        "num_examples": statistics.num_examples,
        "sees_all": statistics.sees_all,
        "layers": [_describe_layer(layer) for layer in statistics.layers],
    }


def _describe_layer(layer: Layer) -> dict[str, Any]:
    """Return a layer's numbers; a text stands for those that JSON does not have."""
    values = asdict(layer)
    for name in ("gradient", "weight", "update"):
        values[name] = _write_number(values[name])
    if layer.activations:
        values["activations"]["spread"] = _write_number(layer.activations.spread)
    return values


def _read_layer(values: Mapping[str, Any]) -> Layer:
    activations = values["activations"]
    update = values["update"]
    return Layer(
        **{
            **values,
            "gradient": float(values["gradient"]),
            "weight": float(values["weight"]),
            "update": None if update is None else float(update),
            "activations": activations
            and Activations(**{**activations, "spread": float(activations["spread"])}),
        }
    )


def _write_number(value: float | None) -> float | str | None:
    return value if value is None else _shorten(value) if math.isfinite(value) else str(value)


def _shorten(value: float) -> float:
    """Round to six significant digits: a curve shows fewer, and a run writes thousands of these."""
    return value if isinstance(value, int) else float(f"{value:.6g}")
