"""What a finished run got right and wrong on the test images, as the component `confusion` shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from app.runs.payloads import Absent, AnsweredImage, ClassResult, ConfusionCell, Results
from app.ui.numbers import format_number, write_percent
from app.ui.packing import encode_bytes
from models.checkpoints.evaluation import compute_interval
from models.data.datasets import load_gallery
from models.data.files import has_files
from models.data.names import TITLES, name_classes, shows_clothes
from models.networks.naming import title_network
from models.runs.records import Answers, load_test_images, read_answers, read_looks
from models.runs.status import EXAMPLE_RUN, LIVE_STATUSES, RunState, keep_known_runs, read_run
from models.training.config import TrainConfig
from models.training.recipes import name_config

MAX_IMAGES = 40
NUM_MISTAKES = 12

_WHY_LOOKS_MATTER = (
    "Whoever looks again and again and keeps the best score keeps some luck with it, and the score is a "
    "little too good. Choose by the validation accuracy, and look at the test images once, at the end."
)


def title_training(run: RunState) -> str:
    """Say what is trained on what."""
    return f"{title_network(run.config['network'])} on {TITLES[run.config['dataset']]}"


def title_run(run: RunState) -> str:
    """Say what is trained on what, after the name that its visitor gave it."""
    name = "Example" if run.run_id == EXAMPLE_RUN else run.name
    return f"{name}: {title_training(run)}" if name else title_training(run)


def show_results(run_id: Any, known: Any = None) -> Results | Absent:
    """Lay out a run's results on the test images.

    Args:
        run_id: The run, unchecked.
        known: Ids of the visitor's runs, unchecked; their looks at the same images are counted.

    Returns:
        What `app.runs.components.confusion` takes; with `absent`, a sentence, where there is no result.

    Raises:
        ValueError: If there is no such run.
    """
    run = read_run(run_id)
    if run.test is None:
        return {"id": run_id, "absent": _explain_absence(run)}
    dataset = run.config["dataset"]
    confusion = np.array(run.test["confusion"])  # (10, 10), row = shown, column = answered
    answers = read_answers(run_id)
    test, num = run.test, int(confusion.sum())
    return {
        "id": run_id,
        "title": f"{title_run(run)} ({name_config(TrainConfig(**run.config))})",
        "accuracy": write_percent(test["accuracy"], 2),
        "accuracy_title": f"{confusion.trace():,} of {num:,} images",
        "score": f"of {num:,} test images read correctly · 95% interval {write_percent(test['low'], 2)} to "
        f"{write_percent(test['high'], 2)} · loss {format_number(test['loss'])} nats",
        "meaning": (
            f"The interval says how far the luck of these {num:,} images reaches: intervals made in this "
            "way hold the accuracy on all images of the kind 95 times in 100."
        ),
        "looks": _describe_looks(run, known),
        "classes": name_classes(dataset),
        "is_digits": not shows_clothes(dataset),
        "matrix": confusion.tolist(),
        "most": int((confusion - np.diag(confusion.diagonal())).max()),
        "per_class": _show_classes(confusion),
        "mistakes": _show_mistakes(answers),
        "has_answers": answers is not None,
    }


def show_cell(run_id: Any, row: Any, column: Any) -> ConfusionCell:
    """Lay out the images of one cell of the matrix: those that show `row` and were read as `column`.

    Raises:
        ValueError: If there is no such run or cell, or its images are not on this machine.
    """
    answers = read_answers(run_id)
    if answers is None:
        raise ValueError("This run has kept no answers, only their counts. A new run keeps them.")
    for label in (row, column):
        if type(label) is not int or not 0 <= label <= 9:
            raise ValueError(f"There is no cell {row!r:.20}, {column!r:.20}: rows and columns are 0 to 9.")
    names = name_classes(answers.dataset)
    found = np.flatnonzero((answers.labels == row) & (answers.answers == column))
    order = np.argsort(answers.confidences[found], kind="stable")  # least confident first
    is_right = row == column
    shown = found[order if is_right else order[::-1]][:MAX_IMAGES]
    return {
        "title": _title_cell(names, row, column),
        "text": _describe_cell(len(found), len(shown), is_right),
        "images": _show_images(answers, shown),
    }


def _explain_absence(run: RunState) -> str:
    if run.status in LIVE_STATUSES:
        return (
            "The test images are looked at once, when the training has ended. Until then, the validation "
            "images tell how it goes."
        )
    return "This run ended without a look at the test images, so there is no result on them."


def _describe_looks(run: RunState, known: Any) -> str:
    dataset = run.config["dataset"]
    own = {*keep_known_runs(known), run.run_id} - {EXAMPLE_RUN}
    total = read_looks(sorted(own), dataset)
    if run.run_id == EXAMPLE_RUN:
        text = f"This example has looked at the test images {_count_times(run.num_looks)}"
        text += f", your runs on {TITLES[dataset]} {_count_times(total)}." if total else "."
    else:
        text = f"This run has looked at the test images {_count_times(run.num_looks)}"
        is_more = total > run.num_looks
        text += f"; your runs on {TITLES[dataset]}, {_count_times(total)} together." if is_more else "."
    return f"{text} {_WHY_LOOKS_MATTER}" if max(total, run.num_looks) > 1 else text


def _count_times(num: int) -> str:
    return {0: "not yet", 1: "once", 2: "twice"}.get(num, f"{num:,} times")


def _show_classes(confusion: np.ndarray) -> list[ClassResult]:
    """Return, for each label, the share of its images that was misread, with its interval."""
    rows: list[ClassResult] = []
    for label, counts in enumerate(confusion):
        num, right = int(counts.sum()), int(counts[label])
        if not num:
            rows.append({"accuracy": "–", "misread": 0, "low": 0, "high": 0, "text": "no image"})
            continue
        low, high = compute_interval(num - right, num)
        misread, *interval = (write_percent(share, 2) for share in ((num - right) / num, low, high))
        rows.append(
            {
                "accuracy": write_percent(right / num, 2),
                "misread": (num - right) / num,
                "low": low,
                "high": high,
                "text": f"{num - right:,} of {num:,}",
                "title": f"{misread} misread, 95% interval {' to '.join(interval)}",
            }
        )
    return rows


def _show_mistakes(answers: Answers | None) -> list[AnsweredImage]:
    """Return the mistakes in which the network was most confident; none where the images are not at hand."""
    if answers is None:
        return []
    wrong = np.flatnonzero(answers.labels != answers.answers)
    chosen = wrong[np.argsort(-answers.confidences[wrong], kind="stable")][:NUM_MISTAKES]
    try:
        return _show_images(answers, chosen)
    except ValueError:
        return []


def _show_images(answers: Answers, indices: np.ndarray) -> list[AnsweredImage]:
    if not len(indices):
        return []
    if not has_files(answers.dataset):  # whoever looks at a run starts no download
        raise ValueError(f"{TITLES[answers.dataset]} is not on this machine, so its images cannot be shown.")
    images = load_test_images(answers.dataset, indices.tolist())
    names = name_classes(answers.dataset)
    return [
        {
            "index": int(index),
            "pixels": encode_bytes(image.tobytes()),
            "shown": names[answers.labels[index]],
            "answered": names[answers.answers[index]],
            "confidence": write_percent(float(answers.confidences[index])),
            "title": f"No. {index:,} of the test images; the answer's probability is "
            f"{format_number(float(answers.confidences[index]))}",
            "link": _write_link(answers.dataset, int(index)),
        }
        for index, image in zip(indices, images, strict=True)
    ]


def _write_link(dataset: str, index: int) -> str:
    """Return an address that opens the image in the conv & pool tab; empty if that tab has not got it."""
    if dataset != ("mnist" if has_files("mnist") else "strokes") or index >= len(load_gallery("test").labels):
        return ""
    return f"?tab=inspection&picture=digit&index={index}"


def _title_cell(names: tuple[str, ...], row: int, column: int) -> str:
    if row == column:
        return f"{names[row]}, read correctly"
    return f"{names[row]}, read as {names[column]}"


def _describe_cell(num: int, num_shown: int, is_right: bool) -> str:
    if not num:
        return "No test image is here."
    first = "the least confident first" if is_right else "the most confident first"
    if num == 1:
        return "1 image."
    return f"{num:,} images, {first}." if num == num_shown else f"{num_shown} of {num:,} images, {first}."
