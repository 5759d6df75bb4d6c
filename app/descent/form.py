"""The controls of the gradient descent tab as values, and the race settings that they mean.

A form is a dictionary of what stands in each field, in the order of the settings.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.descent.race import build_problem
from app.descent.settings import (
    RaceSettings,
    list_own_settings,
    list_settings,
    list_shared_settings,
)
from app.ui.field_errors import FieldError, blame
from models.descent.descent import check_start

Form = dict[str, Any]

# What a message of the wrong shape runs into while it is read: none of these may reach the page.
BROKEN_MESSAGE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


def list_fields(table: type[RaceSettings] = RaceSettings) -> list[str]:
    """Return the names of all fields in their order."""
    return [field for name, setting in list_settings(table).items() for field in setting.name_fields(name)]


# What can be moved by hand in the plots, and what its field may hold then.
MOVED_FIELDS: dict[str, Callable[[Any], Any]] = {
    field: setting.check_moved
    for name, setting in list_settings().items()
    for field in setting.name_moved(name)
}


def make_form(values: Iterable[Any], table: type[RaceSettings] = RaceSettings) -> Form:
    """Return the form that holds these values, one a field.

    Raises:
        ValueError: where there are more or fewer.
    """
    return dict(zip(list_fields(table), values, strict=True))


def put_moved(form: Form, moved: Any) -> Form:
    """Return the form with what was moved by hand; what is not such a field's value is left out."""
    fields: Form = {}
    for name in MOVED_FIELDS if isinstance(moved, dict) else ():
        if name not in moved:
            continue
        try:
            fields[name] = MOVED_FIELDS[name](moved[name])
        except BROKEN_MESSAGE:
            continue  # not from our script
    return form | fields


def read_form(form: Form, table: type[RaceSettings] = RaceSettings) -> RaceSettings:
    """Turn what stands in the controls into settings.

    Raises:
        ValueError: where a field cannot be read or is out of range; a FieldError knows which.
    """

    def read(name: str) -> Any:
        setting = list_settings(table)[name]
        fields = setting.name_fields(name)
        try:
            with blame("0"):
                return setting.read(*(form[field] for field in fields))
        except FieldError as mistake:
            raise FieldError(str(mistake), fields[int(mistake.field)]) from mistake

    parts = {"problem": form["problem"]}
    # The fields of the other problems are hidden: what stands in them does not matter.
    parts |= {name: read(name) for name in list_own_settings(form["problem"], table)}
    trial = table(**parts)
    _check_problem(trial)
    return table(**parts, **{name: read(name) for name in list_shared_settings(table)})


def _check_problem(settings: RaceSettings) -> None:
    """Check the parts of a problem that depend on each other."""
    start, *others = (
        name for name in ("w0", "start", "x", "points") if name in list_own_settings(settings.problem)
    )
    with blame(others[0] if others else start):
        problem = build_problem(settings)
    with blame(start if start == "w0" else f"{start}_a"):
        check_start(problem, settings.first_weights)


def fill_form(settings: RaceSettings) -> Form:
    """Return what stands in the controls for these settings: `read_form` backwards."""
    table = type(settings)
    filled = (setting.fill(getattr(settings, name)) for name, setting in list_settings(table).items())
    return make_form((value for values in filled for value in values), table)
