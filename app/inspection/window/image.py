"""Images and kernels as people give them to the window: typed in, or uploaded."""

import base64
import binascii
import io
from typing import Any

import numpy as np

from app.ui.field_errors import MissingImageError
from app.ui.numbers import read_numbers
from app.ui.packing import encode_bytes
from models.inspection.window import check_matrix
from models.sketch.image import open_image, read_light, shrink_image
from models.values import Floats

MAX_SHOWN_PX = 64  # the side of an upload as it is shown, so that each pixel can be seen


def read_grid(text: Any, name: str, max_side: int) -> Floats:
    """Read rows of numbers, one row a line, each as `read_numbers` reads it: (H, W).

    Raises:
        ValueError: where a row cannot be read, or the rows are not of one length; the message says where.
    """
    lines = [line for line in str(text)[:20_000].splitlines() if line.strip()]
    rows: list[tuple[float, ...]] = []
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(read_numbers(line))
        except ValueError as mistake:
            raise ValueError(f"{name}, row {number}: {mistake}") from mistake
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(
                f"{name} has {len(rows[-1])} numbers in row {number} and {len(rows[0])} in row 1: "
                "give every row the same length."
            )
    if not rows:
        raise ValueError(f"{name} is empty: write one row a line, with spaces between the numbers.")
    return check_matrix(rows, name, max_side)


def write_grid(text: str) -> str:
    """Write rows of numbers as every reader reads them: points and spaces; what cannot be read stays."""
    try:
        return "\n".join(" ".join(f"{value!r}" for value in read_numbers(line)) for line in text.splitlines())
    except ValueError:
        return text


def pack_upload(file: object) -> str:
    """Read an image file's bytes, unchecked, as grey values for the window, at most 64 px a side.

    Returns:
        "height width base64", one byte a pixel: 255 for black, as ink in the data sets.

    Raises:
        ValueError: where it is no image, damaged, or too large; the message says what to do.
    """
    if not isinstance(file, bytes):
        raise ValueError("Nothing has been uploaded: choose an image file.")
    light = read_light(open_image(io.BytesIO(file)))
    dark = 1 - shrink_image(light, MAX_SHOWN_PX)
    check_matrix(dark, "The upload", MAX_SHOWN_PX)
    pixels = np.round(255 * dark).astype(np.uint8)
    return f"{pixels.shape[0]} {pixels.shape[1]} {encode_bytes(pixels.tobytes())}"


def unpack_upload(text: str) -> Floats:
    """Return the image (H, W) in [0, 1] that `pack_upload` packed.

    Raises:
        MissingImageError: where nothing has been uploaded yet.
        ValueError: where the text is damaged.
    """
    if not text:
        raise MissingImageError(
            "There is no upload yet: choose an image file, PNG or JPEG, up to 4096 px a side."
        )
    try:
        height, width, packed = str(text).split(" ")
        pixels = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.uint8)
        image = pixels.reshape(int(height), int(width)) / 255
    except (ValueError, binascii.Error) as error:
        raise ValueError("The upload is damaged: choose the image file again.") from error
    return check_matrix(image, "The upload", MAX_SHOWN_PX)
