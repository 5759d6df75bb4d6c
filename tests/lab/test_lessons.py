"""Lessons are data: each line of a file names what the page has, and every exercise is asked once."""

import html
import re
from collections import Counter
from pathlib import Path
from urllib.parse import parse_qs, parse_qsl

import gradio as gr
import pytest

from app.descent.link import read_query as read_race
from app.descent.plane.link import read_query as read_plane
from app.inspection.window.link import read_query as read_window
from app.lab.lesson_view import show_lesson, show_lessons
from app.lab.lessons.reader import parse_lesson, read_lessons
from app.link import TABS, explain_unused
from models.exercises.catalogue import EXERCISES

FOLDER = Path(__file__).parents[2] / "app" / "lab"
LESSONS = read_lessons()
STEPS = [step for lesson in LESSONS.values() for step in lesson.steps]
# As many words as follow a condition's name, and where they have to be found.
NUM_WORDS = {"tab": 1, "section": 1, "chosen": 2, "changed": 1, "rate": 2, "played": 0, "read": 1, "run": 0}


def test_a_tour_and_fourteen_lessons_follow_the_course():
    assert list(LESSONS) == [
        "tour", "tensors", "gradient", "descent", "step-size", "backpropagation", "training", "logistic",
        "boundary", "not-learning", "kernel", "pooling", "convnet", "dropout", "alexnet",
    ]  # fmt: skip
    assert [entry["num_steps"] for entry in show_lessons()["lessons"]] == [
        len(lesson.steps) for lesson in LESSONS.values()
    ]
    assert {step.tab.split("/")[0] for step in LESSONS["tour"].steps} == set(TABS)


def test_every_exercise_is_asked_in_one_lesson():
    asked = Counter(step.exercise for step in STEPS if step.exercise)
    assert asked == Counter(exercise.key for exercise in EXERCISES)


@pytest.mark.parametrize("path", sorted((FOLDER / "lessons").glob("*.md")), ids=lambda path: path.stem)
def test_a_lesson_is_short_and_its_texts_are_whole(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) <= 8_000
    assert not re.search(r"!(?!=)", text)
    for step in show_lesson(path.stem[3:])["steps"]:
        assert step["text"].startswith("<")
        assert not re.search(r"\$|\\[a-z]|merror", step["text"])


def test_what_a_step_sets_is_a_link_that_is_used_wholly():
    queries = [
        f"tab={step.tab.replace('descent/', 'descent&bench=').replace('/', '&lab=')}&{step.settings}"
        for step in STEPS
        if step.settings
    ]
    assert len(queries) > 5
    for query in queries:
        assert explain_unused(parse_qsl(query)) == []
        values = {name: value for name, (value,) in parse_qs(query).items()}
        read = {"network": read_plane, "window": read_window}.get(
            values.get("bench") or values.get("lab"), read_race
        )
        assert read(values) is not None


def test_sections_and_components_that_a_step_names_are_on_its_tab(page_blocks):
    def find_tab(block):
        path = []
        while block is not None:
            path += [block.id] if isinstance(block, gr.Tab) else []
            block = block.parent
        return "/".join(reversed(path))

    sections = {(find_tab(block), block.label) for block in page_blocks if isinstance(block, gr.Accordion)}
    sections |= {
        (find_tab(block), html.unescape(title))
        for block in page_blocks
        if isinstance(block, gr.HTML)
        for title in re.findall(r"<summary>(.*?)</summary>", str(block.value))
    }
    places = {(find_tab(block), block.elem_id) for block in page_blocks}
    for step in STEPS:
        assert step.tab in {find_tab(block) for block in page_blocks}
        assert not step.section or (step.tab, step.section) in sections
        name, *words = step.condition or ("",)
        if name in ("chosen", "changed"):
            assert (step.tab, words[0]) in places


def test_conditions_are_those_that_the_script_knows():
    script = (FOLDER / "components" / "lesson_conditions.js").read_text(encoding="utf-8")
    table = script[script.index("CONDITIONS = {") : script.index("\n};")]
    assert sorted(re.findall(r"^  (\w+):(?=\s)", table, re.MULTILINE)) == sorted(NUM_WORDS)
    for step in STEPS:
        name, *words = step.condition or ("",)
        assert name in ("", "answered") or len(words) == NUM_WORDS[name], step


def test_a_line_that_is_not_known_is_refused():
    with pytest.raises(
        ValueError, match="“sett: tab=runs” under “One” is none of set, tab, section, ask, done"
    ):
        parse_lesson("x", "# X\ntab: runs\nabout: y\n\n## One\nsett: tab=runs\n\nText.")


def test_there_is_no_such_lesson():
    for key in ("nonsense", None, ["tour"]):
        with pytest.raises(
            ValueError, match="There is no lesson .* The lessons are tour, tensors, gradient,"
        ):
            show_lesson(key)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("lesson=kernal", "There is no lesson “kernal”. The lessons are tour, tensors,"),
        ("lesson=kernel&step=99", "The lesson “kernel” has the steps 1 to 7, not “99”: its first is shown."),
        ("lesson=kernel&step=²", "not “²”"),
        ("step=2", "“step” counts only together with a lesson, as in lesson=kernel."),
        ("lesson=kernel&step=7&solutions=off", ""),
        ("lesson=tour", ""),
    ],
)
def test_a_link_to_a_lesson_is_read_or_explained(query, words):
    told = " ".join(explain_unused(parse_qsl(query)))
    assert words in told if words else not told


def test_the_teachers_page_lists_the_lessons():
    page = (FOLDER.parents[1] / "docs" / "teaching.md").read_text(encoding="utf-8")
    rows = [
        f"| [{lesson.title}](http://127.0.0.1:7860/?lesson={key}) | {len(lesson.steps)} | {lesson.about} |"
        for key, lesson in LESSONS.items()
    ]
    assert "\n".join(rows) in page
