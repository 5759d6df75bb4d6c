"""The settings of a race as the query of a web address, for people to read, send and come back to."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from app.descent.race import (
    NUM_SLOTS,
    OPENINGS,
    PROBLEM_TITLES,
    Entry,
    Pair,
    RaceSettings,
    list_own_settings,
    read_numbers,
    write_numbers,
)

_ALL = ("entries", "steps", "momentum", "dtype")
MAX_QUERY_LETTERS = 2000


def write_query(settings: RaceSettings) -> str:
    """Write the settings, such as `problem=valley&entries=adam:0.5,,,&steps=100`."""
    names = (*_ALL, *list_own_settings(settings.problem))
    parts = {"problem": settings.problem} | {name: _write(settings, name) for name in names}
    return urlencode(parts, safe=":,")


def read_query(query: Mapping[str, str]) -> RaceSettings | None:
    """Read settings from a query's names and values; what is missing is as at the problem's opening.

    Returns:
        The settings, or None where the query names no problem. Names that are not settings are ignored.

    Raises:
        ValueError: where a value cannot be read; the message says which.
    """
    problem = query.get("problem")
    if problem is None:
        return None
    if problem not in PROBLEM_TITLES:
        raise ValueError(f"The problem is {problem[:40]!r}: choose one of {', '.join(PROBLEM_TITLES)}.")
    settings = OPENINGS[problem]
    for name in (*_ALL, *list_own_settings(problem)):
        if (text := query.get(name)) is None:
            continue
        if len(text) > MAX_QUERY_LETTERS:
            raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")
        settings = replace(settings, **{name: _READERS[name](text)})
    return settings


def _write(settings: RaceSettings, name: str) -> str:
    value = getattr(settings, name)
    if name == "entries":
        return ",".join(f"{entry[0]}:{entry[1]!r}" if entry else "" for entry in value)
    if name == "points":
        return ",".join(f"{x!r}:{y!r}" for x, y in value)
    if isinstance(value, tuple):
        return write_numbers(value).replace(" ", "")
    return str(value)


def _read_entries(text: str) -> tuple[Entry | None, ...]:
    parts = [part.partition(":") for part in text.split(",")]
    entries = [(name, _read_number(lr)) if name else None for name, _, lr in parts[:NUM_SLOTS]]
    return tuple(entries + [None] * (NUM_SLOTS - len(entries)))


def _read_points(text: str) -> tuple[Pair, ...]:
    return tuple(
        (_read_number(x), _read_number(y)) for x, _, y in (part.partition(":") for part in text.split(","))
    )


def _read_pair(text: str) -> Pair:
    values = read_numbers(text)
    if len(values) != 2:
        raise ValueError(f"start has {len(values)} numbers: give two, as in start=1,0.5.")
    return values[0], values[1]


def _read_number(text: str) -> float:
    values = read_numbers(text)
    if len(values) != 1:
        raise ValueError(f"{text[:40]!r} is not a number: give one, as in 0.5.")
    return values[0]


def _read_steps(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"steps is {text[:40]!r}: give a whole number.")
    return int(text[:10])


_READERS: dict[str, Callable[[str], Any]] = {
    "entries": _read_entries,
    "steps": _read_steps,
    "momentum": _read_number,
    "dtype": str,
    "x": read_numbers,
    "y": _read_number,
    "w0": read_numbers,
    "points": _read_points,
    "condition": _read_number,
    "start": _read_pair,
}
