"""Every lesson on the whole page, walked by what its steps ask for."""

import re

from playwright.sync_api import expect

from app.lab.lessons.reader import read_lessons
from tests.browser.dropdown import take_option
from tests.browser.pad import Pad
from tests.browser.runs_tab import FOCUS, place_run
from tests.waiting import wait_until

__all__ = ["place_run"]  # a fixture

LESSONS = read_lessons()
SEVEN = [[(60, 60), (220, 60), (120, 230)]]
# A lesson looks at the page every 300 ms, which is forty times too slow for nobody's eyes.
LOOK_OFTEN = """
const repeat = window.setInterval.bind(window);
window.setInterval = (act, ms, ...values) => repeat(act, ms === 300 ? 30 : ms, ...values);
"""


class Walker:
    """Does what a lesson's steps ask for on the page; each condition has a method of its name."""

    def __init__(self, page):
        self.page = page
        self.panel = page.locator(".gb-lessons-panel")

    def walk(self, lesson):
        for number, step in enumerate(lesson.steps, 1):
            name, *words = step.condition or ("answered",)
            if name == "answered":  # questions are answered on the harness page
                continue
            self.panel.get_by_role("button", name=f"Step {number} of").click()
            for part in step.tab.split("/"):
                tab = self.page.locator(f"[role='tab'][data-tab-id='{part}']").locator("visible=true")
                if tab.get_attribute("aria-selected") != "true":
                    tab.click()
            wait_until(lambda: self.try_once(name, words), lambda: f"not done: {step.title}")  # noqa: B023

    def try_once(self, name, words):
        """Do what a step asks; False where it had no effect, since what it is about was not there yet."""
        getattr(self, name)(*words)
        try:
            expect(self.panel.locator(".gb-lessons-state")).to_have_text("✓ Done.", timeout=3_000)
        except AssertionError:
            return False
        return True

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
        scrubber = self.page.get_by_role("slider", name=re.compile(r"^(Steps|Moments) taken$")).first
        scrubber.focus()
        self.page.keyboard.press("Home")
        self.page.wait_for_timeout(100)  # the lesson looks meanwhile
        self.page.keyboard.press("End")

    def read(self, digit):
        pad = Pad(self.page)
        pad.clear()
        pad.draw(SEVEN)

    def run(self):
        """Have the run that the page's address names look as one that is being trained, and then done."""
        own = f'{FOCUS}[data-status="done"]:not([data-run="example"])'
        self.page.locator(own).evaluate("""async (run) => {
          run.dataset.status = "running";
          await new Promise((go) => setTimeout(go, 200));
          run.dataset.status = "done";
        }""")


def test_every_lesson_is_done_by_what_its_steps_ask(open_page, place_run):
    settings = f"run={place_run()}&lesson=tour"
    page = open_page(settings=settings, reduced_motion="reduce", script=LOOK_OFTEN)
    walker = Walker(page)
    for lesson in LESSONS.values():
        expect(walker.panel.locator("h2")).to_have_text(lesson.title)
        walker.walk(lesson)
        walker.panel.get_by_role("button", name=f"Step {len(lesson.steps)} of").click()
        walker.panel.get_by_role("button", name="Next lesson").click()
    expect(walker.panel.locator("h2")).to_have_text("Lessons")
    assert page.evaluate("new URLSearchParams(location.search).has('lesson')") is False
