"""The kinds of settings that only the small network has."""

# ruff: noqa: D102 (what Setting says of a method holds for every kind)

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.descent.setting_kinds import MAX_FIELD_LETTERS, Setting
from app.ui.numbers import read_number
from models.descent.plane.points import OwnPoint, check_own_points
from models.values import check_whole

MAX_OWN_LETTERS = 10_000  # of points written as text
_MAX_WHOLE_LETTERS = 10  # of a whole number: more is out of every range


@dataclass(frozen=True, kw_only=True)
class Choices(Setting):
    """Some of several names, each with the title that the page shows; at least one."""

    titles: Mapping[str, str]

    def fill(self, value: Any) -> tuple[list[str]]:
        return (list(value),)

    def read(self, *fields: Any) -> tuple[str, ...]:
        """Return the chosen names in their own order, whatever order they were chosen in."""
        (chosen,) = fields
        if not isinstance(chosen, list | tuple):
            raise ValueError(f"{self.subject} are {chosen!r:.40}: choose of {', '.join(self.titles)}.")
        self.check(tuple(chosen))
        return tuple(name for name in self.titles if name in chosen)

    def check(self, value: Any) -> None:
        for name in value:
            if not isinstance(name, str) or name not in self.titles:
                raise ValueError(f"{self.subject} hold {name!r:.40}: choose of {', '.join(self.titles)}.")
        if not value:
            raise ValueError(f"{self.subject} are none: choose at least one.")

    def write(self, value: Any) -> str:
        return ",".join(value)

    def parse(self, text: str) -> tuple[str, ...]:
        return self.read(tuple(text.split(",")) if text else ())


@dataclass(frozen=True, kw_only=True)
class Switch(Setting):
    """Yes or no."""

    def read(self, *fields: Any) -> bool:
        (value,) = fields
        self.check(value)
        return bool(value)

    def check(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise ValueError(f"{self.subject} is {value!r:.40}: choose yes or no.")

    def write(self, value: Any) -> str:
        return "1" if value else "0"

    def parse(self, text: str) -> bool:
        if text not in ("0", "1"):
            raise ValueError(f"{self.subject} is {text[:40]!r}: give 1 for yes, 0 for no.")
        return text == "1"


@dataclass(frozen=True, kw_only=True)
class WholeNumbers(Setting):
    """Up to `most` whole numbers from `low` to `high` in one text, or none."""

    low: int
    high: int
    most: int

    def fill(self, value: Any) -> tuple[str]:
        return (", ".join(map(str, value)),)

    def read(self, *fields: Any) -> tuple[int, ...]:
        """Read numbers that commas, spaces or hyphens separate, as in 8, 8 or 8-8."""
        (text,) = fields
        if not isinstance(text, str) or len(text) > MAX_FIELD_LETTERS:
            raise ValueError(f"{self.subject} is {text!r:.40}: give whole numbers, as in 8, 8.")
        words = [word for word in re.split(r"[,;\s–-]+", text) if word]
        for word in words:
            if not (word.isascii() and word.isdigit()):
                raise ValueError(
                    f"{word[:40]!r} is not a whole number: give the units of each layer, as in 8, 8."
                )
        numbers = tuple(int(word[:_MAX_WHOLE_LETTERS]) for word in words)
        self.check(numbers)
        return numbers

    def check(self, value: Any) -> None:
        if len(value) > self.most:
            raise ValueError(f"{self.subject} has {len(value):,} numbers: give at most {self.most}.")
        for place, number in enumerate(value, start=1):
            check_whole(number, f"Number {place} of them", self.low, self.high)

    def write(self, value: Any) -> str:
        return "-".join(map(str, value)) or "none"  # many readers of queries leave out a name without a value

    def parse(self, text: str) -> tuple[int, ...]:
        return () if text == "none" else self.read(text)


@dataclass(frozen=True, kw_only=True)
class MaybeWhole(Setting):
    """A whole number of a link from `low` to `high`, or none."""

    low: int
    high: int

    def read(self, *fields: Any) -> int | None:
        (value,) = fields
        self.check(value)
        return value if value is None else int(value)

    def check(self, value: Any) -> None:
        if value is not None:
            check_whole(value, self.subject, self.low, self.high)

    def write(self, value: Any) -> str:
        return "" if value is None else str(value)

    def parse(self, text: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit()):
            raise ValueError(f"{self.subject} is {text[:40]!r}: give a whole number.")
        return self.read(int(text[:_MAX_WHOLE_LETTERS]))


@dataclass(frozen=True, kw_only=True)
class OwnPoints(Setting):
    """Points set by hand, each x, y and the number of its class, from 0."""

    def fill(self, value: Any) -> tuple[str]:
        return (self.write(value),)

    def read(self, *fields: Any) -> tuple[OwnPoint, ...]:
        """Read a text, or a list as the page's script sends it; x and y are kept to two decimals."""
        (field,) = fields
        rows = self._split(field) if isinstance(field, str) else field
        if not isinstance(rows, list | tuple):
            raise ValueError(f"{self.subject} are {rows!r:.40}: give x, y and class of each.")
        return self._round(check_own_points([self._read_row(*row) for row in enumerate(rows, start=1)]))

    def _split(self, text: str) -> list[list[str]]:
        if len(text) > MAX_OWN_LETTERS:
            raise ValueError(
                f"{self.subject} have {len(text):,} letters: at most {MAX_OWN_LETTERS:,} are read."
            )
        if ":" in text:
            return [row.split(":") for row in re.split(r"[,\s]+", text.strip()) if row]
        return [re.split(r"[;\s]+", row.strip()) for row in text.splitlines() if row.strip()]

    def _read_row(self, number: int, row: Any) -> tuple[Any, Any, Any]:
        if not isinstance(row, list | tuple) or len(row) != 3:
            raise ValueError(f"Point {number} is {row!r:.40}: give x, y and its class, as in 1.5:-2:0.")
        x, y, label = row
        if isinstance(x, str):
            x, y, label = (self._read_cell(cell, number) for cell in row)
        return x, y, int(label) if isinstance(label, float) and label.is_integer() else label

    def _read_cell(self, cell: str, number: int) -> float:
        try:
            return read_number(cell)
        except ValueError as mistake:
            raise ValueError(f"Point {number}: {mistake}") from mistake

    def _round(self, points: tuple[OwnPoint, ...]) -> tuple[OwnPoint, ...]:
        return tuple((round(x, 2) + 0.0, round(y, 2) + 0.0, label) for x, y, label in points)

    def check_moved(self, field: Any) -> Any:
        return field  # `read` says what is wrong with it

    def check(self, value: Any) -> None:
        check_own_points(value)

    def write(self, value: Any) -> str:
        return ",".join(f"{x:g}:{y:g}:{label}" for x, y, label in value)

    def parse(self, text: str) -> tuple[OwnPoint, ...]:
        return self.read(text)
