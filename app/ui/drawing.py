"""What the pad holds, as the browser sends it: pen strokes, or an image that was uploaded or pasted."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

import numpy.typing as npt

from models.sketch.digit import SketchDigit
from models.sketch.image import open_image
from models.sketch.input import prepare_image, prepare_strokes

PAD_SIZE_PX = 280  # of the pad's sides, whatever its size on the screen
MAX_IMAGE_BYTES = 3 * 2**20  # of the file; the pad makes larger ones smaller before it sends them


def read_drawing(drawing: Any, with_stages: bool = False, dataset: str = "mnist") -> SketchDigit:
    """Prepare what the pad holds for a network.

    Args:
        drawing: From a stranger, unchecked: `{"strokes": [[[x, y], …], …]}` in pad pixels, or
            `{"picture": "data:image/png;base64,…"}`, a file's content; an image counts before strokes.
        with_stages: Also return the stages on the way.
        dataset: What the network was trained on, as whose images the drawing is prepared.

    Raises:
        SketchRefused: If there is no digit to read; the message is for the learner.
        ValueError: If it is no such drawing; the message says what is wrong.
    """
    image = read_image(drawing)
    if image is not None:
        return prepare_image(image, dataset, with_stages)
    return prepare_strokes(drawing.get("strokes"), PAD_SIZE_PX, dataset, with_stages)


def read_image(drawing: Any) -> npt.NDArray[Any] | None:
    """Return the pixels of the image that the pad holds, or None where it holds strokes.

    Args:
        drawing: From a stranger, unchecked (see `read_drawing`).

    Raises:
        ValueError: If it is no drawing, or its image cannot be opened.
    """
    if not isinstance(drawing, dict):
        raise ValueError("The pad sent a request without a drawing.")
    image = drawing.get("picture")
    return None if image is None else open_image(io.BytesIO(_read_data_url(image)))


def _read_data_url(url: Any) -> bytes:
    """Return the bytes of a file that the browser has encoded as text."""
    if not isinstance(url, str) or not url.startswith("data:image/") or ";base64," not in url[:64]:
        raise ValueError("The file is not an image. Save it as PNG or JPEG and try again.")
    if len(url) > MAX_IMAGE_BYTES * 4 // 3 + 64:
        raise ValueError(f"The image file is larger than {MAX_IMAGE_BYTES // 2**20} MB. Make it smaller.")
    try:
        return base64.b64decode(url.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("The image did not arrive whole. Try again.") from None
