"""How a run learned, epoch by epoch, as the component `learning` shows it: an image's answers, filters."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from app.runs.payloads import Absent, EpochAnswers, Epochs, SameEpochs, UnitWeights
from app.runs.results import title_run
from app.ui.digits import DRAWING, take_digit
from app.ui.numbers import format_number, write_percent
from app.ui.packing import encode_bytes, find_scale, quantise
from models.data.datasets import Gallery, load_dataset
from models.data.files import has_files
from models.data.names import TITLES, name_classes, shows_clothes
from models.networks.architecture import read_architecture
from models.runs.records import (
    Snapshot,
    find_snapshots,
    list_snapshots,
    predict_over_epochs,
    read_first_layer,
)
from models.runs.status import LIVE_STATUSES, RunState, read_run

NUM_STROKES = 1_000  # of the built-in test images; all of them would take a minute to draw


def show_epochs(run_id: Any, num_known: Any = None) -> Epochs | SameEpochs | Absent:
    """Lay out a run's epochs and the weights of its first layer after each of them.

    Args:
        run_id: The run, unchecked.
        num_known: How many epochs' weights the browser has already, unchecked.

    Returns:
        What the component `epochs` takes; only `is_same` and `is_live` where there are no more epochs, and
        with `absent`, a sentence, where no weights are kept.

    Raises:
        ValueError: If there is no such run, or a file is damaged.
    """
    run = read_run(run_id)
    is_live = run.status in LIVE_STATUSES
    same: SameEpochs = {"id": run_id, "is_live": is_live, "is_same": True}
    # Asked every other second while the run trains: no file is opened for that.
    if num_known and len(find_snapshots(run_id)) == num_known:
        return same
    snapshots = list_snapshots(run_id)
    if snapshots and len(snapshots) == num_known:
        return same
    if not snapshots:
        return {"id": run_id, "is_live": is_live, "absent": _explain_absence(run)}
    weights = read_first_layer(run_id)  # (E, F, h, w)
    weights, snapshots = (
        weights[: len(snapshots)],
        snapshots[: len(weights)],
    )  # a live run may be a file further
    scale = find_scale(weights)
    _, count, rows, columns = weights.shape
    return {
        "id": run_id,
        "is_live": is_live,
        "title": title_run(run),
        "epochs": [{"label": label_epoch(snapshot), "step": snapshot.step} for snapshot in snapshots],
        "classes": name_classes(run.config["dataset"]),
        "last_index": len(_load_images(run.config["dataset"]).labels) - 1,
        "layer": _describe_layer(run, count, rows, columns),
        "count": count,
        "rows": rows,
        "columns": columns,
        "scale_text": format_number(scale),
        "frames": [quantise(frame, scale, signed=True) for frame in weights],
    }


def show_answers(run_id: Any, index: Any, drawing: Any) -> EpochAnswers:
    """Lay out what the network answered to one image after each epoch.

    Args:
        run_id: The run, unchecked.
        index: Number of a test image of the run's data set, unchecked; ignored where there is a drawing.
        drawing: The sketchpad's value, unchecked; None for a test image.

    Raises:
        ValueError: If there is no such run or image, or nothing readable has been drawn.
    """
    run = read_run(run_id)
    dataset = run.config["dataset"]
    names = name_classes(dataset)
    if drawing is not None:
        image, _ = take_digit(DRAWING, None, drawing, dataset)
        caption, label = "Your drawing", None
    else:
        gallery = _load_images(dataset)
        last = len(gallery.labels) - 1
        if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index <= last:
            raise ValueError(f"Image {index!s:.20}: enter a whole number from 0 to {last:,}.")
        image, label = gallery.images[index].astype(np.float32) / 255, int(gallery.labels[index])
        caption = f"No. {index:,} of the {gallery.name}: {names[label]}"
        if shows_clothes(dataset) and not has_files(dataset):  # a digit stands in for clothes
            caption, label = f"No. {index:,} of the {gallery.name}: {label}", None
    probabilities = predict_over_epochs(run_id, image)  # (E, 10)
    if not np.isfinite(probabilities).all():
        raise ValueError("This run's weights have left the range of float32. Choose another run.")
    snapshots = list_snapshots(run_id)[: len(probabilities)]
    return {
        "id": run_id,
        "image": encode_bytes(np.rint(255 * image).astype(np.uint8).tobytes()),
        "caption": caption,
        "frames": [
            {
                "verdict": _state_verdict(snapshot, row, names, label),
                "shares": [round(float(share), 4) for share in row],
                "texts": [write_percent(float(share)) for share in row],
                "titles": [str(float(share)) for share in row],
            }
            for snapshot, row in zip(snapshots, probabilities, strict=False)
        ],
    }


def show_unit(run_id: Any, unit: Any) -> UnitWeights:
    """Return one unit's weights after every epoch in full: base64 of (E, h, w) float32.

    Raises:
        ValueError: If there is no such run or unit.
    """
    weights = read_first_layer(run_id)
    if isinstance(unit, bool) or not isinstance(unit, int) or not 0 <= unit < weights.shape[1]:
        raise ValueError(f"There is no unit {unit!r:.20}: they are 0 to {weights.shape[1] - 1}.")
    values = np.ascontiguousarray(weights[:, unit], dtype="<f4")
    return {"unit": unit, "values": encode_bytes(values.tobytes())}


def label_epoch(snapshot: Snapshot) -> str:
    """Write when weights were kept: "before training", "after epoch 2"."""
    return f"after epoch {snapshot.epoch}" if snapshot.step else "before training"


@lru_cache(maxsize=3)
def _load_gallery(dataset: str) -> Gallery:
    chosen = load_dataset(dataset, "test", NUM_STROKES if dataset == "strokes" else None)
    images, labels = chosen.images[:, 0].numpy(), chosen.labels.numpy()
    images.flags.writeable = labels.flags.writeable = False
    return Gallery(f"{TITLES[dataset]} test images", images, labels)


def _load_images(dataset: str) -> Gallery:
    """Return the test images of a data set, or built-in strokes where it would have to be downloaded."""
    return _load_gallery(dataset if has_files(dataset) else "strokes")


def _explain_absence(run: RunState) -> str:
    if run.status in LIVE_STATUSES:
        return "The weights are kept before the first epoch and after each one: the first are on their way."
    if run.imported:
        return "Imported weights come as they are, without those of their epochs."
    return "This run has kept no weights by epoch. A new run keeps them."


def _describe_layer(run: RunState, count: int, rows: int, columns: int) -> str:
    """Say what the first layer's maps are."""
    layers = read_architecture(run.config["network"]).layers
    layer = next(layer for layer in layers if layer.kind in ("Conv2d", "Linear"))
    if layer.kind == "Conv2d":
        return f"The {count} filters of the first layer, {rows} × {columns} weights each"
    num = layer.output_shape[0]
    if num == count:
        units = f"The {count} units of the only layer, one a class"
    else:
        units = f"The first {count} of {num} units of the first layer"
    return f"{units}: a weight for each of the {rows} × {columns} pixels"


def _state_verdict(snapshot: Snapshot, row: np.ndarray, names: tuple[str, ...], label: int | None) -> str:
    answer = int(row.argmax())
    when = label_epoch(snapshot).capitalize()
    text = f"{when} it answers {names[answer]}, {write_percent(float(row[answer]))} confident"
    if label is None:
        return f"{text}."
    return f"{text}: right." if answer == label else f"{text}: wrong, it is {names[label]}."
