"""The lab on the page: exercises as a section of each tab, and the way to the lessons."""

from __future__ import annotations

from functools import partial

import gradio as gr

from app.lab.components.exercises import build_exercises
from app.lab.components.lessons import build_lessons
from app.lab.grading import grade_sheets, write_grades
from app.lab.lesson_view import show_lesson, show_lessons
from app.lab.view import check_answer, show_exercise, show_exercises, show_solution
from app.ui.answers import answer
from app.ui.sections import name_section
from models.exercises.catalogue import EXERCISES
from models.exercises.exercise import Part

# What each tab asks, by the tab's name.
PARTS: dict[str, tuple[Part, ...]] = {
    "descent": ("Tensors", "Gradient descent", "A boundary in the plane"),
    "inspection": ("Convolution", "Pooling", "Building a network"),
    "runs": ("A network's arithmetic", "The training loop", "Dropout and batch norm"),
}


def build_exercises_section(tab: str) -> gr.HTML:
    """Build the exercises of a tab, closed at first."""
    parts = PARTS[tab]
    count = sum(exercise.part in parts for exercise in EXERCISES)
    title = f"Exercises: {count} questions with answers that are checked"
    name = name_section(title, tab)
    with gr.Column(elem_classes="gb-lesson"), gr.Accordion(title, open=False, elem_id=name):
        return build_exercises(
            answer(partial(show_exercises, parts), "name"),
            answer(check_answer, "key", "name", "given"),
            answer(show_solution, "key", "name"),
            answer(grade_sheets, "sheets"),
            answer(write_grades, "rows", "decimal"),
            elem_id=f"{tab}-exercises",
        )


def build_way_to_lessons() -> gr.HTML:
    """Build the button that opens the lessons."""
    return build_lessons(
        {
            "list": answer(show_lessons),
            "read": answer(show_lesson, "key"),
            "show": answer(show_exercise, "key", "name"),
            "check": answer(check_answer, "key", "name", "given"),
            "solve": answer(show_solution, "key", "name"),
        },
        elem_id="lessons",
    )
