"""The training loop.

`train(config)` is a generator: the command line, the process of a run and the tests consume the same events.
On one machine's CPU, with one number of threads, the same configuration gives the same weights, bit for bit,
whether the training went through in one go or was resumed on the way.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace

import torch

from models.checkpoints.evaluation import Evaluation, evaluate_network
from models.checkpoints.file import Checkpoint
from models.data.datasets import Dataset, hash_dataset, load_dataset, load_strokes, split_dataset
from models.data.download import Progress
from models.data.files import has_files
from models.data.names import NUM_IMAGES, TITLES
from models.training.config import TrainConfig
from models.training.device import choose_device
from models.training.events import Event, Finished, Preparing, Started
from models.training.fine_tuning import Beginning, mix_drawings
from models.training.network import check_batches, list_trained_layers
from models.training.peers import ALONE, Peers
from models.training.session import EpochResult, Halt, Session
from models.training.state import TrainingState


def go_on() -> Halt | None:
    """Never end early."""
    return None


def train(
    config: TrainConfig,
    device: torch.device | None = None,
    progress: Progress | None = None,
    state: TrainingState | None = None,
    find_halt: Callable[[], Halt | None] = go_on,
    peers: Peers = ALONE,
    beginning: Beginning | None = None,
    measures_layers: bool = True,
) -> Iterator[Event]:
    """Train a network and yield what happens.

    Args:
        config: What to train and how.
        device: Where to compute; None chooses the fastest device.
        progress: Called with (what, done, all) while built-in strokes are drawn or files are downloaded; what
            it raises ends the training.
        state: A state of an earlier training with this configuration, to go on from; None begins anew.
        find_halt: Asked at every report whether the training is to end early.
        peers: The processes that train together; each of them calls this function alike.
        beginning: What a training begins with whose configuration has a `start_from` (see
            `models.training.fine_tuning`).
        measures_layers: Whether the layers are measured in some steps; the weights are the same without.

    Yields:
        `Preparing`s, then `Started` unless it goes on from a state, `StepEvent`s with `LayersEvent`s between
        them, an `EpochEvent` after each epoch, and one `Finished`.

    Raises:
        ValueError: If the data set cannot be loaded, or the state is of another configuration; the message
            says what to do.
    """
    if state and state.config != config:
        raise ValueError("This state belongs to another configuration. Start a new run.")
    if bool(config.start_from) != (beginning is not None):
        raise ValueError(
            "What begins with a checkpoint trains in the folder of its run alone, which holds the weights."
        )
    device = device or choose_device()
    yield Preparing(_describe_loading(config))
    everything = load_dataset(config.dataset, "train", config.num_images, progress)
    own, validating = split_dataset(everything, config.split_seed)
    if config.added_strokes:
        yield Preparing(f"Drawing {config.added_strokes:,} built-in strokes")
        own = own.join(
            load_strokes(config.added_strokes, progress, config.stroke_styles, config.shared_strokes)
        )
    if beginning and beginning.drawings:
        own = mix_drawings(own, beginning.drawings, config.drawing_share)
    training, validation = (
        Dataset(part.images.to(device), part.labels.to(device)) for part in (own, validating)
    )
    yield Preparing("Building the network")
    check_batches(list_trained_layers(config), len(training), config.batch_size)
    dataset_sha256 = hash_dataset(config.dataset)
    session = Session(config, training, validation, dataset_sha256, device, peers, beginning, measures_layers)
    last_good: Checkpoint | None = None
    if state:
        last_good = copy.deepcopy(session.resume(state))
    else:
        yield Started(session.describe(None))
    while session.epoch < config.epochs:
        result: EpochResult | None = None
        for event in session.train_epoch(find_halt):
            if isinstance(event, EpochResult):
                result = event
            else:
                yield event
        assert result is not None  # the last item of every epoch
        if result.halt and not result.halt.keep:
            yield _finish_stopped(result.halt, last_good)
            return
        finished_epoch = session.finish_epoch(result)
        if finished_epoch is None:
            yield _finish_diverged(config, last_good, session.epoch + 1, session.step, progress)
            return
        last_good = copy.deepcopy(finished_epoch.checkpoint)
        yield finished_epoch
        if result.halt:
            test, tested = _test(config, last_good, progress)
            kept = f"The weights of step {session.step:,} are kept."
            yield Finished("stopped", f"{result.halt.reason}. {kept} Test {test}.", test, tested)
            return
    assert last_good is not None  # epochs is at least 1
    test, tested = _test(config, last_good, progress)
    yield Finished("done", f"Finished {_count(config.epochs, 'epoch')}. Test {test}.", test, tested)


def measure(config: TrainConfig, checkpoint: Checkpoint, progress: Progress | None = None) -> Iterator[Event]:
    """Test a checkpoint that was trained elsewhere, and yield what happens: `Preparing`, then `Finished`.

    Raises:
        ValueError: If the data set cannot be loaded.
    """
    yield Preparing(f"Testing it on {TITLES[config.dataset]}")
    test, tested = _test(config, checkpoint, progress)
    yield Finished("done", f"Imported, not trained here. Test {test}.", test, tested)


def _describe_loading(config: TrainConfig) -> str:
    num = config.num_images or NUM_IMAGES["train"]
    if config.dataset == "strokes":
        return f"Drawing {num:,} built-in strokes"
    verb = "Loading" if has_files(config.dataset) else "Downloading"
    return f"{verb} {TITLES[config.dataset]}"


def _test(
    config: TrainConfig, checkpoint: Checkpoint, progress: Progress | None
) -> tuple[Evaluation, Checkpoint]:
    """Look at the test images once, and record what was seen in the checkpoint."""
    test = evaluate_network(checkpoint.network, load_dataset(config.dataset, "test", progress=progress))
    info = replace(
        checkpoint.info,
        dataset_sha256=checkpoint.info.dataset_sha256 or hash_dataset(config.dataset),
        test_loss=test.loss,
        test_accuracy=test.accuracy,
        num_test=test.num_images,
    )
    return test, Checkpoint(checkpoint.network, info)


def _finish_stopped(halt: Halt, last_good: Checkpoint | None) -> Finished:
    """End a training that was told to, without a look at the test images."""
    kept = (
        f"the checkpoint of epoch {last_good.info.epochs} is kept" if last_good else "no epoch had finished"
    )
    return Finished("stopped", f"{halt.reason}; {kept}.", None, last_good)


def _finish_diverged(
    config: TrainConfig,
    last_good: Checkpoint | None,
    epoch: int,
    step: int,
    progress: Progress | None,
) -> Finished:
    """End a training whose loss left the finite numbers, with the checkpoint of its last good epoch."""
    lower = config.learning_rate / 10
    message = (
        f"The training diverged in epoch {epoch}, step {step}: the loss became infinite or NaN. "
        f"A learning rate of {config.learning_rate:g} may be too high here; try {lower:g}. "
    )
    if last_good is None:
        return Finished("diverged", message + "No epoch had finished, so there is no checkpoint.", None, None)
    test, tested = _test(config, last_good, progress)
    kept = f"The checkpoint of {_count(last_good.info.epochs, 'finished epoch')} is kept. Test {test}."
    return Finished("diverged", message + kept, test, tested)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
