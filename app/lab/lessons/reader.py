"""Lessons as data: Markdown in steps, each with what it sets, where it is, what it asks, what shows it done.

A file is `<number>-<key>.md`: a title (`# `), `tab:` and `about:`, then the steps (`## `). A step may begin
with lines of `set:` (settings of a link), `tab:`, `section:` (a title on that tab), `ask:` (an exercise) and
`done:` (words that `components/lesson_conditions.js` knows); after an empty line stands its text.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

_NAMES = ("set", "tab", "section", "ask", "done")


@dataclass(frozen=True)
class Step:
    """A step of a lesson.

    Attributes:
        title: what it is about.
        text: Markdown with LaTeX between dollar signs.
        tab: the tab that it is about, by its name in an address.
        settings: what it sets, as the query of an address, or empty.
        section: the title of a section that it shows, or empty.
        exercise: the key of an exercise that it asks, or empty.
        condition: the words that say how the page knows that it was done; empty where reading is all.
    """

    title: str
    text: str
    tab: str
    settings: str
    section: str
    exercise: str
    condition: tuple[str, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson: its name in an address, its title, what it is about in one sentence, and its steps."""

    key: str
    title: str
    about: str
    steps: tuple[Step, ...]


@lru_cache(maxsize=1)
def list_keys() -> tuple[str, ...]:
    """Return the names of all lessons in their order; no file is read."""
    files = sorted(file.name for file in resources.files(__package__).iterdir() if file.name.endswith(".md"))
    return tuple(re.sub(r"^\d+-|\.md$", "", name) for name in files)


@lru_cache(maxsize=1)
def read_lessons() -> dict[str, Lesson]:
    """Return all lessons by their keys."""
    files = sorted(
        (file for file in resources.files(__package__).iterdir() if file.name.endswith(".md")),
        key=lambda file: file.name,
    )
    return {
        key: parse_lesson(key, file.read_text(encoding="utf-8"))
        for key, file in zip(list_keys(), files, strict=True)
    }


def parse_lesson(key: str, text: str) -> Lesson:
    """Return what a file says.

    Raises:
        ValueError: where a line before a text is none of those that are known, or a title is missing.
    """
    head, *parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    title, named, _ = _read_head(head.strip().removeprefix("# "), ("tab", "about"))
    steps = tuple(
        _parse_step(name, body, named["tab"]) for name, body in zip(parts[::2], parts[1::2], strict=True)
    )
    return Lesson(key, title, named["about"], steps)


def _parse_step(title: str, body: str, tab: str) -> Step:
    _, named, text = _read_head(f"{title}{body}", _NAMES)  # a text may follow at once
    exercise, section = named.get("ask", ""), named.get("section", "")
    implied = ("answered", exercise) if exercise else ("section", section) if section else ()
    condition = tuple(shlex.split(named["done"])) if "done" in named else implied
    tab = named.get("tab", tab)
    return Step(title.strip(), text, tab, named.get("set", ""), section, exercise, condition)


def _read_head(text: str, names: tuple[str, ...]) -> tuple[str, dict[str, str], str]:
    """Return a title, the named lines below it, and the text that follows an empty line."""
    head, _, body = text.partition("\n\n")
    title, *lines = head.splitlines()
    named = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name not in names or not value.strip():
            raise ValueError(f"“{line}” under “{title}” is none of {', '.join(names)}")
        named[name] = value.strip()
    return title.strip(), named, body.strip()


def explain_unused(query: Mapping[str, str]) -> list[str]:
    """Say of a lesson and a step in a link what is shown instead where there is none such."""
    key, step = query.get("lesson"), query.get("step")
    if key is None:
        return [] if step is None else ["“step” counts only together with a lesson, as in lesson=kernel."]
    if key not in list_keys():
        return [f"There is no lesson “{key[:40]}”. The lessons are {', '.join(list_keys())}."]
    if step is None:
        return []
    count = len(read_lessons()[key].steps)
    if re.fullmatch(r"\d{1,3}", step, re.ASCII) and 1 <= int(step) <= count:
        return []
    return [f"The lesson “{key}” has the steps 1 to {count}, not “{step[:40]}”: its first is shown."]
