"""The digits that the page looks at: one of a data set by its number, or the visitor's own drawing."""

from typing import Any

import numpy as np

from app.ui.drawing import read_drawing
from app.ui.field_errors import FieldError, MissingImageError
from models.data.datasets import load_gallery
from models.values import Floats

TEST, TRAIN, DRAWING = "test", "train", "drawing"
_MAX_INDEX_LETTERS = 20


def list_sources() -> list[tuple[str, str]]:
    """List where a digit may come from, each as (what a learner reads, the value)."""
    test = load_gallery(TEST).name  # the training set is read when somebody asks for it
    return [(test, TEST), (test.replace("test set", "training set"), TRAIN), ("My last drawing", DRAWING)]


def read_index(text: str, name: str = "index") -> int:
    """Read the number of an image, or of something else by its name, in a link.

    Raises:
        ValueError: where it is no whole number.
    """
    try:
        return int(text[:_MAX_INDEX_LETTERS])
    except ValueError as error:
        raise ValueError(f"{name} is {text[:_MAX_INDEX_LETTERS]!r}: give a whole number.") from error


def take_digit(source: Any, index: Any, drawing: Any, dataset: str = "mnist") -> tuple[Floats, str]:
    """Return the chosen image and what it shows.

    Args:
        source: TEST, TRAIN or DRAWING.
        index: Its number in the data set, from 0.
        drawing: The sketchpad's value, strokes or an image (see `app.ui.drawing`), unchecked.
        dataset: As whose images a drawing is prepared (see `models.sketch.input`).

    Returns:
        The image (28, 28) in [0, 1], and "a 7" or "yours".

    Raises:
        MissingImageError: where nothing has been drawn yet.
        FieldError: where there is no such "source", or no image of this "index".
        ValueError: where what was drawn cannot be read.
    """
    if source == DRAWING:
        if not isinstance(drawing, dict) or not (drawing.get("strokes") or drawing.get("picture")):
            raise MissingImageError(
                "There is no drawing yet: draw a digit on the sketchpad, or choose an image."
            )
        return read_drawing(drawing, dataset=dataset).image.astype(np.float64), "yours"
    if source not in (TEST, TRAIN):
        raise FieldError(
            f"The image comes from {source!r:.40}: choose one of {TEST}, {TRAIN}, {DRAWING}.", "source"
        )
    gallery = load_gallery(source)
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(gallery.images):
        last = len(gallery.images) - 1
        raise FieldError(f"Image {index!s:.40}: enter a whole number from 0 to {last:,}.", "index")
    pixels = gallery.images[index].astype(np.float32) / 255  # float32, as ToTensor() gives
    return pixels.astype(np.float64), f"a {gallery.labels[index]}"
