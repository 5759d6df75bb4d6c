"""The kinds of settings of the descent: how each is read from its fields and written in a link."""

# ruff: noqa: D102 (what Setting says of a method holds for every kind)

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from app.ui.field_errors import blame
from app.ui.numbers import Step, read_field, read_number, read_numbers
from models.descent.optimizers import MAX_LR, check_lr
from models.values import check_number, check_whole

NUM_SLOTS = 4
NO_OPTIMIZER = "none"  # what a list of optimizers holds where none is chosen
MAX_FIELD_LETTERS = 400

Pair = tuple[float, float]
Entry = tuple[str, float]  # an optimizer's name and its step size
Place = Literal[  # in the column of controls, from the top: the race's, then the small network's
    "problem", "optimizers", "race", "numbers", "data", "network", "training", "more", "link"
]


@dataclass(frozen=True)
class Parameter:
    """A parameter of the endpoint /descend.

    Attributes:
        name: its public name.
        annotation: its type.
        default: what it is where a call leaves it out.
        text: one line that says what it is and its range.
    """

    name: str
    annotation: Any
    default: Any
    text: str


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What is declared of a setting. A field is one control of the form; most settings have one.

    Attributes:
        label: stands at its control.
        subject: begins a sentence about it: "The momentum".
        place: where its control stands.
        problems: the problems that have it; empty where all do.
        optimizers: the optimizers that use it, of which one must be chosen; empty where all do.
        is_moved: whether it can be moved by hand in the plots.
        follows: the setting whose value it takes where a link names that one alone; empty where none.
        constant: its name in the script; empty where the script says it in another way.
        parameters: what stands for it in /descend.
    """

    label: str
    subject: str
    place: Place = "race"
    problems: tuple[str, ...] = ()
    optimizers: tuple[str, ...] = ()
    is_moved: bool = False
    follows: str = ""
    constant: str = ""
    parameters: tuple[Parameter, ...] = ()

    def name_fields(self, name: str) -> tuple[str, ...]:
        """Return the names of its fields, given its own."""
        return (name,)

    def name_moved(self, name: str) -> tuple[str, ...]:
        """Return the names of those of its fields that can be moved by hand."""
        return self.name_fields(name) if self.is_moved else ()

    def fill(self, value: Any) -> tuple[Any, ...]:
        """Return what stands in its fields for a value."""
        return (value,)

    def read(self, *fields: Any) -> Any:
        """Return the value that its fields mean, or raise a ValueError that says what to enter.

        Where it has several fields, the error's `field` is the place of the wrong one among them, from 0.
        """
        (value,) = fields
        return value

    def check_moved(self, field: Any) -> Any:
        """Return what one of its fields holds after a move, or raise a ValueError; it is from the browser."""
        return _check_float(field)

    def check(self, value: Any) -> None:
        """Raise a ValueError for a value that is out of range.

        Data that depend on each other are checked where the problem is built of them.
        """

    def write(self, value: Any) -> str:
        """Write a value for a link."""
        return str(value)

    def parse(self, text: str) -> Any:
        """Read a link's text, or raise a ValueError that says what would be right."""
        return text


@dataclass(frozen=True, kw_only=True)
class Number(Setting):
    """A number from `low` to `high`: a slider, or a plain field where that is what it should have."""

    low: float
    high: float
    step: Step = 1
    has_slider: bool = True
    is_low_allowed: bool = True

    def read(self, *fields: Any) -> float:
        return _require_number(fields[0], self.subject)

    def check(self, value: Any) -> None:
        check_number(value, self.subject, self.low, self.high)

    def parse(self, text: str) -> float:
        return _parse_number(text)


@dataclass(frozen=True, kw_only=True)
class WholeNumber(Setting):
    """A whole number on a slider from `low` to `high`."""

    low: int
    high: int
    step: int = 1

    def read(self, *fields: Any) -> Any:
        return read_field(fields[0], self.subject)

    def check(self, value: Any) -> None:
        check_whole(value, self.subject, self.low, self.high)

    def parse(self, text: str) -> int:
        if not text.isascii() or not text.isdigit():
            raise ValueError(f"{self.subject} is {text[:40]!r}: give a whole number.")
        return int(text[:10])


@dataclass(frozen=True, kw_only=True)
class Choice(Setting):
    """One of several names, each with the title that the page shows."""

    titles: Mapping[str, str]

    def check(self, value: Any) -> None:
        if not isinstance(value, str) or value not in self.titles:
            raise ValueError(f"{self.subject} is {value!r:.40}: choose one of {', '.join(self.titles)}.")


@dataclass(frozen=True, kw_only=True)
class Numbers(Setting):
    """Several numbers in one text."""

    def fill(self, value: Any) -> tuple[str]:
        return (write_numbers(value),)

    def read(self, *fields: Any) -> tuple[float, ...]:
        return read_numbers(fields[0])

    def check_moved(self, field: Any) -> str:
        if not isinstance(field, str) or len(field) > MAX_FIELD_LETTERS:
            raise ValueError(f"{field!r:.40} is no text of at most {MAX_FIELD_LETTERS} letters")
        return field

    def write(self, value: Any) -> str:
        return write_numbers(value).replace(" ", "")

    def parse(self, text: str) -> tuple[float, ...]:
        return _parse_numbers(text)


@dataclass(frozen=True, kw_only=True)
class WeightPair(Setting):
    """Two weights from `low` to `high`, each with a field of its own."""

    low: float
    high: float
    step: Step

    def name_fields(self, name: str) -> tuple[str, ...]:
        return f"{name}_a", f"{name}_b"

    def fill(self, value: Any) -> tuple[float, float]:
        return value[0], value[1]

    def read(self, *fields: Any) -> Pair:
        weights = []
        for place, subject in enumerate(("The first weight", "The second weight")):
            with blame(str(place)):
                weights.append(
                    check_number(_require_number(fields[place], subject), subject, self.low, self.high)
                )
        return weights[0], weights[1]

    def write(self, value: Any) -> str:
        return write_numbers(value).replace(" ", "")

    def parse(self, text: str) -> Pair:
        values = _parse_numbers(text)
        if len(values) != 2:
            raise ValueError(f"{self.subject} has {len(values)} numbers: give two, as in 1,0.5.")
        return values[0], values[1]


@dataclass(frozen=True, kw_only=True)
class Points(Setting):
    """A table of `low` to `high` points, each (x, y)."""

    low: int
    high: int

    def fill(self, value: Any) -> tuple[list[list[float]]]:
        return ([list(point) for point in value],)

    def read(self, *fields: Any) -> tuple[Pair, ...]:
        """Read the table; rows without any entry, as a new row is, are left out."""
        points = []
        for number, row in enumerate(fields[0], start=1):
            if not isinstance(row, list | tuple):
                raise ValueError(f"Row {number} of the points is {row!r:.40}: give two numbers.")
            cells = [str(cell).strip() if cell is not None else "" for cell in row[:2]]
            if not any(cells):
                continue
            try:
                x, y = (read_number(cell) for cell in cells)
            except ValueError as error:
                raise ValueError(
                    f"Row {number} of the points is {', '.join(cells)[:80]}: give two numbers."
                ) from error
            points.append((x, y))
        return tuple(points)

    def check_moved(self, field: Any) -> list[list[float]]:
        if not isinstance(field, list) or len(field) > self.high:
            raise ValueError(f"{field!r:.40} is no list of at most {self.high} points")
        return [[_check_float(x), _check_float(y)] for x, y in field]

    def check(self, value: Any) -> None:
        if not self.low <= len(value) <= self.high:
            raise ValueError(f"There are {len(value)} points: a line needs {self.low} to {self.high}.")

    def write(self, value: Any) -> str:
        return ",".join(f"{x!r}:{y!r}" for x, y in value)

    def parse(self, text: str) -> tuple[Pair, ...]:
        parts = [part.partition(":") for part in text.split(",")]
        return tuple((_parse_number(x), _parse_number(y)) for x, _, y in parts)


@dataclass(frozen=True, kw_only=True)
class Entries(Setting):
    """Up to NUM_SLOTS optimizers, each in a slot of its own colour, with its step size."""

    high: float = MAX_LR
    step: Step = "1-2-5"

    def name_fields(self, name: str) -> tuple[str, ...]:
        return tuple(
            field for slot in range(1, NUM_SLOTS + 1) for field in (f"optimizer_{slot}", f"lr_{slot}")
        )

    def name_moved(self, name: str) -> tuple[str, ...]:
        return self.name_fields(name)[1::2]

    def fill(self, value: Any) -> tuple[Any, ...]:
        return tuple(part for entry in value for part in entry or (NO_OPTIMIZER, None))

    def read(self, *fields: Any) -> tuple[Entry | None, ...]:
        entries: list[Entry | None] = []
        for slot, (name, lr) in enumerate(zip(fields[::2], fields[1::2], strict=True), start=1):
            with blame(str(2 * slot - 1)):
                subject = f"The step size of optimizer {slot}"
                entries.append(
                    None if name == NO_OPTIMIZER else (name, check_lr(_require_number(lr, subject)))
                )
        return tuple(entries)

    def check(self, value: Any) -> None:
        if len(value) != NUM_SLOTS or not any(value):
            raise ValueError("No optimizer is chosen: choose one.")

    def write(self, value: Any) -> str:
        return ",".join(f"{entry[0]}:{entry[1]!r}" if entry else "" for entry in value)

    def parse(self, text: str) -> tuple[Entry | None, ...]:
        parts = [part.partition(":") for part in text.split(",")]
        entries = [(name, _parse_number(lr)) if name else None for name, _, lr in parts[:NUM_SLOTS]]
        return tuple(entries + [None] * (NUM_SLOTS - len(entries)))


def _parse_numbers(text: str) -> tuple[float, ...]:
    """Read a link's numbers, which commas or spaces separate."""
    try:
        return tuple(float(word) for word in re.split(r"[,;\s]+", text.strip()) if word)
    except ValueError as error:
        word = str(error).rpartition(": ")[2]
        raise ValueError(
            f"{word:.40} is not a number: separate numbers by commas, as in 1, 0.5, -2."
        ) from error


def write_numbers(values: Sequence[float]) -> str:
    """Write numbers so that the same ones are read, in a field and in a link: 1, 0.5, -2."""
    return ", ".join(_write_number(float(value)) for value in values)


def _write_number(value: float) -> str:
    short = f"{value:g}"
    return short if float(short) == value else repr(value)


def _parse_number(text: str) -> float:
    values = _parse_numbers(text)
    if len(values) != 1:
        raise ValueError(f"{text[:40]!r} is not a number: give one, as in 0.5.")
    return values[0]


def _require_number(value: Any, subject: str) -> float:
    if value is None:
        raise ValueError(f"{subject} is empty: enter a number.")
    try:
        return float(read_field(value, subject))  # type: ignore[arg-type]
    except (TypeError, OverflowError) as error:
        raise ValueError(f"{subject} is {value!r:.40}: enter a number.") from error


def _check_float(value: Any) -> float:
    if not isinstance(value, int | float) or not math.isfinite(value):  # an int may be too large for a float
        raise ValueError(f"{value!r:.40} is not a finite number")
    return float(value)
