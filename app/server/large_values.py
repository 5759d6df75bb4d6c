"""Values with many parts: Gradio walks through each of them on the thread that serves everybody."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

_MANY = 2_000  # Gradio takes a hundredth of a second for so many


def list_parts(value: Any) -> Iterator[Any]:
    """Yield a value, and all that is in its lists and objects, names included; in no order."""
    rest = [value]
    while rest:
        part = rest.pop()
        yield part
        if isinstance(part, dict):
            rest.extend(part)
            rest.extend(part.values())
        elif isinstance(part, list | tuple):
            rest.extend(part)


def is_large(value: Any) -> bool:
    """Return whether a value has so many parts that nobody else should wait for a walk through them."""
    return any(True for _ in islice(list_parts(value), _MANY, _MANY + 1))
