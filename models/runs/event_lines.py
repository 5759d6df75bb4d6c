"""The lines of a run's events: which of them are sound, so that whoever reads events may rely on them.

A full disk, a crash or an editor can leave anything in a file. A line counts where its kind is known and has
all its fields with values that can be shown; every other line is passed over, as if it were not there.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from models.networks.layers import NUM_CLASSES

_LARGEST_COUNT = 10**9
_LARGEST_NUMBER = 1e300  # NaN and infinity are not below it
_STATUSES = ("done", "diverged", "stopped", "failed")


def parse_lines(lines: Iterable[bytes]) -> list[dict[str, Any]]:
    """Return the events of lines, without those that are damaged."""
    return [event for line in lines if (event := parse_line(line)) is not None]


def parse_line(line: bytes) -> dict[str, Any] | None:
    """Return the event of a line; None for a damaged one."""
    try:
        event = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return None
    needed = _FIELDS.get(event["type"])
    return event if needed is not None and _has_fields(event, needed) else None


def is_text(value: object) -> bool:
    """Return whether a value is a text that can be written: half a letter, a lone surrogate, cannot."""
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= _LARGEST_NUMBER


def _is_share(value: object) -> bool:
    return _is_number(value) and 0 <= value <= 1  # type: ignore[operator]


def _is_seconds(value: object) -> bool:
    return _is_number(value) and 0 <= value <= _LARGEST_COUNT  # type: ignore[operator]


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST_COUNT


def _is_positive_count(value: object) -> bool:
    return _is_count(value) and value != 0


def _is_status(value: object) -> bool:
    return value in _STATUSES


def _is_confusion(value: object) -> bool:
    return _is_list_of_ten(value) and all(
        _is_list_of_ten(row) and all(_is_count(count) for count in row)
        for row in value  # type: ignore[attr-defined]
    )


def _is_list_of_ten(value: object) -> bool:
    return isinstance(value, list) and len(value) == NUM_CLASSES


def _is_test(value: object) -> bool:
    return value is None or (isinstance(value, dict) and _has_fields(value, _TEST))


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_size(value: object) -> bool:
    """Return whether it is a root mean square, which may have left the numbers."""
    return value in ("inf", "nan") or (_is_number(value) and value >= 0)  # type: ignore[operator]


def _is_size_or_none(value: object) -> bool:
    return value is None or _is_size(value)


def _is_count_or_none(value: object) -> bool:
    return value is None or _is_count(value)


def _is_activations(value: object) -> bool:
    return value is None or (isinstance(value, dict) and _has_only_fields(value, _ACTIVATIONS))


def _is_list_of_layers(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(layer, dict) and _has_only_fields(layer, _LAYER) for layer in value
    )


def _has_only_fields(values: Mapping[str, Any], needed: Mapping[str, Callable[[object], bool]]) -> bool:
    return values.keys() == needed.keys() and _has_fields(values, needed)


def _has_fields(values: Mapping[str, Any], needed: Mapping[str, Callable[[object], bool]]) -> bool:
    return all(name in values and is_sound(values[name]) for name, is_sound in needed.items())


_TEST = {
    "accuracy": _is_share,
    "low": _is_share,
    "high": _is_share,
    "loss": _is_number,
    "confusion": _is_confusion,
}
_ACTIVATIONS = {
    "kind": is_text,
    "num_units": _is_positive_count,
    "num_dead": _is_count_or_none,
    "num_saturated": _is_count_or_none,
    "spread": _is_size,
}
_LAYER = {
    "name": is_text,
    "kind": is_text,
    "num_units": _is_positive_count,
    "gradient": _is_size,
    "weight": _is_size,
    "update": _is_size_or_none,
    "has_equal_units": _is_switch,
    "activations": _is_activations,
}
# As `models.training.events.describe_event` writes them, and those of runs besides.
_FIELDS: dict[str, dict[str, Callable[[object], bool]]] = {
    "queued": {},
    "preparing": {"message": is_text},
    "started": {},
    "resumed": {"epoch": _is_count, "step": _is_count},
    "step": {
        "step": _is_positive_count,
        "num_steps": _is_positive_count,
        "epoch": _is_count,
        "loss": _is_number,
        "smoothed_loss": _is_number,
        "learning_rate": _is_number,
        "weight_norm": _is_number,
        "gradient_norm": _is_number,
        "images_per_second": _is_number,
        "seconds": _is_seconds,
    },
    "layers": {
        "step": _is_positive_count,
        "num_examples": _is_count,
        "sees_all": _is_switch,
        "layers": _is_list_of_layers,
    },
    "epoch": {
        "epoch": _is_count,
        "step": _is_positive_count,
        "train_loss": _is_number,
        "train_accuracy": _is_share,
        "validation_loss": _is_number,
        "validation_accuracy": _is_share,
        "seconds": _is_seconds,
    },
    "look": {"dataset": is_text, "accuracy": _is_share, "loss": _is_number},
    "ending": {"status": _is_status, "message": is_text, "test": _is_test},
}
