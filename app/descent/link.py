"""The settings of a race as the query of a web address, for people to read, send and come back to."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from app.descent.race import OPENINGS
from app.descent.settings import RaceSettings, list_settings, list_settings_of

MAX_QUERY_LETTERS = 2000


def write_query(settings: RaceSettings) -> str:
    """Write the settings, such as `problem=valley&entries=adam:0.5,,,&steps=100`."""
    chosen = list_settings_of(settings.problem, type(settings))
    parts = {name: setting.write(getattr(settings, name)) for name, setting in chosen.items()}
    return urlencode({"problem": settings.problem} | parts, safe=":,")


def read_query(
    query: Mapping[str, str], openings: Mapping[str, RaceSettings] = OPENINGS
) -> RaceSettings | None:
    """Read settings from a query's names and values; what is missing is as at the problem's opening.

    Returns:
        The settings, or None where the query names no problem. Names that are not settings are ignored.

    Raises:
        ValueError: where a value cannot be read; the message says which.
    """
    problem = query.get("problem")
    if problem is None:
        return None
    list_settings()["problem"].check(problem)
    settings = openings[problem]
    for name, setting in list_settings_of(problem, type(settings)).items():
        if (text := query.get(name)) is None:
            continue
        if len(text) > MAX_QUERY_LETTERS:
            raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")
        settings = replace(settings, **{name: setting.parse(text)})
    return settings
