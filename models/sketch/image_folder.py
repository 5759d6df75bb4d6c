"""Labelled images of digits in folders, to measure with: each lies in a folder that is named after its digit.

`photos/7/a.jpg` shows a 7, and so does `photos/anna/7/b.png`, whose source is `anna`. Nothing is trained on
them. Shapes: N images.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from models.data.names import DIGITS
from models.sketch.evaluation import PreparedInputs
from models.sketch.image import SUFFIXES, open_image
from models.sketch.preparation import digit_from_image


@dataclass(frozen=True)
class LabelledImage:
    """A file that shows a digit.

    Attributes:
        path: Where it lies.
        label: The digit.
        source: The folder above its digit's, from the measured folder on, as in "anna/pencil"; None where the
            digit's folder lies in the measured one itself.
    """

    path: Path
    label: int
    source: str | None


class FoundImages(NamedTuple):
    """What lies in the folders 0 to 9.

    Attributes:
        images: The files that are measured.
        left_out: The others, which are no images that can be read; hidden files are in neither.
    """

    images: list[LabelledImage]
    left_out: list[Path]


class PreparedImages(NamedTuple):
    """Image files as a network is given them.

    Attributes:
        inputs: The networks' inputs, in the order of the files.
        reasons: (N,) why each was refused, "" where it was not.
    """

    inputs: PreparedInputs
    reasons: list[str]


def find_labelled_images(folder: Path) -> FoundImages:
    """Return the images that lie in folders named 0 to 9, at any depth, by their paths.

    Raises:
        ValueError: If there is no such folder, or no such image in it.
        OSError: If a folder may not be read.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder. Name one that holds images in folders 0 to 9.")
    images, left_out = [], []
    for path in sorted(folder.rglob("*")):
        digit_folder = path.parent
        is_labelled = digit_folder != folder and digit_folder.name in DIGITS
        if not is_labelled or path.name.startswith(".") or not path.is_file():
            continue
        if path.suffix.lower() in SUFFIXES:
            source = digit_folder.parent.relative_to(folder).as_posix()
            images.append(LabelledImage(path, int(digit_folder.name), None if source == "." else source))
        else:
            left_out.append(path)
    if not images:
        raise ValueError(
            f"{folder} holds no image in a folder that is named after its digit, as in {folder}/7/photo.jpg. "
            f"Files are read that end in {', '.join(SUFFIXES)}."
        )
    return FoundImages(images, left_out)


def prepare_images(
    images: Sequence[LabelledImage], progress: Callable[[int, int], None] | None = None
) -> PreparedImages:
    """Prepare image files by the very code that the sketchpad uses.

    A file that cannot be opened counts as one that is refused, as its owner would be told on the page.

    Args:
        images: The files.
        progress: Called as `progress(done, all)` after every file.
    """
    pixels = np.zeros((len(images), 28, 28), np.float32)
    is_read, is_doubted = np.zeros((2, len(images)), bool)
    reasons = [""] * len(images)
    for i, image in enumerate(images):
        try:
            sketch = digit_from_image(open_image(image.path), with_stages=False)
            pixels[i], is_read[i], is_doubted[i] = sketch.image, True, sketch.doubt is not None
        except ValueError as refusal:
            reasons[i] = str(refusal)
        if progress is not None:
            progress(i + 1, len(images))
    return PreparedImages(PreparedInputs(pixels, is_read, is_doubted), reasons)
