"""The builder's value: the network that is built, and what keeps it from being the one on the screen."""

from __future__ import annotations

import json
from typing import Any

from models.networks.layers.exchange import SharedNetwork, read_network_text
from models.networks.layers.reader.program import MAX_TEXT

_LONGEST_MISTAKE = 500  # letters


def read_built(value: Any) -> SharedNetwork:
    """Read what the builder sends, unchecked.

    Raises:
        ValueError: If it is no network, or a field or the text holds what was not taken: the older network
            is not trained in its place.
    """
    try:
        built = json.loads(value) if isinstance(value, str) and len(value) <= MAX_TEXT else None
    except (ValueError, RecursionError):
        built = None  # which is said below
    if isinstance(built, dict) and built.get("mistake"):
        raise ValueError(str(built["mistake"])[:_LONGEST_MISTAKE])
    return read_network_text(value)
