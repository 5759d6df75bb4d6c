"""The ruler of step sizes, and what the form takes of what was moved on it and in the player."""

import re

import pytest
from playwright.sync_api import expect

from app.descent.race import OPENINGS
from tests.browser.components.pointers import slide
from tests.browser.components.race import open_race
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds

__all__ = ["open_race"]  # a fixture


def test_the_rulers_marks_set_the_best_step_size_and_the_limit(open_race):
    race = open_race()
    marks = race.page.locator("#ruler .gb-ruler-marks button")
    expect(marks).to_have_text(["best 0.1", "limit 0.2"])
    race.scrubber.fill("40")
    with race.new_race():
        marks.nth(0).click()
    expect(race.detail).to_have_text("η = 0.1")
    race.expect_place(40)  # another step size leaves the cursor where it stands
    with race.new_race():
        marks.nth(1).click()
    expect(race.page.locator("#status")).to_contain_text("Back and forth")


def test_a_link_that_locks_the_solutions_hides_best_and_limit(open_race):
    race = open_race()
    race.page.evaluate("history.replaceState(null, '', '?solutions=off')")
    race.handle.focus()
    with race.new_race():
        race.page.keyboard.press("PageUp")
    ruler = race.page.locator("#ruler")
    expect(ruler.locator(".gb-ruler-note")).to_contain_text("Best and limit are locked by this link")
    for what in ("marks button", "pole", "zone"):
        assert ruler.locator(f".gb-ruler-{what}").count() > 1
        expect(ruler.locator(f".gb-ruler-{what}").filter(visible=True)).to_have_count(0)
    assert not re.search("best|limit", race.handle.get_attribute("aria-valuetext"))
    with race.new_race():
        race.page.keyboard.press("End")
    expect(race.handle).to_have_attribute("aria-valuenow", "10")
    expect(race.page.locator("#status")).to_contain_text("The steps grow")
    expect(race.page.locator("#status")).not_to_contain_text(re.compile(r"step size|\|\|"))


def test_dragging_along_the_ruler_redraws_at_once(open_race):
    race = open_race()
    box = race.handle.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    race.drag(start, (start[0] + 35, start[1]), (start[0] + 70, start[1]))
    rate = float(race.handle.get_attribute("aria-valuenow"))
    assert 0.015 < rate < 0.1
    expect(race.detail).to_have_text(f"η = {rate:g}")
    assert race.harness.sent("input")[-1]["moved"] == {"lr_1": rate}


@pytest.mark.parametrize("kind", ["touch", "pen"])
def test_a_finger_or_a_pen_takes_the_handle_along(open_race, kind):
    race = open_race(viewport=NARROW, has_touch=True)
    race.handle.scroll_into_view_if_needed()
    box = race.handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    with race.new_race():
        slide(race.page, kind, [(x + by, y) for by in (0, 10, 20, 30)])
    rate = float(race.handle.get_attribute("aria-valuenow"))
    assert 0.015 < rate < 0.5
    expect(race.detail).to_have_text(f"η = {rate:g}")
    assert race.harness.sent("input")[-1]["moved"] == {"lr_1": rate}


def test_a_finger_that_is_laid_on_the_bare_axis_moves_the_handle_when_it_is_lifted(open_race):
    race = open_race(viewport=NARROW, has_touch=True)
    race.handle.scroll_into_view_if_needed()
    box = race.handle.bounding_box()
    x, y = box["x"] + box["width"] / 2 + 60, box["y"] + box["height"] / 2
    with race.new_race():
        slide(race.page, "touch", [(x, y)])
    assert float(race.handle.get_attribute("aria-valuenow")) > 0.015


def test_the_ruler_is_moved_by_keys_and_says_where_it_stands(open_race):
    race = open_race()
    race.handle.focus()
    assert race.handle.get_attribute("aria-label") == "Step size of Gradient descent"
    assert race.handle.get_attribute("aria-valuetext") == (
        "Gradient descent, step size 0.01, below the best 0.1"
    )
    rates = []
    for key in ("ArrowRight", "Shift+ArrowRight", "PageUp", "PageDown", "End", "Home"):
        with race.new_race():
            race.page.keyboard.press(key)
        rates.append(float(race.handle.get_attribute("aria-valuenow")))
    grid = [10 ** (steps / 50) for steps in (-99, -94, -84, -94)]
    assert rates == [*(pytest.approx(rate, rel=1e-3) for rate in grid), 10, 0.0001]
    with race.new_race():
        race.page.keyboard.press("End")
    assert "above the limit 0.2" in race.handle.get_attribute("aria-valuetext")


def test_what_is_dragged_while_it_plays_counts_until_its_own_control_is_written_in(open_race):
    """While it plays, the fields do not follow; all that is asked of Python must say what was moved."""
    race = open_race(OPENINGS["valley"])
    race.player.locator("select").select_option("0.1")
    race.press("reset")
    race.press("play")
    box = race.handle.first.bounding_box()
    start = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    race.drag(start, (start[0] - 60, start[1]))
    rate = float(race.handle.first.get_attribute("aria-valuenow"))
    assert rate != OPENINGS["valley"].entries[0][1]
    detail = race.detail.first
    values = race.values | {"steps": 90}
    with race.new_race():
        race.ask(values, "steps")
    expect(detail).to_have_text(f"η = {rate:g}")
    expect(race.output).to_have_text(re.compile(" of 90$"))
    with race.new_race():  # its own field counts again once it is written in
        race.ask(values | {"lr_1": 0.011}, "lr_1")
    expect(detail).to_have_text("η = 0.011")
    expect(race.player.locator("[data-move=play]")).to_have_text("Pause")  # it has played all the while


def test_fields_take_what_was_moved_and_no_other(open_race):
    race = open_race()
    race.handle.focus()
    with race.new_race():
        race.page.keyboard.press("End")
    fill = "([fields, values]) => glassboxDescent.fillMoved(fields, values)"
    fields = ["lr_1", "lr_2", "w0"]
    untouched = {"__type__": "update"}
    assert race.page.evaluate(fill, [fields, [0.01, 0.5, "0"]]) == [10, untouched, untouched]
    assert race.page.evaluate(fill, [fields, [10, 0.5, "0"]]) == [untouched] * 3  # it holds it already


def test_choices_are_sent_one_after_the_other_and_only_where_something_else_is_chosen(open_race):
    """Gradio's list says that it was used twice a click, and also when it is left as it was."""
    race = open_race()
    race.page.evaluate(
        """() => {
          glassboxDescent.openList("problem", "toy");
          for (const value of ["toy", "valley", "valley"]) glassboxDescent.choose("problem", value);
          glassboxDescent.choose("optimizer_2", "adam");
        }"""
    )
    assert [one["chosen"] for one in race.harness.sent("submit")] == ["problem"]
    race.page.evaluate("(sent) => glassboxDescent.onFilled(sent)", race.harness.sent("submit")[0]["sent"])
    first, second = race.harness.sent("submit")
    assert [first["chosen"], second["chosen"]] == ["problem", "optimizer_2"]
    assert first["sent"] < second["sent"]


def test_all_words_of_the_ruler_are_written_before_they_are_measured(open_race):
    """Each measure that follows a change has the page laid out: between two of them nothing changes."""
    race = open_race(OPENINGS["valley"], viewport=NARROW)
    first, other = race.handle.nth(0), race.handle.nth(1)
    other.focus()
    expect(first).not_to_have_class(re.compile("is-active"))
    measured = race.page.evaluate(
        """(slot) => {
          const own = Object.getOwnPropertyDescriptor(HTMLElement.prototype, "offsetWidth");
          const zones = document.querySelector("#ruler .gb-ruler-zones");
          const seen = [];
          const get = function () {
            if (zones.contains(this)) seen.push(zones.innerHTML);
            return own.get.call(this);
          };
          Object.defineProperty(HTMLElement.prototype, "offsetWidth", { configurable: true, get });
          document.querySelector(`#ruler [role=slider][data-slot="${slot}"]`).focus();
          Object.defineProperty(HTMLElement.prototype, "offsetWidth", own);
          return seen;
        }""",
        first.get_attribute("data-slot"),
    )
    expect(first).to_have_class(re.compile("is-active"))
    assert len(measured) > 3  # more words than zones
    assert len(set(measured)) == 1


def test_zone_too_narrow_for_its_words_is_named_in_the_legend(open_race):
    race = open_race()
    zones, legend = (race.page.locator(f"#ruler .gb-ruler-{part} span") for part in ("zone", "legend"))
    expect(zones).to_have_text(["stops short", "diverges"])
    expect(legend).to_have_text(["overshoots, still comes down"])
    race.page.set_viewport_size({"width": 3000, "height": 900})
    expect(zones).to_have_text(["stops short", "overshoots", "diverges"])
    expect(legend).to_have_count(0)
