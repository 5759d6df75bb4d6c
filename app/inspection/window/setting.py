"""The kinds of settings: what is declared of one, from which form, link, script and API follow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

ANY_OPERATION = ("convolution", "max", "average")


@dataclass(frozen=True)
class Setting:
    """One setting, as it is declared.

    Attributes:
        kind: which control it gets, and how a link's text is read.
        default: its value at the opening.
        label: what stands on its control.
        info: a sentence below it.
        choices: keys and titles of a choice; empty where they depend on what there is.
        has_list: whether a choice is made in a list that opens, rather than among buttons.
        low, high: the bounds of a number.
        step: what an arrow key adds to it.
        is_matrix: whether a text is rows of numbers.
        num_lines, max_lines, max_letters: of a text.
        operations: for which it counts.
        is_shown: whether it decides something, given the others. For these operations only.
        is_folded: whether its control stands among the rarer ones.
        is_linked_idle: whether a link has it where it decides nothing.
        in_torch: whether torch's functions take it, by this name.
        endpoints: its default in each public endpoint that has it.
        meaning: what it counts, for the endpoints' documentation.
        sentence: what the sentence about the result says where it is on.
    """

    kind: Literal["choice", "whole", "number", "flag", "text"]
    default: Any
    label: str
    info: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    has_list: bool = False
    low: float = 0
    high: float = 0
    step: float = 1
    is_matrix: bool = False
    num_lines: int = 1
    max_lines: int = 1
    max_letters: int | None = None
    operations: tuple[str, ...] = ANY_OPERATION
    is_shown: Callable[[Any], bool] = lambda settings: True
    is_folded: bool = False
    is_linked_idle: bool = True
    in_torch: bool = False
    endpoints: Mapping[str, int] = field(default_factory=dict)
    meaning: str = ""
    sentence: str = ""

    def is_needed(self, settings: Any) -> bool:
        """Return whether it decides something, given all settings."""
        return settings.operation in self.operations and self.is_shown(settings)


def declare_choice(default: str, choices: Mapping[str, str], label: str, **more: Any) -> Any:
    """Declare a setting that is one of a few."""
    return _declare(Setting("choice", default, label, choices=choices, **more))


def declare_whole(default: int, low: int, high: int, label: str, **more: Any) -> Any:
    """Declare a whole number."""
    return _declare(Setting("whole", default, label, low=low, high=high, **more))


def declare_number(default: float, low: float, high: float, label: str, **more: Any) -> Any:
    """Declare a number."""
    return _declare(Setting("number", default, label, low=low, high=high, **more))


def declare_flag(label: str, **more: Any) -> Any:
    """Declare a setting that is on or off, and off at the opening."""
    return _declare(Setting("flag", False, label, **more))


def declare_text(default: str, label: str, **more: Any) -> Any:
    """Declare a text."""
    return _declare(Setting("text", default, label, **more))


def _declare(setting: Setting) -> Any:
    return field(default=setting.default, metadata={"setting": setting})


def list_settings(table: type[Any]) -> dict[str, Setting]:
    """Return a dataclass of declared settings as a table: name → setting, in its order."""
    return {each.name: each.metadata["setting"] for each in fields(table)}
