"""The controls of the small network as values, and the settings that they mean.

A form is a dictionary of what stands in each field, in the order of the settings; each setting has one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.descent.form import BROKEN_MESSAGE
from app.descent.plane.settings import PlaneSettings, counts, list_settings
from app.ui.field_errors import blame

Form = dict[str, Any]


def list_fields(table: type[PlaneSettings] = PlaneSettings) -> list[str]:
    """Return the names of all fields in their order."""
    return list(list_settings(table))


def make_form(values: Iterable[Any], table: type[PlaneSettings] = PlaneSettings) -> Form:
    """Return the form that holds these values, one a field.

    Raises:
        ValueError: where there are more or fewer.
    """
    return dict(zip(list_fields(table), values, strict=True))


def put_moved(form: Form, moved: Any) -> Form:
    """Return the form with the points that were set by hand; what is not of our script is left out."""
    if not isinstance(moved, dict):
        return form
    known = {name for name, setting in list_settings().items() if setting.is_moved or name == "rule"}
    return form | {name: value for name, value in moved.items() if name in known}


def read_form(form: Form, table: type[PlaneSettings] = PlaneSettings) -> PlaneSettings:
    """Turn what stands in the controls into settings.

    Raises:
        ValueError: where a field cannot be read or is out of range; a FieldError knows which.
    """
    settings = list_settings(table)
    with blame("rule"):
        settings["rule"].check(form["rule"])
    values = {}
    for name, setting in settings.items():
        if counts(setting, form["rule"]):  # the others are hidden: what stands in them does not matter
            with blame(name):
                values[name] = setting.read(form[name])
    return table(**values)


def fill_form(settings: PlaneSettings) -> Form:
    """Return what stands in the controls for these settings: `read_form` backwards."""
    table = type(settings)
    return {name: setting.fill(getattr(settings, name))[0] for name, setting in list_settings(table).items()}


__all__ = ["BROKEN_MESSAGE", "Form", "fill_form", "list_fields", "make_form", "put_moved", "read_form"]
