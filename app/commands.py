"""What the commands of the command line do but serving: each `run_*` is one, and returns its exit status."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.options import check_beginning, check_out

if TYPE_CHECKING:
    from models.checkpoints.file import Checkpoint
    from models.training.events import Event

USER_ERROR = 2  # the exit status of a mistake


def run_train(options: argparse.Namespace) -> int:
    """Train a network with a progress bar, as a run that the page can show; Ctrl+C stops it cleanly."""
    from models.runs.control import create_run, prepare_resumption
    from models.runs.folder import describe_os_error
    from models.runs.owner import make_owner_key
    from models.runs.start import describe_run
    from models.training.config import describe_settings
    from models.training.recipes import name_config

    check_beginning(options)
    check_out(options.out)
    owner_key = "" if options.resume else make_owner_key()
    config, files = (None, {}) if options.resume else describe_run(options)
    try:
        if config:
            folder = create_run(config, files=files, owner_key=owner_key)
        else:
            folder = prepare_resumption(options.resume)
    except OSError as error:
        raise ValueError(f"{describe_os_error(error)}; nothing was started.") from error
    made = ""
    if config:
        made = f"Recipe {name_config(config)}: {describe_settings(config)}; seed {config.seed}."
    status = _execute(folder, owner_key, options.out, made)
    if status in ("stopped", "failed"):
        print(f"glassbox train --resume {folder.name} goes on from the last finished epoch.")
    return 0 if status == "done" else 1


def _execute(folder: Path, owner_key: str, out: Path | None, made: str = "") -> str:
    """Carry out what a run's folder describes, say where its checkpoint is, and return how it ended."""
    from models.checkpoints.file import write_atomically
    from models.runs.status import find_run_checkpoint

    print(f"Run {folder.name}. The page shows it under “Open a run by its id”.")
    if made:
        print(made)
    if owner_key:
        print(f"With its owner's key, {owner_key}, the page can also stop, rename and delete it.")
    status = _show_run(folder)
    path = find_run_checkpoint(folder.name)
    if path and out:
        write_atomically(out, path.read_bytes())
        print(f"Wrote {out}.")
    elif path:
        print(f"Its checkpoint is {path}; other commands know it as run:{folder.name}.")
    return status


def _show_run(folder: Path) -> str:
    """Train a run's folder behind a progress bar, and return the status that it ended with."""
    from tqdm import tqdm

    from models.runs.writer import execute_run
    from models.training.events import EpochEvent, Finished, Preparing, StepEvent

    with tqdm(unit="step", desc="Training", dynamic_ncols=True) as bar:

        def show(event: Event) -> None:
            if isinstance(event, Preparing):
                bar.set_postfix_str(event.message)
            elif isinstance(event, StepEvent):
                bar.total = event.num_steps
                bar.set_postfix_str(f"epoch {event.epoch}, loss {event.smoothed_loss:.4g}", refresh=False)
                bar.update(event.step - bar.n)
            elif isinstance(event, EpochEvent):
                bar.write(f"epoch {event.epoch}: loss {event.train_loss:.4g}; validation {event.validation}")
            elif isinstance(event, Finished):
                bar.write(event.message)

        return execute_run(folder, watch=show)


def run_import(options: argparse.Namespace) -> int:
    """Take weights that were trained elsewhere as a run, and test them."""
    from models.checkpoints.file import read_content
    from models.runs.control import create_run
    from models.runs.folder import describe_os_error
    from models.runs.importing import read_import
    from models.runs.owner import make_owner_key

    check_out(options.out)
    if not options.file.is_file():
        raise ValueError(f"There is no file {options.file}.")
    content = read_content(options.file)
    dataset = options.dataset or "mnist"
    brought = read_import(content, options.file.name, options.network, dataset, opens_pickles=True)
    if options.dataset and brought.config.dataset != options.dataset:
        raise ValueError(
            f"{options.file} says that it was trained on {brought.config.dataset}; leave out --dataset, or "
            f"measure it by glassbox evaluate {options.file} --dataset {options.dataset}."
        )
    owner_key = make_owner_key()
    try:
        folder = create_run(
            brought.config,
            name=brought.name,
            files=brought.files,
            owner_key=owner_key,
            imported=brought.imported,
        )
    except OSError as error:
        raise ValueError(f"{describe_os_error(error)}; nothing was imported.") from error
    return 0 if _execute(folder, owner_key, options.out) == "done" else 1


def run_evaluate(options: argparse.Namespace) -> int:
    """Measure checkpoints on a test set, on pen drawings or on images, and print how well they read them."""
    from models.checkpoints.file import load_checkpoint

    if sum(each is not None for each in (options.pen, options.images, options.dataset)) > 1:
        raise ValueError("Give one of --pen, --images and --dataset: they are measurements of their own.")
    if options.pen is None and options.seed is not None:
        raise ValueError("--seed places pen drawings on the pad; give it with --pen.")
    checkpoints = {name: load_checkpoint(find_file(name)) for name in options.checkpoints}
    digits = "the pen drawings" if options.pen else "the images given" if options.images else ""
    for checkpoint in checkpoints.values():
        _check_classes(checkpoint, options.dataset, digits)
    if options.pen or options.images:
        from app.reading_scores import print_image_scores, print_pen_scores

        for path in options.pen or []:
            print_pen_scores(checkpoints, path, options.seed or 0)
        for folder in options.images or []:
            print_image_scores(checkpoints, folder)
        return 0
    from app.ui.score_tables import describe_spread

    accuracies: dict[str, list[float]] = {}
    for name, checkpoint in checkpoints.items():
        dataset = options.dataset or checkpoint.info.dataset
        accuracy = _evaluate_on_images(checkpoint, dataset, _find_run_id(name))
        accuracies.setdefault(f"the test images of {dataset}", []).append(accuracy)
    for what, each in accuracies.items():
        if len(each) > 1:
            print(describe_spread(what, each))
    return 0


def _check_classes(checkpoint: Checkpoint, dataset: str | None, digits: str) -> None:
    """Refuse to measure by digits what has learned clothes, and the other way round: 9 is no ankle boot.

    Args:
        checkpoint: Whose answers are measured.
        dataset: By which data set; None for the one that it has learned.
        digits: What shows digits in the place of a data set, as a message names it; "" for nothing.
    """
    from models.data.datasets import check_dataset_name
    from models.data.names import shows_clothes

    learned = checkpoint.info.dataset
    measured = "mnist" if digits else dataset or learned
    if dataset is not None:
        check_dataset_name(dataset)
    if shows_clothes(measured) != shows_clothes(learned):
        kinds = ("clothes", "digits") if shows_clothes(learned) else ("digits", "clothes")
        where = digits or f"the images of {measured}"
        raise ValueError(f"This network has learned {kinds[0]}, and {where} show {kinds[1]}: choose others.")


def _find_run_id(checkpoint: str) -> str | None:
    """Return the ID of run:ID; None where a checkpoint is named otherwise."""
    from models.runs.library import RUN_PREFIX

    return checkpoint.removeprefix(RUN_PREFIX) if checkpoint.startswith(RUN_PREFIX) else None


def find_file(checkpoint: str) -> Path:
    """Return the file of a shipped name or of run:ID, or the path itself."""
    from models.checkpoints.file import find_checkpoint
    from models.runs.library import resolve_choice

    return find_checkpoint(checkpoint) if _find_run_id(checkpoint) is None else resolve_choice(checkpoint)


def _evaluate_on_images(checkpoint: Checkpoint, dataset: str, run_id: str | None) -> float:
    """Print how well a checkpoint reads a data set's test images, and return its accuracy."""
    from app.ui.score_tables import format_classes, format_confusion
    from models.checkpoints.evaluation import compute_class_accuracies, evaluate_network
    from models.data.datasets import load_dataset
    from models.data.names import name_classes
    from models.runs.folder import describe_os_error
    from models.runs.records import record_look

    result = evaluate_network(checkpoint.network, load_dataset(dataset, "test"))
    if run_id is not None:  # the page tells how often a run's test images were looked at
        try:
            record_look(run_id, dataset, result)
        except OSError as error:
            print(f"glassbox: {describe_os_error(error)}; this look is not counted.", file=sys.stderr)
    print(f"{checkpoint.info.network} on {result.num_images:,} test images of {dataset}: {result}")
    names = name_classes(dataset)
    print(f"\n{format_classes(compute_class_accuracies(result.confusion), names)}")
    print(f"\n{format_confusion(result.confusion, names)}")
    return result.accuracy


def run_calibrate(options: argparse.Namespace) -> int:
    """Fit the temperature of each checkpoint and write it, with what was measured, into the file's header."""
    from models.checkpoints.file import load_checkpoint, save_checkpoint
    from models.sketch.calibrated import calibrate_checkpoint, prepare_pen_digits
    from models.sketch.pen_files import load_pen_digits

    drawn = prepare_pen_digits(load_pen_digits(options.pen)) if options.pen else None
    for path in options.files:
        if not path.is_file():
            raise ValueError(f"There is no file {path}.")
        checkpoint = load_checkpoint(path)
        _check_classes(checkpoint, None, "the pen drawings" if options.pen else "")
        calibrated = calibrate_checkpoint(checkpoint, drawn)
        save_checkpoint(calibrated, path)
        info = calibrated.info
        print(
            f"{path.name}: temperature {info.temperature:.3f}, "
            f"calibration error {info.test_calibration_error:.4f}"
        )
        if info.drawn_accuracy is not None:
            print(
                f"  {info.num_drawn:,} drawings: {info.drawn_accuracy:.4f} from strokes, "
                f"{info.drawn_picture_accuracy:.4f} from images, "
                f"calibration error {info.drawn_calibration_error:.4f}"
            )
    return 0


def run_export(options: argparse.Namespace) -> int:
    """Write a checkpoint as an ONNX file; an earlier file is not overwritten."""
    from models.checkpoints.file import load_checkpoint, write_atomically
    from models.checkpoints.onnx_export import SUFFIX, check_exporter, export_onnx

    check_exporter()
    path = find_file(options.checkpoint)
    checkpoint = load_checkpoint(path)
    # Every run's file has the same name, and a run's id is a secret: it is named after its network.
    name = path.stem if _find_run_id(options.checkpoint) is None else checkpoint.info.network
    out = options.out or Path(f"{name}{SUFFIX}")
    check_out(out)
    write_atomically(out, export_onnx(checkpoint))
    print(f"Wrote {out}: images (N, 1, 28, 28) float32 in [0, 1] → logits and probabilities (N, 10).")
    return 0


def run_checkpoints(options: argparse.Namespace) -> int:
    """List the shipped checkpoints with what their headers record."""
    from models.checkpoints.file import list_checkpoints, read_info
    from models.networks.naming import title_network
    from models.training.recipes import name_recorded

    for name in list_checkpoints():
        info = read_info(name)
        title = title_network(info.network)
        accuracy = "not tested" if info.test_accuracy is None else f"test accuracy {info.test_accuracy:.4f}"
        recipe = f"{name_recorded(info)} recipe, seed {info.seed}"
        epochs = f"{info.epochs} epoch" + "s" * (info.epochs != 1)
        print(f"{name:17} {title:24} {accuracy}  {info.dataset}, {recipe}, {epochs}")
    return 0
