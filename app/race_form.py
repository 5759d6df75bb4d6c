"""The controls of the gradient descent tab as values, and the race settings that they mean."""

from typing import Any, NamedTuple

from app.race import NUM_SLOTS, Entry, Pair, RaceSettings, build_problem, read_numbers, write_numbers
from models.descent import check_start

NOBODY = "nobody"


# What can be moved by hand in the pictures, and how its field holds it.
MOVED_FIELDS: dict[str, Any] = {
    **{f"lr_{slot}": int | float for slot in range(1, NUM_SLOTS + 1)},
    "w0": str,
    "points": list,
    "start_a": int | float,
    "start_b": int | float,
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
        if not isinstance(moved, dict):
            return self
        kinds = MOVED_FIELDS
        return self._replace(
            **{
                name: value
                for name, value in moved.items()
                if name in kinds and isinstance(value, kinds[name])
            }
        )

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
        if form.problem == "toy":
            parts |= {"x": read_numbers(form.x), "y": _require(form.y, "y"), "w0": read_numbers(form.w0)}
        else:
            names = ("The first weight", "The second weight")
            start = (form.start_a, form.start_b)
            parts["start"] = tuple(_require(value, name) for value, name in zip(start, names, strict=True))
        if form.problem == "line":
            parts["points"] = _read_points(form.points)
        if form.problem == "valley":
            parts["condition"] = _require(form.condition, "The condition number")
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
    return float(value)
