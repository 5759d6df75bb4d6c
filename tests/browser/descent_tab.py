"""The gradient descent tab as its user handles it."""

import contextlib
import re

import pytest
from playwright.sync_api import expect

from tests.browser.dropdown import take_option
from tests.browser.showing import open_section

PLAYER = "#descent-player .gb-player"


class Tab:
    """The tab as its user handles it."""

    def __init__(self, page, races=1):
        """Wait for the race that the page is built with, and where its address names another for that too."""
        self.page = page
        page.wait_for_function(f"() => document.querySelector('{PLAYER}')?.dataset.races >= {races}")
        page.locator("#descent-losses table").wait_for()
        page.wait_for_function(
            "() => document.querySelector('.gb-optimizer-4 input[data-number]').value !== '0'"
        )

    def rate(self, slot=1):
        return self.page.locator(f".gb-optimizer-{slot} input[data-number]")

    def race_number(self):
        return int(self.page.locator(PLAYER).get_attribute("data-races"))

    @contextlib.contextmanager
    def new_race(self):
        before = self.race_number()
        yield
        self.page.wait_for_function(f"() => +document.querySelector('{PLAYER}').dataset.races > {before}")

    def wait_for_status(self, text):
        self.page.locator("#descent-status").get_by_text(text).wait_for()

    def status(self):
        return self.page.locator("#descent-status").inner_text()

    def losses(self):
        rows = self.page.locator("#descent-losses tbody tr").all_inner_texts()
        return [tuple(float(cell) for cell in row.split("\t")) for row in rows]

    def wait_for_losses(self, condition):
        """Wait until the table, an array of rows of numbers called `rows`, meets a JavaScript condition."""
        self.page.wait_for_function(
            f"""() => {{
              const rows = [...document.querySelectorAll("#descent-losses tbody tr")]
                .map((row) => [...row.cells].map((cell) => Number(cell.innerText)));
              return {condition};
            }}"""
        )

    def choose(self, title):
        with self.new_race():
            take_option(self.page.locator("#descent-problem input"), title)

    def choose_optimizer(self, slot, title):
        with self.new_race():
            take_option(self.page.get_by_role("combobox", name=f"Optimizer {slot}"), title)

    def wait_for_optimizers(self, names):
        expect(self.page.locator(f"{PLAYER} .gb-player-name")).to_have_text(names)

    def wait_for_details(self, details):
        """Wait for a race with these step sizes."""
        expect(self.page.locator(f"{PLAYER} .gb-player-detail")).to_have_text(details)

    def optimizers(self):
        return self.page.locator(f"{PLAYER} .gb-player-name").all_inner_texts()

    def place(self):
        return int(re.search(r"step (\d+)", self.page.locator(f"{PLAYER} output").inner_text())[1])

    def open_section(self, title):
        open_section(self.page.get_by_role("button", name=title))

    def wait_for_rest(self):
        """Wait until the cursor rests: whatever was asked before is answered, and the fields follow."""
        self.page.locator(f"{PLAYER}[data-resting]").wait_for()

    @contextlib.contextmanager
    def no_race(self):
        """Nothing within may be answered with a race, up to where the cursor rests."""
        self.wait_for_rest()
        before = self.race_number()
        yield
        self.wait_for_rest()
        assert self.race_number() == before

    def drag_handle(self, by_px, slot=1):
        """Drag an optimizer's handle along the ruler; return the step size that it then has."""
        handle = self.page.locator(f"#descent-ruler [data-slot='{slot - 1}'][role=slider]")
        handle.scroll_into_view_if_needed()
        box = handle.bounding_box()
        self.page.mouse.move(box["x"] + 20, box["y"] + 20)
        self.page.mouse.down()
        with self.new_race():
            self.page.mouse.move(box["x"] + 20 + by_px, box["y"] + 20, steps=6)
        self.page.mouse.up()
        rate = float(handle.get_attribute("aria-valuenow"))
        details = self.page.locator(f"{PLAYER} .gb-player-detail")
        details.filter(
            has_text=re.compile(f"^η = {rate:g}$")
        ).first.wait_for()  # the last move's answer is there
        return rate

    def play(self, speed):
        self.page.locator(f"{PLAYER} select").select_option(speed)
        self.page.locator(f"{PLAYER} [data-move=reset]").click()
        self.page.locator(f"{PLAYER} [data-move=play]").click()

    def move_of(self, points):
        """Return the points with the one that was moved last, which the picture of the data names."""
        canvas = self.page.locator(f"{PLAYER} .gb-player-data canvas")
        moved = re.search(r"Chosen: point (\d+) at (.+), (.+)\.$", canvas.get_attribute("aria-label"))
        number, *point = (float(part.replace("\u2212", "-")) for part in moved.groups())
        index = int(number) - 1
        return [*points[:index], tuple(point), *points[index + 1 :]]

    def wait_for_points(self, points):
        """Wait until the table of points holds just these, and follows no move any more."""
        self.wait_for_rest()
        self.page.locator(
            "#descent-points"
        ).scroll_into_view_if_needed()  # the cells come in when they are seen
        self.page.wait_for_function(
            """(points) => JSON.stringify(points.flat()) === JSON.stringify(
              [...document.querySelectorAll("#descent-points [role=gridcell]")]
                .map((cell) => Number(cell.innerText.replace("\u22ee", "").replace(",", "."))))""",
            arg=[list(point) for point in points],
        )


@pytest.fixture
def tab(open_page):
    return Tab(open_page("descent"))
