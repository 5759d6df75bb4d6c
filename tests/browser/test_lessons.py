"""Every lesson on the whole page, walked by what its steps ask for."""

import re

import numpy as np
from playwright.sync_api import expect

from app.lab.lessons.reader import read_lessons
from models.exercises.answers import Choice, Code
from models.exercises.catalogue import find_exercise
from models.exercises.exercise import pose_exercise
from tests.browser.dropdown import take_option
from tests.browser.pad import Pad
from tests.waiting import HANG_MS

LESSONS = read_lessons()
SEVEN = [[(60, 60), (220, 60), (120, 230)]]


class Walker:
    """Does what a lesson's steps ask for; each condition has a method of its name."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator(".gb-lessons-panel")

    def walk(self, lesson):
        for number, step in enumerate(lesson.steps, 1):
            expect(self.panel.locator("h3")).to_have_text(step.title)
            tab = self.page.locator(f"#gb-tabs [data-tab-id='{step.tab}']")
            if tab.get_attribute("aria-selected") != "true":
                tab.click()
            if step.condition:
                name, *words = step.condition
                getattr(self, name)(*words)
                expect(self.panel.locator(".gb-lessons-state"), step.title).to_have_text("✓ Done.")
            if number < len(lesson.steps):
                self.panel.get_by_role("button", name="Next", exact=True).click()

    def answered(self, key):
        answer = pose_exercise(find_exercise(key), "").answer
        question = self.panel.locator(f"[data-exercise='{key}']")
        question.wait_for()
        if isinstance(answer, Choice):
            question.get_by_role("radio").nth(answer.right).check()
        elif isinstance(answer, Code):
            question.get_by_role("textbox").fill(answer.right[0])
        else:
            fields = question.get_by_role("textbox").all()
            for field, value in zip(fields, np.ravel(answer.right), strict=True):
                field.fill(f"{value:.9g}")
        question.get_by_role("button", name="Check").click()

    def section(self, title):
        self.panel.get_by_role("button", name=f"Open “{title}”").click()

    def chosen(self, place, text):
        box = self.page.locator(f"#{place} input[role='combobox']")
        take_option(box, re.compile(rf"^{text}( |$)"), exact=False)

    def changed(self, place):
        if place == "microscope-spread":
            self.page.get_by_role("button", name="New mask").click()
        elif place == "network-maps":
            maps = self.page.locator("#network-maps .gb-maps")
            maps.locator("canvas[role='application']").first.focus()
            self.page.keyboard.press("ArrowRight")
        else:
            self.page.locator(f"#{place} [data-move='step']").click()

    def rate(self, low, high):
        self.page.locator(".gb-optimizer-1 input[data-number]").fill(low if float(high) > 1 else "0.1")

    def played(self):
        scrubber = self.page.get_by_role("slider", name="Steps taken")
        scrubber.focus()
        self.page.keyboard.press("Home")
        self.page.wait_for_timeout(400)
        self.page.keyboard.press("End")

    def read(self, digit):
        pad = Pad(self.page)
        pad.clear()
        pad.draw(SEVEN)

    def run(self):
        own = self.page.locator("#runs .gb-runs-focus[data-status='done']:not([data-run='example'])")
        if own.count():
            return
        take_option(self.page.locator("#run-network input"), "Logistic regression")
        images = self.page.get_by_role("spinbutton", name="number input for Images")
        images.fill("1000")
        images.press("Enter")
        self.page.locator("#run-start").click()
        own.wait_for(timeout=HANG_MS)


def test_every_lesson_is_done_by_what_its_steps_ask(open_page):
    page = open_page(settings="lesson=tour", reduced_motion="reduce")
    walker = Walker(page)
    for key, lesson in LESSONS.items():
        walker.walk(lesson)
        if key != "alexnet":
            walker.panel.get_by_role("button", name="Next lesson").click()
    walker.panel.get_by_role("button", name="Next lesson").click()
    counts = [f"{len(lesson.steps)} of {len(lesson.steps)}" for lesson in LESSONS.values()]
    expect(walker.panel.locator(".gb-lessons-count")).to_have_text(counts)
