"""A learning rate for a training: its own steps at a rising rate, and a trial at the rate that this suggests.

The steps are those of a `Session`: network, optimizer, batches and changes of the images are the training's,
and only the rate is another. It takes seconds, and computes on the processor, in the page's own process.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch

from models.data.datasets import Dataset, load_dataset, split_dataset
from models.data.files import has_files
from models.data.names import TITLES
from models.descent.rate_finder import NUM_RATES, SEEDS, Stepper, space_rates, sweep_rates
from models.descent.rate_trial import NUM_TRIED_STEPS, TRIED_FACTORS, Trial, judge_trial, try_steps
from models.training.config import MAX_SEED, SETTINGS, TrainConfig
from models.training.foretelling import count_memory
from models.training.network import check_batches, list_trained_layers
from models.training.session import Session

MAX_STROKES = 5_000  # of the built-in ones; drawing all of them takes longer than the test
MAX_STEP_SECONDS = 0.15  # of this thread's own time, as a machine of one's own takes
MAX_SECONDS = 90  # of a test or a trial, however busy the machine is
MAX_MEMORY_BYTES = 2**29  # beside what the page itself takes
_WARM_STEPS = 3  # whose quickest counts: the first prepares what all others need


@dataclass(frozen=True)
class Swept:
    """One step of a test: which sweep or trial it belongs to, from 0, and the loss from before the step."""

    sweep: int
    loss: float


class RateSteps:
    """A training from fresh weights, whose steps are made at the rates that it is called with."""

    def __init__(self, config: TrainConfig, images: Dataset, seed: int) -> None:
        """Build the network; `seed` is added to the configuration's own."""
        own = replace(config, seed=(config.seed + seed) % (MAX_SEED + 1))
        self._session = Session(own, images, images, dataset_sha256="", device=torch.device("cpu"))
        self._images, self._batch_size = images, config.batch_size
        self._generator = torch.Generator().manual_seed(own.seed)
        self._left = torch.empty(0, dtype=torch.int64)

    def __call__(self, rate: float) -> float:
        """Make one step, and return the batch's mean loss from before it."""
        if not len(self._left):
            self._left = torch.randperm(len(self._images), generator=self._generator)
        chosen, self._left = self._left[: self._batch_size], self._left[self._batch_size :]
        loss, _, _ = self._session.make_step(self._images.select(chosen), rate)
        return loss.item()


def load_images(config: TrainConfig) -> Dataset:
    """Load the images that a training learns from; of built-in strokes, the first `MAX_STROKES` at most.

    Strokes that are added to others are left out.

    Raises:
        ValueError: If they would have to be downloaded, the training takes too much memory, or a batch has
            one image where a batch norm needs two.
    """
    if config.start_from:
        raise ValueError("The rates are tried from fresh weights; leave out start_from.")
    num = config.num_images
    if config.dataset == "strokes":
        num = min(num or MAX_STROKES, MAX_STROKES)
    elif not has_files(config.dataset):
        raise ValueError(
            f"{TITLES[config.dataset]} is not on this machine yet, and the rates are tried on images of it. "
            "Train once, which downloads it, or choose another data set."
        )
    num_bytes = count_memory(config)
    if num_bytes > MAX_MEMORY_BYTES:
        raise ValueError(
            f"Trying the rates would take {num_bytes / 2**20:,.0f} MB of memory, and "
            f"{MAX_MEMORY_BYTES // 2**20} MB is the most. Choose smaller batches, or fewer channels."
        )
    own, _ = split_dataset(load_dataset(config.dataset, "train", num), config.split_seed)
    check_batches(list_trained_layers(config), len(own), config.batch_size)
    return own


def sweep_training(config: TrainConfig, num_rates: int = NUM_RATES) -> Iterator[Swept]:
    """Sweep over the rates with each seed, and yield every step; `judge_sweeps` says what it tells.

    Raises:
        ValueError: As `load_images`, or if a step takes so long that the test would not end in time.
    """
    images = load_images(config)
    rates = space_rates(num=num_rates)
    watch = _Watch(num_rates * len(SEEDS))
    for number, seed in enumerate(SEEDS):
        steps = watch.time(RateSteps(config, images, seed))
        for loss in sweep_rates(steps, rates):
            yield Swept(number, loss)


def try_rate(config: TrainConfig, rate: float) -> Iterator[Swept | Trial]:
    """Train at a third of a rate, at the rate and at three times as much, from the same weights.

    Each time from the configuration's own seed, at that rate throughout, for `NUM_TRIED_STEPS` steps.

    Yields:
        A `Swept` after every step, and a `Trial` after each rate.

    Raises:
        ValueError: As `sweep_training`, or if the rate is not allowed.
    """
    setting = SETTINGS["learning_rate"]
    setting.check(rate)
    images = load_images(config)
    watch = _Watch(NUM_TRIED_STEPS * len(TRIED_FACTORS))
    for number, factor in enumerate(TRIED_FACTORS):
        tried = min(rate * factor, float(setting.highest or math.inf))
        losses: list[float] = []
        for loss in try_steps(watch.time(RateSteps(config, images, 0)), tried):
            losses.append(loss)
            yield Swept(number, loss)
        yield judge_trial(tried, losses)


class _Watch:
    """The time that steps take: they end with a refusal where all of them would take too long."""

    def __init__(self, num_steps: int) -> None:
        self._num_steps = num_steps
        self._seconds: list[float] = []
        self._deadline = time.monotonic() + MAX_SECONDS

    def time(self, step: Stepper) -> Stepper:
        """Return the same steps, watched."""

        def step_in_time(rate: float) -> float:
            start = time.thread_time()
            loss = step(rate)
            if len(self._seconds) < _WARM_STEPS:
                self._seconds.append(time.thread_time() - start)
                if len(self._seconds) == _WARM_STEPS:
                    check_duration(min(self._seconds), self._num_steps)
            if time.monotonic() > self._deadline:
                raise ValueError(
                    f"The rates were not all tried within {MAX_SECONDS} s: this machine is busy. Choose "
                    "smaller batches, or try again later."
                )
            return loss

        return step_in_time


def check_duration(step_seconds: float, num_steps: int) -> None:
    """Refuse steps that take too long.

    Raises:
        ValueError: If so, with what was measured.
    """
    if step_seconds > MAX_STEP_SECONDS:
        raise ValueError(
            f"A step takes {step_seconds:.2g} s here, so {num_steps} of them would take "
            f"{step_seconds * num_steps / 60:.1f} minutes; {MAX_STEP_SECONDS:g} s a step is the most. Choose "
            "smaller batches, or a network with fewer multiply-adds."
        )
