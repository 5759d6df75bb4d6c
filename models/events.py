"""What a training tells about itself while it goes on: one event after the other."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

from models.checkpoint import Checkpoint
from models.evaluation import Evaluation


@dataclass(frozen=True)
class Preparing:
    """The data are being loaded.

    Attributes:
        message: What is happening, for a person.
    """

    message: str


@dataclass(frozen=True)
class StepEvent:
    """Some optimiser steps are done.

    Attributes:
        step: Steps done since the start.
        num_steps: Steps of the whole training.
        epoch: Epoch under way, counted from 1.
        loss: Mean training loss of the steps since the last event, in nats.
        images_per_second: Pictures trained on per second of this epoch.
        seconds: Seconds since the start of training.
    """

    step: int
    num_steps: int
    epoch: int
    loss: float
    images_per_second: float
    seconds: float


@dataclass(frozen=True)
class EpochEvent:
    """An epoch is done and validated.

    Attributes:
        epoch: Epochs done.
        step: Steps done since the start.
        train_loss: Mean loss over the epoch's steps, while the weights were changing, in nats.
        train_accuracy: Share read correctly over the epoch's steps.
        validation: Results on the validation pictures.
        seconds: Seconds since the start of training.
        checkpoint: The network as it is now; it goes on changing when the generator is resumed.
    """

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation: Evaluation
    seconds: float
    checkpoint: Checkpoint


@dataclass(frozen=True)
class Finished:
    """The training has ended.

    Attributes:
        status: "done", or "diverged" if the loss became NaN or infinite.
        message: What happened, for a person.
        test: Results on the test pictures, which are looked at once, now; None if no epoch was finished.
        checkpoint: The last good checkpoint; None if no epoch was finished.
    """

    status: Literal["done", "diverged"]
    message: str
    test: Evaluation | None
    checkpoint: Checkpoint | None


Event = Preparing | StepEvent | EpochEvent | Finished


def describe_event(event: Event) -> dict[str, Any]:
    """Return an event as plain values that JSON can hold: one line of a run's `events.jsonl`."""
    if isinstance(event, Preparing):
        return {"type": "preparing", "message": event.message}
    if isinstance(event, StepEvent):
        return {"type": "step", **asdict(event)}
    if isinstance(event, EpochEvent):
        return {
            "type": "epoch",
            "epoch": event.epoch,
            "step": event.step,
            "train_loss": event.train_loss,
            "train_accuracy": event.train_accuracy,
            "validation_loss": event.validation.loss,
            "validation_accuracy": event.validation.accuracy,
        }
    test = event.test and {
        "accuracy": event.test.accuracy,
        "low": event.test.interval[0],
        "high": event.test.interval[1],
        "loss": event.test.loss,
        "confusion": event.test.confusion.tolist(),
    }
    return {"type": "ending", "status": event.status, "message": event.message, "test": test}
