"""How numbers and bytes travel to the components' scripts: as JSON text, some at a byte a number."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def pack(answer: Mapping[str, Any] | Sequence[Any]) -> str:
    """Pack an answer for a component as JSON text: Gradio's page copies any other value entry by entry.

    Half a letter, a lone surrogate as a browser may send it, becomes a question mark: no answer can hold it.

    Raises:
        ValueError: If a number is not finite, which JSON has no word for.
    """
    text = json.dumps(answer, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() else text.encode(errors="replace").decode()


def quantise(values: NDArray[Any], scale: float, signed: bool) -> str:
    """Return values as base64 of one byte each.

    Args:
        values: Numbers, in memory order; infinity counts as the largest and NaN as 0.
        scale: The largest absolute value, which 0 leaves at 0.
        signed: Whether 1 to 255 stand for −scale to scale with 0 at 128, or 0 to 255 for 0 to scale.
    """
    finite = np.nan_to_num(values.astype(np.float64), nan=0.0, posinf=scale, neginf=-scale)
    shares = finite / scale if scale else np.zeros_like(finite)
    levels = 128 + 127 * shares if signed else 255 * shares
    return encode_bytes(np.rint(levels).astype(np.uint8).tobytes())


def find_scale(values: NDArray[Any]) -> float:
    """Return the largest absolute value, infinity and NaN left out."""
    return float(np.abs(values, where=np.isfinite(values), out=np.zeros_like(values)).max())


def encode_bytes(content: bytes) -> str:
    """Return bytes as base64 text."""
    return base64.b64encode(content).decode("ascii")
