"""The settings of a race as the query of a web address, for people to read, send and come back to."""

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from app.descent.race import OPENINGS
from app.descent.setting_kinds import NUM_SLOTS
from app.descent.settings import PROBLEM_TITLES, RaceSettings, list_settings, list_settings_of

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
        if (text := query.get(name, query.get(setting.follows))) is None:
            continue
        if len(text) > MAX_QUERY_LETTERS:
            raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")
        settings = replace(settings, **{name: setting.parse(text)})
    return settings


def list_names() -> list[str]:
    """Return the names that a race's link may have."""
    return list(list_settings())


def explain_unused(query: Mapping[str, str]) -> list[str]:
    """Say of a race's settings in a query which of them are not used, in a sentence each.

    A value that cannot be read is `read_query`'s to refuse.
    """
    named = [name for name in query if name in list_settings() and name != "problem"]
    problem = query.get("problem")
    if problem is None:
        quoted = ", ".join(f"“{name}”" for name in named)
        counts = "counts" if len(named) == 1 else "count"
        opening = "together with a problem, as in problem=toy: the opening is shown instead."
        return [f"{quoted} {counts} only {opening}"] if named else []
    if problem not in PROBLEM_TITLES:
        return []
    told = [
        f"“{name}” is no setting of “{PROBLEM_TITLES[problem]}” and is left out."
        for name in named
        if name not in list_settings_of(problem)
    ]
    if any(query.get("entries", "").split(",")[NUM_SLOTS:]):
        told.append(f"Of the optimizers in “entries” the first {NUM_SLOTS} race.")
    return told
