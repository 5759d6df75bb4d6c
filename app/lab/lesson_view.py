"""What the page is sent of the lessons: the list of all, and one with its texts as HTML."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from app.lab.lessons.reader import list_keys, read_lessons
from app.lab.payloads import LessonsView, LessonView, StepView
from app.ui.rendering import render_markdown


def show_lessons() -> LessonsView:
    """Return the list of all lessons."""
    return {
        "lessons": [
            {"key": key, "title": lesson.title, "about": lesson.about, "num_steps": len(lesson.steps)}
            for key, lesson in read_lessons().items()
        ]
    }


def show_lesson(key: Any) -> LessonView:
    """Return one lesson.

    Raises:
        ValueError: where there is no such lesson.
    """
    if key not in list_keys():
        raise ValueError(f"There is no lesson “{str(key)[:40]}”. The lessons are {', '.join(list_keys())}.")
    return _render_lesson(key)


@lru_cache(maxsize=32)
def _render_lesson(key: str) -> LessonView:
    lesson = read_lessons()[key]
    steps: list[StepView] = [
        {
            "title": step.title,
            "text": render_markdown(step.text),
            "tab": step.tab,
            "settings": step.settings,
            "section": step.section,
            "exercise": step.exercise,
            "condition": list(step.condition),
        }
        for step in lesson.steps
    ]
    return {"key": key, "title": lesson.title, "steps": steps}
