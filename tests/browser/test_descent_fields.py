"""What is chosen and written in the form of the descent: asked once, kept, and a mistake said beside it."""

import re

from playwright.sync_api import expect

from tests.browser.descent_tab import PLAYER, tab
from tests.browser.dropdown import open_list, take_option

__all__ = ["tab"]  # a fixture


def check_lists(tab):
    """A list asks once for a choice, and not at all where it is left as it was.

    Gradio's says twice a click that it was used, and also whenever it is left.
    """
    page = tab.page
    for title in ("Saddle", "Quadratic valley"):
        tab.wait_for_rest()
        before = tab.race_number()
        tab.choose(title)
        tab.wait_for_rest()
        assert tab.race_number() == before + 1
    with tab.new_race():
        tab.rate().fill("0.0321")
    with tab.no_race():
        for box in (
            page.locator("#descent-problem input"),
            *page.get_by_role("combobox", name="Optimizer").all(),
        ):
            box.focus()
            page.keyboard.press("Tab")
            open_list(box)
            page.keyboard.press("Escape")
            page.keyboard.press("Tab")
    expect(tab.rate()).to_have_value("0.0321")

    # An optimizer that is chosen gets a rate and races; one that is taken away leaves the picture.
    tab.choose("Rosenbrock")
    tab.choose_optimizer(2, "Adagrad")
    tab.wait_for_optimizers(["Gradient descent", "Adagrad", "RMSprop", "Adam"])
    expect(tab.rate(2)).to_have_value(re.compile(r"\d"))
    tab.choose_optimizer(3, "–")
    tab.wait_for_optimizers(["Gradient descent", "Adagrad", "Adam"])
    expect(tab.rate(3)).to_have_value("")
    for slot in (1, 2):
        tab.choose_optimizer(slot, "–")
    tab.wait_for_optimizers(["Adam"])
    tab.wait_for_rest()
    with tab.no_race():  # the picture stays
        take_option(tab.page.get_by_role("combobox", name="Optimizer 4"), "–")
        tab.page.locator(".gb-field-error").get_by_text("No optimizer is chosen").wait_for()
    assert tab.optimizers() == ["Adam"]


def check_numbers(tab):
    """A mistake stands beside its field until it is mended, and a decimal comma is understood."""
    error = tab.page.locator(".gb-field-error:visible")
    old = tab.page.locator(f"{PLAYER}.is-old .gb-old")
    for value, words in (("-1", "above 0"), ("", "is empty")):
        with tab.no_race():
            tab.rate().fill(value)
            error.get_by_text(words).wait_for()
            old.wait_for()
        assert error.count() == 1
        field_box, error_box = tab.rate().bounding_box(), error.bounding_box()
        assert 0 <= error_box["y"] - field_box["y"] - field_box["height"] < 20
        assert tab.rate().input_value() == value
        with tab.new_race():
            tab.rate().fill("0.03")
        expect(error).to_have_count(0)
        expect(old).to_have_count(0)
    tab.open_section("Change the numbers")
    with tab.no_race():
        tab.page.get_by_label("x, 1 to 8 numbers").fill("1,5")
        error.get_by_text("can be read as '1; 5' or as '1.5'").wait_for()
    with tab.new_race():
        tab.page.get_by_label("x, 1 to 8 numbers").fill("1; 1; 1; 1; 1")
    expect(error).to_have_count(0)

    with tab.new_race():
        tab.rate().fill("")
        tab.rate().press_sequentially("0,05")
        tab.wait_for_details(["η = 0.05"])
    assert tab.rate().input_value() == "0,05"
    with tab.new_race():
        tab.rate().press("ArrowUp")  # a step size goes to the next of 1, 2, 5 times a power of ten
    expect(tab.rate()).to_have_value("0.1")
    with tab.new_race():
        tab.rate().fill("0,05")
    with tab.new_race():
        tab.page.get_by_label("y", exact=True).fill("2,5")
    # Five ones: each step of 0.05 halves the distance, which begins at y. The first row stands after nine.
    expected = 2.5**2 * 0.25**9
    tab.wait_for_losses(f"Math.abs(rows[0][1] / {expected} - 1) < 1e-4")
    # What is out of a slider's bounds is said and stays as well, whoever leaves the field.
    field = tab.page.get_by_role("spinbutton", name="number input for Iterations")
    field.fill("5000")
    field.press("Tab")
    tab.page.locator(".gb-field-error").get_by_text("enter a whole number from 1 to 1,000").wait_for()
    assert field.input_value() == "5000"
    assert tab.page.locator(".toast-wrap .error").count() == 0
    with tab.new_race():
        field.fill("15")
    expect(tab.page.locator(".gb-field-error:visible")).to_have_count(0)


def test_the_form_asks_once_for_a_choice_and_says_a_mistake_beside_its_field(tab):
    check_lists(tab)
    tab.choose("The notebook's problem")
    tab.wait_for_optimizers(["Gradient descent"])
    check_numbers(tab)
