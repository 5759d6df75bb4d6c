"""Sections within others, which have addresses too, and those that a teacher's link keeps folded."""

from playwright.sync_api import expect

from tests.browser.dropdown import take_option
from tests.browser.test_finding import IN_SIGHT, expect_query


def check_nested_sections(open_page):
    """A section within another has an address."""
    page = open_page("descent", settings="open=question-3.the-graph-as-a-table", reduced_motion="reduce")
    nested = page.locator("#the-graph-as-a-table-section > .label-wrap")
    expect(page.locator("#descent-nodes table")).to_be_visible()
    expect(nested).to_be_focused()
    page.wait_for_function(IN_SIGHT, arg="the-graph-as-a-table-section")
    current = page.locator("#gb-contents [aria-current]")
    expect(current).to_have_text("Question 3: what does loss.backward() have to do with backpropagation?")
    nested.press("Enter")
    expect_query(page, "tab=descent&open=question-3")
    nested.press("Enter")
    expect_query(page, "tab=descent&open=question-3.the-graph-as-a-table")
    page.locator("#question-3-section > .label-wrap").press("Enter")
    expect_query(page, "tab=descent")
    expect(current).to_have_count(0)

    # An exercise, which is asked for only when its section is seen; Back and Forward lead through it
    page.locator("#descent-exercises-section > .label-wrap").press("Enter")
    exercise = page.locator("#exercise-best-step-section")
    exercise.locator("summary").press("Enter")
    expect_query(page, "tab=descent&open=descent-exercises.exercise-best-step")
    page.reload()
    expect(exercise.get_by_role("button", name="Check")).to_be_in_viewport()
    expect(exercise.locator("summary")).to_be_focused()
    expect(current).to_contain_text("Exercises")


def check_locked_sections(open_page):
    """A teacher's link keeps folded what answers an exercise."""
    page = open_page("descent", settings="solutions=off&open=question-2", reduced_motion="reduce")
    section = page.locator("#question-2-section")
    head = section.locator("> .label-wrap")
    expect(head).to_be_focused()
    head.press("Enter")
    head.click()
    expect(page.locator("#descent-rates")).to_have_count(0)
    reason = "(head) => getComputedStyle(head, '::after').content"
    assert head.evaluate(reason) == '"Locked by your teacher\'s link"'
    expect(page.locator("#descent-status")).not_to_contain_text("0.1 is faster")
    take_option(page.get_by_role("combobox", name="Optimizer 2"), "Gradient descent")
    rate = page.locator(".gb-optimizer-2 input[data-number]")
    expect(rate).to_have_value("0.01")  # the opening's, and no suggestion
    free = page.locator("#question-3-section > .label-wrap")
    free.click()
    expect(page.locator("#descent-graph")).to_be_visible()
    assert free.evaluate(reason) == "none"

    page.locator("#gb-benches").get_by_role("tab", name="A small network").click()
    section = page.locator("#how-should-weights-begin-section")
    head = section.locator("summary")
    head.click()
    expect(section).not_to_have_attribute("open", "")
    assert head.evaluate(reason) == '"Locked by your teacher\'s link"'
    page.locator("#overfitting-and-what-holds-it-back-section summary").click()
    expect(page.locator("#overfitting-and-what-holds-it-back-section")).to_have_attribute("open", "")


def test_sections_have_addresses_and_a_teachers_link_keeps_some_folded(open_page):
    check_nested_sections(open_page)
    check_locked_sections(open_page)
