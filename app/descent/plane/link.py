"""The settings of a small network as the query of a web address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from app.descent.plane.setting_kinds import MAX_OWN_LETTERS
from app.descent.plane.settings import PlaneSettings, counts, list_settings, make_experiment

BENCH = "network"  # as `bench` in an address
BESIDE = "beside"  # the settings of the network that is kept beside, as a query in the query
MAX_QUERY_LETTERS = MAX_OWN_LETTERS


def write_query(settings: PlaneSettings, beside: PlaneSettings | None = None) -> str:
    """Write the rule of the data and each setting that is not as at first: `rule=xor&hidden=4&lr=0.3`."""
    opening = type(settings)()
    parts = {
        name: setting.write(getattr(settings, name))
        for name, setting in list_settings(type(settings)).items()
        if name == "rule"
        or (counts(setting, settings.rule) and getattr(settings, name) != getattr(opening, name))
    }
    if beside is not None:
        parts[BESIDE] = write_query(beside)
    return urlencode(parts, safe=":,")


def read_query(
    query: Mapping[str, str], table: type[PlaneSettings] = PlaneSettings
) -> tuple[PlaneSettings, PlaneSettings | None]:
    """Read settings from a query's names and values, and those of the network beside; None for no other.

    What is missing is as at first. Names that are not settings are ignored.

    Raises:
        ValueError: where a value cannot be read or the settings cannot be used; the message says why.
    """
    settings = _read_settings(query, table)
    text = query.get(BESIDE, "")
    beside = read_beside(text, settings) if text else None
    make_experiment(settings)
    return settings, beside


def read_beside(text: str, settings: PlaneSettings) -> PlaneSettings:
    """Read the settings of the network beside another: on its points and with its epochs.

    Raises:
        ValueError: where the text cannot be read.
    """
    _check_length(BESIDE, text)
    beside = _read_settings(dict(parse_qsl(text, keep_blank_values=True)), type(settings))
    shared = {
        name: getattr(settings, name)
        for name, setting in list_settings(type(settings)).items()
        if name in SHARED
    }
    beside = replace(beside, **shared)
    make_experiment(beside)
    return beside


# What both networks have in common: their points, and how long they train.
SHARED = ("rule", "own", "noise", "count", "test_share", "data_seed", "epochs")


def _read_settings(query: Mapping[str, str], table: type[PlaneSettings]) -> PlaneSettings:
    values = {}
    for name, setting in list_settings(table).items():
        if (text := query.get(name)) is not None:
            _check_length(name, text)
            values[name] = setting.parse(text)
    return table(**values)


def _check_length(name: str, text: str) -> None:
    if len(text) > MAX_QUERY_LETTERS:
        raise ValueError(f"{name} has {len(text):,} letters: at most {MAX_QUERY_LETTERS:,} are read.")


def list_names() -> list[str]:
    """Return the names that a link of the small network may have."""
    return [*list_settings(), BESIDE]
