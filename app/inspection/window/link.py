"""The window's settings as the query of a web address, for people to read, send and come back to."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from app.inspection.window.image import write_grid
from app.inspection.window.setting import Setting, list_settings
from app.inspection.window.settings import IMAGES, WindowSettings

MAX_QUERY_LETTERS = 8000  # an upload of 64 × 64 has 5,500


def write_query(settings: WindowSettings) -> str:
    """Write the settings that differ from the opening, such as `picture=digit&kernel=sobel_x&padding=1`.

    A drawing is not among them: whoever opens the link sees their own, or is asked for one.
    """
    parts = {"picture": settings.picture}
    for name, setting in list_settings(type(settings)).items():
        value = getattr(settings, name)
        if value != setting.default and (setting.is_linked_idle or setting.is_needed(settings)):
            text = write_grid(value) if setting.is_matrix else value
            parts[name] = str(int(value)) if setting.kind == "flag" else str(text)
    return urlencode(parts, safe=":, ").replace(" ", "+")


def read_query(query: Mapping[str, str], opening: WindowSettings | None = None) -> WindowSettings | None:
    """Read settings from a query's names and values; what is missing is as at the opening.

    Returns:
        The settings, or None where the query names no image. Names that are not settings are ignored.

    Raises:
        ValueError: where a value cannot be read; the message says which.
    """
    opening = opening or WindowSettings()
    if "picture" not in query:
        return None
    if query["picture"] not in IMAGES:
        raise ValueError(f"picture is {query['picture'][:40]!r}: choose one of {', '.join(IMAGES)}.")
    table = list_settings(type(opening))
    return replace(
        opening, **{name: _read(name, query[name], table[name]) for name in table if name in query}
    )


def _read(name: str, text: str, setting: Setting) -> Any:
    if len(text) > MAX_QUERY_LETTERS:
        raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")
    if setting.kind == "flag":
        if text not in ("0", "1"):
            raise ValueError(f"{name} is {text[:40]!r}: give 1 for yes, 0 for no.")
        return text == "1"
    if setting.kind not in ("whole", "number"):
        return text.replace(",", " ") if setting.is_matrix else text  # in a link, no comma is a decimal one
    try:
        return int(text[:40]) if setting.kind == "whole" else float(text[:40])
    except ValueError as error:
        raise ValueError(f"{name} is {text[:40]!r}: give a number.") from error


def list_names() -> list[str]:
    """Return the names that a window's link may have."""
    return list(list_settings(WindowSettings))


def explain_unused(query: Mapping[str, str]) -> list[str]:
    """Say of a window's settings in a query that they are not used, in one sentence if they are not.

    A value that cannot be read is `read_query`'s to refuse.
    """
    named = [name for name in list_names() if name in query]
    if not named or "picture" in query:
        return []
    quoted = ", ".join(f"“{name}”" for name in named)
    counts = "counts" if len(named) == 1 else "count"
    return [
        f"{quoted} {counts} only together with a picture, as in picture=digit: the opening is shown instead."
    ]
