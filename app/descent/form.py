"""The controls of the gradient descent tab as values, and the race settings that they mean."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from app.descent.race import (
    MAX_POINTS,
    NUM_SLOTS,
    Entry,
    Pair,
    RaceSettings,
    build_problem,
    list_own_settings,
    read_numbers,
    write_numbers,
)
from models.descent.descent import check_start

NOBODY = "nobody"
MAX_FIELD_LETTERS = 400

# What a message of the wrong shape runs into while it is read: none of these may reach the page.
BROKEN_MESSAGE = (LookupError, ValueError, TypeError, AttributeError, ArithmeticError)


def _check_float(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):  # an int may be too large for a float
        raise ValueError(f"{value!r:.40} is not a finite number")
    return float(value)


def _check_text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_FIELD_LETTERS:
        raise ValueError(f"{value!r:.40} is no text of at most {MAX_FIELD_LETTERS} letters")
    return value


def _check_points(value: Any) -> list[list[float]]:
    if not isinstance(value, list) or len(value) > MAX_POINTS:
        raise ValueError(f"{value!r:.40} is no list of at most {MAX_POINTS} points")
    return [[_check_float(x), _check_float(y)] for x, y in value]


# What can be moved by hand in the pictures, and what its field may hold then.
MOVED_FIELDS: dict[str, Callable[[Any], Any]] = {
    **{f"lr_{slot}": _check_float for slot in range(1, NUM_SLOTS + 1)},
    "w0": _check_text,
    "points": _check_points,
    "start_a": _check_float,
    "start_b": _check_float,
}


class Form(NamedTuple):
    """What stands in the controls, in their order."""

    problem: str
    condition: float
    steps: int
    optimizer_1: str
    lr_1: float | None
    optimizer_2: str
    lr_2: float | None
    optimizer_3: str
    lr_3: float | None
    optimizer_4: str
    lr_4: float | None
    momentum: float
    dtype: str
    x: str
    y: float | None
    w0: str
    points: list[list[Any]]
    start_a: float | None
    start_b: float | None

    def put_moved(self, moved: Any) -> "Form":
        """Return the form with what was moved by hand; what is not such a field's value is left out."""
        fields: dict[str, Any] = {}
        for name in MOVED_FIELDS if isinstance(moved, dict) else ():
            if name not in moved:
                continue
            try:
                fields[name] = MOVED_FIELDS[name](moved[name])
            except BROKEN_MESSAGE:
                continue  # not from our script
        return self._replace(**fields)

    def put_lr(self, slot: int, lr: float | None) -> "Form":
        """Return the form with another step size in the slot, 1 to 4."""
        change: dict[str, Any] = {f"lr_{slot}": lr}
        return self._replace(**change)


class ProblemError(ValueError):
    """A mistake in the problem or the start, as opposed to the settings of the race."""


def read_form(form: Form) -> RaceSettings:
    """Turn what stands in the controls into settings.

    Raises:
        ProblemError: where the problem or the start cannot be read or is out of range.
        ValueError: where another setting is.
    """
    parts: dict[str, Any] = {"problem": form.problem}
    try:
        # The fields of the other problems are hidden: what stands in them does not matter.
        for name in list_own_settings(form.problem):
            parts[name] = _OWN_READERS[name](form)
        trial = RaceSettings(**parts)
        check_start(build_problem(trial), trial.first_weights)
    except ValueError as error:
        raise ProblemError(str(error)) from error
    return RaceSettings(
        **parts,
        entries=_read_entries(form),
        steps=form.steps,
        momentum=_require(form.momentum, "The momentum"),
        dtype=form.dtype,
    )


def _read_start(form: Form) -> Pair:
    return _require(form.start_a, "The first weight"), _require(form.start_b, "The second weight")


_OWN_READERS: dict[str, Callable[[Form], Any]] = {
    "x": lambda form: read_numbers(form.x),
    "y": lambda form: _require(form.y, "y"),
    "w0": lambda form: read_numbers(form.w0),
    "points": lambda form: _read_points(form.points),
    "start": _read_start,
    "condition": lambda form: _require(form.condition, "The condition number"),
}


def fill_form(settings: RaceSettings) -> Form:
    """Return what stands in the controls for these settings: `read_form` backwards."""
    entries = [entry or (NOBODY, None) for entry in settings.entries]
    return Form(
        problem=settings.problem,
        condition=settings.condition,
        steps=settings.steps,
        optimizer_1=entries[0][0],
        lr_1=entries[0][1],
        optimizer_2=entries[1][0],
        lr_2=entries[1][1],
        optimizer_3=entries[2][0],
        lr_3=entries[2][1],
        optimizer_4=entries[3][0],
        lr_4=entries[3][1],
        momentum=settings.momentum,
        dtype=settings.dtype,
        x=write_numbers(settings.x),
        y=settings.y,
        w0=write_numbers(settings.w0),
        points=[list(point) for point in settings.points],
        start_a=settings.start[0],
        start_b=settings.start[1],
    )


def _read_entries(form: Form) -> tuple[Entry | None, ...]:
    entries: list[Entry | None] = []
    for slot in range(1, NUM_SLOTS + 1):
        name, lr = getattr(form, f"optimizer_{slot}"), getattr(form, f"lr_{slot}")
        entries.append(None if name == NOBODY else (name, _require(lr, f"The step size of optimiser {slot}")))
    return tuple(entries)


def _read_points(rows: list[list[Any]]) -> tuple[Pair, ...]:
    """Read the table of points; rows without any entry, as a new row is, are left out."""
    points = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, list | tuple):
            raise ValueError(f"Row {number} of the points is {row!r:.40}: give two numbers.")
        cells = [str(cell).strip() if cell is not None else "" for cell in row[:2]]
        if not any(cells):
            continue
        try:
            x, y = (float(cell) for cell in cells)
        except ValueError as error:
            raise ValueError(
                f"Row {number} of the points is {', '.join(cells)}: give two numbers."
            ) from error
        points.append((x, y))
    return tuple(points)


def _require(value: float | None, name: str) -> float:
    if value is None:
        raise ValueError(f"{name} is empty: enter a number.")
    try:
        return float(value)
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{name} is {value!r:.40}: enter a number.") from error
