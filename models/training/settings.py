"""A setting of a training: what it may be, how a wrong value is refused, and how people are told of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cache
from typing import Any, Literal


def _say_nothing(config: Any) -> str:
    return ""


@dataclass(frozen=True)
class Setting:
    """One setting of a training: what it may be, and how people are told of it.

    Attributes:
        kind: float, int, bool or str.
        help: What it is, in a phrase, for the command line and the documentation of `/train`.
        noun: What a refusal calls it; the field's name in words, unless given.
        lowest: Of a number.
        highest: Of a number; of a text, its letters.
        is_lowest_allowed: Whether the lowest number itself is in the range.
        step: What an arrow key of the form adds to a number; or the next of 1-2-5, or by doubling.
        choices: The names to choose from, and how the form writes them.
        are_many: Whether several names may be chosen: they are joined by commas, in the table's order.
        remedy: How a refusal ends: what would be right.
        label: What the form calls it; the noun, unless given.
        info: What the form says below it; "{range}" stands for the range.
        describe: Returns what a configuration has of it, in a few words; "" where that is not worth saying.
        absence: What is said of a configuration that has none of it, where a recipe has some.
        only_for: Another setting, and those of its values with which alone this one counts; None for always.
        is_hyperparameter: Whether a recipe decides it; otherwise it is about the data, or chance.
        offered: Where it can be set.
        name: Its field in `TrainConfig`.
        default: Its value where nobody sets it; None stands for what the network or the data set has.
    """

    kind: type
    help: str
    noun: str = ""
    lowest: float = 0
    highest: float = 0
    is_lowest_allowed: bool = True
    step: float | Literal["1-2-5", "doubling"] = 1
    choices: Mapping[str, str] = field(default_factory=dict)
    are_many: bool = False
    remedy: str = ""
    label: str = ""
    info: str = ""
    describe: Callable[[Any], str] = _say_nothing
    absence: str = ""
    only_for: tuple[str, tuple[str, ...]] | None = None
    is_hyperparameter: bool = True
    offered: Literal["everywhere", "command line", "nowhere"] = "everywhere"
    name: str = ""
    default: Any = None

    @property
    def title(self) -> str:
        """Its field's name as a heading."""
        return self.name.replace("num_", "number of ").replace("_", " ").capitalize()

    @property
    def is_number(self) -> bool:
        """Whether it is a number, whole or not."""
        return self.kind in (int, float)

    def describe_range(self) -> str:
        """Return what it may be, in words: "1 to 100", "above 0 and at most 10", "sgd, adam or rmsprop"."""
        if self.is_number:
            low, high = (f"{bound:,}" for bound in (self.lowest, self.highest))
            return f"{low} to {high}" if self.is_lowest_allowed else f"above {low} and at most {high}"
        if self.kind is bool:
            return ""
        if not self.choices:
            return f"at most {self.highest} letters"
        *names, last = self.choices
        if self.are_many:
            return f"some of {', '.join(self.choices)}, in this order, by comma"
        return f"{', '.join(names)} or {last}" if names else last

    def describe_setting(self) -> str:
        """Return what it is and what it may be."""
        return (", " if self.is_number else ": ").join(filter(None, (self.help, self.describe_range())))

    def check(self, value: Any) -> None:
        """Raise a ValueError that says what would be right, unless `value` is."""
        if value is None and self.default is None:
            return
        if self.is_number:
            self._check_number(value)
        elif self.kind is bool:
            if not isinstance(value, bool):
                raise ValueError(f"{self.noun} is {value!r:.40}; it must be true or false.")
        elif self.are_many:
            names = value.split(",") if isinstance(value, str) and value else []
            if not isinstance(value, str) or names != [name for name in self.choices if name in names]:
                right = self.describe_range()
                raise ValueError(
                    f"{self.noun} is {value!r:.60}; it must be {right}; leave it empty for none."
                )
        elif self.choices:
            check_name(self.noun, value, tuple(self.choices))
        elif not isinstance(value, str) or not value.isprintable() or len(value) > self.highest:
            raise ValueError(  # half a letter cannot be printed
                f"{self.noun} is {value!r:.40}; it must be a text of {self.describe_range()}; {self.remedy}."
            )

    def _check_number(self, value: Any) -> None:
        is_whole = self.kind is int
        is_kind = isinstance(value, int if is_whole else int | float) and not isinstance(value, bool)
        if not is_kind or not self.lowest <= value <= self.highest or (
            value == self.lowest and not self.is_lowest_allowed
        ):  # fmt: skip
            kind = "a whole number from " if is_whole else "from " if self.is_lowest_allowed else ""
            raise ValueError(
                f"{self.noun} is {value!s:.40}; it must be {kind}{self.describe_range()}; {self.remedy}."
            )


def check_name(noun: str, name: Any, names: tuple[str, ...]) -> None:
    """Raise a ValueError that lists the names, unless `name` is one of them."""
    if name not in names:
        article = "an" if noun[0] in "aeiou" else "a"
        raise ValueError(
            f"There is no {noun} called {name!r:.40}. Choose {article} {noun} from: {', '.join(names)}."
        )


def declare(default: Any, kind: type, help: str, **rest: Any) -> Any:
    """Return the field of a dataclass that declares a setting; `rest` are attributes of `Setting`."""
    return field(default=default, metadata={"setting": Setting(kind, help, **rest)})


@cache
def list_settings(config: type) -> Mapping[str, Setting]:
    """Return the settings that a dataclass declares, by name, in its order."""
    settings = {}
    for each in fields(config):
        if setting := each.metadata.get("setting"):
            noun = setting.noun or each.name.replace("_", " ")
            label = setting.label or noun.capitalize()
            settings[each.name] = replace(
                setting, name=each.name, default=each.default, noun=noun, label=label
            )
    return settings
