"""Player, ruler and status of the descent together, as their watcher handles them."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from app.descent.components.player import build_player
from app.descent.components.ruler import build_ruler
from app.descent.form import fill_form
from app.descent.handlers import answer_controls, on_moved
from app.descent.race import run_race
from app.descent.sentences import describe_race
from app.descent.settings import RaceSettings
from app.descent.view import CHARTS, show_race, show_ruler
from app.ui.components.notice import build_notice


class Race:
    """A race as its watcher handles it; moves are answered as the tab answers them."""

    def __init__(self, open_harness, settings=None, **options):
        settings = settings or RaceSettings()
        race = run_race(settings)
        self.values = fill_form(settings)
        values = [CHARTS[0], *self.values.values()]
        components = [
            build_player(show_race(race, CHARTS[0]), answer_controls, elem_id="player"),
            build_ruler(show_ruler(race), elem_id="ruler"),
            build_notice("status", describe_race(race), elem_id="status"),
        ]

        def answer(message):
            return {"player": {"value": on_moved(message, *values)}}

        handlers = {("player", "input"): answer, ("ruler", "input"): answer}
        self.harness = open_harness(*components, handlers=handlers, **options)
        self.page = self.harness.page
        self.player = self.page.locator(".gb-player")
        self.output = self.player.locator("output")
        self.scrubber = self.player.locator("input[type=range]")
        self.detail = self.player.locator(".gb-player-detail")
        self.handle = self.page.locator("#ruler [role=slider]:visible")

    def ask(self, values, field):
        """Ask for a race as the page does when a control of the form is used."""
        sent = values | {"points": {"data": values["points"]}}
        self.page.evaluate(
            "([values, field]) => glassboxDescent.askForRace(values, field)",
            [[CHARTS[0], *sent.values()], field],
        )

    def press(self, move):
        self.player.locator(f"[data-move={move}]").click()

    def expect_place(self, step):
        expect(self.output).to_have_text(re.compile(f"^step {step} of "))

    def place(self):
        return int(re.search(r"step (\d+)", self.output.inner_text())[1])

    @contextlib.contextmanager
    def new_race(self):
        before = int(self.player.get_attribute("data-races"))
        yield
        self.page.wait_for_function(f"() => +document.querySelector('.gb-player').dataset.races > {before}")

    def settle(self):
        """Wait until the cursor rests: whatever was asked before is answered."""
        self.page.locator(".gb-player[data-resting]").wait_for()

    def losses(self):
        numbers = self.player.locator("li .gb-player-figure:nth-child(2) .gb-player-number")
        return [float(title) for title in numbers.evaluate_all("all => all.map((one) => one.title)")]

    def canvas(self, part):
        canvas = self.player.locator(f".gb-player-{part} canvas")
        canvas.scroll_into_view_if_needed()
        return canvas.bounding_box()

    def drag(self, start, *ends):
        """Press, and move through places, at each of which a race has to come."""
        self.page.mouse.move(*start)
        self.page.mouse.down()
        for end in ends:
            with self.new_race():
                self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()


@pytest.fixture
def open_race(open_harness):
    return lambda *settings, **options: Race(open_harness, *settings, **options)
