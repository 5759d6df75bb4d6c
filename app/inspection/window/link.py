"""The window's settings as the query of a web address, for people to read, send and come back to."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from urllib.parse import urlencode

from app.inspection.window.settings import PICTURES, WindowSettings

MAX_QUERY_LETTERS = 8000  # an upload of 64 × 64 has 5,500


def write_query(settings: WindowSettings) -> str:
    """Write the settings that differ from the opening, such as `picture=digit&kernel=sobel_x&padding=1`.

    A drawing is not among them: whoever opens the link sees their own, or is asked for one.
    """
    opening = WindowSettings()
    parts = {"picture": settings.picture}
    for field in fields(settings):
        value = getattr(settings, field.name)
        is_idle = (field.name == "upload" and settings.picture != "upload") or (
            field.name == "grid" and settings.picture != "grid"
        )
        if value != getattr(opening, field.name) and not is_idle:
            parts[field.name] = str(int(value)) if isinstance(value, bool) else str(value)
    return urlencode(parts, safe=":, ").replace(" ", "+")


def read_query(query: Mapping[str, str]) -> WindowSettings | None:
    """Read settings from a query's names and values; what is missing is as at the opening.

    Returns:
        The settings, or None where the query names no picture. Names that are not settings are ignored.

    Raises:
        ValueError: where a value cannot be read; the message says which.
    """
    if "picture" not in query:
        return None
    if query["picture"] not in PICTURES:
        raise ValueError(f"picture is {query['picture'][:40]!r}: choose one of {', '.join(PICTURES)}.")
    changes = {
        field.name: _read(field.name, query[field.name], field.default)
        for field in fields(WindowSettings)
        if field.name in query
    }
    return replace(WindowSettings(), **changes)


def _read(name: str, text: str, default: Any) -> Any:
    if len(text) > MAX_QUERY_LETTERS:
        raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")
    if isinstance(default, bool):
        return text == "1"
    try:
        return type(default)(text[:40]) if isinstance(default, int | float) else text
    except ValueError as error:
        raise ValueError(f"{name} is {text[:40]!r}: give a number.") from error
