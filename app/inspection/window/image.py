"""Images and kernels as people give them to the window: typed in, or uploaded."""

import base64
import binascii
import re
from pathlib import Path
from typing import Any

import numpy as np

from app.ui.packing import encode_bytes
from models.inspection.window import check_matrix
from models.sketch.image import find_ink, open_image, shrink_image
from models.values import Floats

MAX_SHOWN_PX = 64  # the side of an upload as it is shown, so that each pixel can be seen


def read_grid(text: Any, name: str, max_side: int) -> Floats:
    """Read rows of numbers, one row a line, separated by spaces, commas or tabs: (H, W).

    Raises:
        ValueError: where a cell is not a number, or the rows are not of one length; the message says where.
    """
    lines = [line for line in str(text)[:20_000].replace("−", "-").splitlines() if line.strip()]
    rows = []
    for number, line in enumerate(lines, start=1):
        cells = [cell for cell in re.split(r"[,;\s]+", line.strip()) if cell]
        try:
            rows.append([float(cell) for cell in cells])
        except ValueError as error:
            wrong = str(error).rpartition(": ")[2]
            raise ValueError(
                f"{name} has {wrong[:40]} in row {number}, which is not a number: write one row a line, with "
                "spaces between the numbers, such as 0 0.5 -1."
            ) from error
        if len(rows[-1]) != len(rows[0]):
            raise ValueError(
                f"{name} has {len(rows[-1])} numbers in row {number} and {len(rows[0])} in row 1: "
                "give every row the same length."
            )
    if not rows:
        raise ValueError(f"{name} is empty: write one row a line, with spaces between the numbers.")
    return check_matrix(rows, name, max_side)


def pack_upload(path: object) -> str:
    """Read an image file, its path unchecked, as grey values for the window, at most 64 px a side.

    Returns:
        "height width base64", one byte a pixel: 255 for black, as ink in the data sets.

    Raises:
        ValueError: where it is no image, damaged, or too large; the message says what to do.
    """
    if not isinstance(path, str | Path):
        raise ValueError("Nothing has been uploaded: choose an image file.")
    light, _, _ = find_ink(open_image(path))
    dark = 1 - shrink_image(light, MAX_SHOWN_PX)
    check_matrix(dark, "The upload", MAX_SHOWN_PX)
    pixels = np.round(255 * dark).astype(np.uint8)
    return f"{pixels.shape[0]} {pixels.shape[1]} {encode_bytes(pixels.tobytes())}"


def unpack_upload(text: str) -> Floats:
    """Return the image (H, W) in [0, 1] that `pack_upload` packed.

    Raises:
        ValueError: where nothing has been uploaded, or the text is damaged.
    """
    if not text:
        raise ValueError("There is no upload yet: choose an image file, PNG or JPEG, up to 4096 px a side.")
    try:
        height, width, packed = str(text).split(" ")
        pixels = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.uint8)
        image = pixels.reshape(int(height), int(width)) / 255
    except (ValueError, binascii.Error) as error:
        raise ValueError("The upload is damaged: choose the image file again.") from error
    return check_matrix(image, "The upload", MAX_SHOWN_PX)
