"""At which steps of a training its layers are measured, so that it costs next to nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from models.descent.layer_statistics import LayerStatistics, LayerWatch

MAX_MEASURED_EPOCHS = 20  # at equal distances; the first epoch besides
NUM_EXAMPLES = 512  # about as many does a unit give 0 for before it is called dead
_STEPS_PER_PLACE = 16  # at least; with fewer, measuring would cost more than 3 %
_FOLLOWED_SHARE = 0.08  # of a training's steps at most; a followed one costs up to a third more


def find_places(num_steps: int, steps_per_epoch: int, is_last_smaller: bool = False) -> list[int]:
    """Return the numbers of the steps that are measured, from 1.

    These are the powers of two within the first epoch, or of four in a short training, since it
    changes most at its beginning and one that diverges does so there; and the end of each epoch, or of
    `MAX_MEASURED_EPOCHS` of them.

    Args:
        num_steps: Steps of the whole training.
        steps_per_epoch: Steps of one epoch.
        is_last_smaller: Whether an epoch's last batch has fewer examples than the others; then the step
            before it is measured, whose gradient is steadier.
    """
    epochs = num_steps // steps_per_epoch
    num = min(epochs, MAX_MEASURED_EPOCHS)
    early = is_last_smaller and steps_per_epoch > 1
    ends = {round(index * epochs / num) * steps_per_epoch - early for index in range(1, num + 1)}
    powers = [2**power for power in range(steps_per_epoch.bit_length())]
    if num_steps < _STEPS_PER_PLACE * (len(ends) + len(powers)):
        powers = powers[::2]
    return sorted(ends.union(powers))


def find_followed(places: list[int], num_steps: int, batch_size: int) -> set[int]:
    """Return the steps that are followed, for units that give 0: those before each place, and the places."""
    affordable = int(_FOLLOWED_SHARE * num_steps / len(places))
    num = max(1, min(affordable, math.ceil(NUM_EXAMPLES / batch_size)))
    return {step for place in places for step in range(max(1, place - num + 1), place + 1)}


class Measuring:
    """Measures the layers of a network in training, in the steps that are chosen for it."""

    def __init__(self, network: nn.Module, num_steps: int, num_images: int, batch_size: int) -> None:
        steps_per_epoch = math.ceil(num_images / batch_size)
        places = find_places(num_steps, steps_per_epoch, num_images % batch_size > 0)
        self._places = frozenset(places)
        self._followed = find_followed(places, num_steps, batch_size)
        self._watch = LayerWatch(network)
        self._sees_all = batch_size >= num_images

    @contextmanager
    def follow(self, step: int) -> Iterator[None]:
        """Follow the step of this number, from 1, in the `with` block, if it is one of those."""
        if step in self._followed:
            with self._watch.follow(is_last=step in self._places):
                yield
        else:
            yield

    def measure(self, step: int) -> LayerStatistics | None:
        """Return what the layers went through up to this step, if it is one of those."""
        return self._watch.measure(step, self._sees_all) if step in self._places else None

    def measure_end(self, step: int) -> LayerStatistics:
        """Return what is seen of the layers after a step that was none of those."""
        return self._watch.measure(step)
