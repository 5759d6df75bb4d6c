"""The search for a learning rate of the small network: asked in parts, used, checked, told to be old."""

import pytest
from playwright.sync_api import expect

from app.descent.plane.components.plane_rates import build_plane_rates
from app.descent.plane.form import fill_form, list_fields
from app.descent.plane.rates import NO_MATTER, answer_checking, answer_finding
from app.descent.plane.settings import PlaneSettings
from app.ui.rate_search import NO_CURVE
from tests.browser.conftest import NARROW

SMALL = PlaneSettings(hidden=(4,), count=60)


class Rates:
    """A search beside controls that hold some settings."""

    def __init__(self, open_harness, settings, **options):
        self.asked = []

        def note(name, answer):
            return lambda request: self.asked.append((name, request)) or answer(request)

        places = [list_fields().index(name) for name in NO_MATTER]
        self.component = build_plane_rates(
            note("find", answer_finding), note("check", answer_checking), NO_CURVE, places, elem_id="rates"
        )
        self.harness = open_harness(self.component, **options)
        self.page = self.harness.page
        self.root = self.page.locator(".gb-plane-rates")
        self.set(settings)

    def set(self, settings):
        """Ask for a training as the controls do, and tell those who listen of an answer."""
        self.page.evaluate(
            """(values) => {
              glassboxPlane.values = values;
              glassboxPlane.answer = {};
              document.dispatchEvent(new CustomEvent("glassboxPlane-answer"));
            }""",
            list(fill_form(settings).values()),
        )

    def press(self, name):
        self.root.get_by_role("button", name=name).click()

    def line(self, name):
        return self.root.locator(f".gb-plane-rates-{name}")


@pytest.fixture
def open_rates(open_harness):
    return lambda settings=SMALL, **options: Rates(open_harness, settings, **options)


def test_a_rate_is_found_checked_and_handed_over(open_rates):
    rates = open_rates()
    for name in ("Use this rate", "Check it"):
        expect(rates.root.get_by_role("button", name=name)).to_be_disabled()
    assert not rates.asked  # nothing before a press
    rates.press("Find a rate")
    expect(rates.line("found").locator("b")).to_contain_text("Suggested: η = ")
    expect(rates.line("state")).to_be_empty()
    suggested = float(rates.line("found").locator("b").inner_text().split("= ")[1].rstrip("."))
    legend = rates.root.locator(".gb-chart-legend")
    for name in ("seed 1", "seed 2", "seed 3", "median", "suggestion", "lowest"):
        expect(legend).to_contain_text(name)
    assert 1 <= len(rates.asked) <= 3
    rates.press("Check it")
    expect(rates.line("checked").locator("b")).to_have_text("It held")
    assert rates.asked[-1][0] == "check"
    assert rates.asked[-1][1]["rate"] == suggested
    rates.press("Use this rate")
    assert rates.harness.sent("submit") == [{"rate": suggested}]
    expect(rates.line("checked")).to_contain_text("stands in its field now")
    assert rates.root.get_attribute("aria-busy") is None


def test_it_says_when_the_settings_have_changed_but_not_for_the_rate(open_rates):
    rates = open_rates()
    rates.press("Find a rate")
    expect(rates.line("found")).to_contain_text("Suggested")
    rates.set(PlaneSettings(hidden=(4,), count=60, lr=0.5, epochs=30))
    expect(rates.line("old")).to_be_empty()
    rates.set(PlaneSettings(hidden=(5,), count=60))
    expect(rates.line("old")).to_have_text("The settings have changed since: this is of the earlier ones.")
    rates.press("Find a rate")
    expect(rates.line("old")).to_be_empty()


def test_where_none_is_suggested_there_is_nothing_to_use(open_rates):
    rates = open_rates(PlaneSettings(hidden=(4,), count=60, initialisation="zeros"))
    rates.press("Find a rate")
    expect(rates.line("found")).to_contain_text("There is no suggestion")
    expect(rates.root.get_by_role("button", name="Use this rate")).to_be_disabled()
    expect(rates.root.locator(".gb-chart-legend")).to_contain_text("median")


def test_a_mistake_is_told_and_nothing_old_stays(open_rates):
    rates = open_rates()
    rates.press("Find a rate")
    expect(rates.line("found")).to_contain_text("Suggested")
    values = fill_form(SMALL) | {"hidden": "9"}
    rates.page.evaluate("(values) => { glassboxPlane.values = values; }", list(values.values()))
    rates.press("Find a rate")
    expect(rates.line("error")).to_contain_text("Number 1 of them is 9")
    expect(rates.line("found")).to_be_empty()
    expect(rates.root.get_by_role("button", name="Check it")).to_be_disabled()


def test_it_is_there_again_after_gradio_took_it_off(open_rates):
    rates = open_rates()
    rates.press("Find a rate")
    expect(rates.line("found")).to_contain_text("Suggested")
    said = rates.line("found").inner_text()
    rates.harness.show(rates.harness.take("rates"))
    expect(rates.line("found")).to_have_text(said)
    expect(rates.root.get_by_role("button", name="Use this rate")).to_be_enabled()


def test_nothing_is_wider_than_a_narrow_screen(open_rates):
    rates = open_rates(viewport=NARROW)
    rates.press("Find a rate")
    expect(rates.line("found")).to_contain_text("Suggested")
    assert rates.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
