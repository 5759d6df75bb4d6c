"""A copied address is what one sees, also of the settings that are a section's own."""

import re

from playwright.sync_api import expect

from tests.browser.dropdown import take_option
from tests.browser.showing import open_section


def find_head(page, section):
    return page.locator(f"#{section} > .label-wrap")


def find_list(page, name):
    return page.locator(f"#{name}").get_by_role("combobox")


def expect_parameters(page, *parameters):
    """Wait until the address has these, in any order."""
    for parameter in parameters:
        expect(page).to_have_url(re.compile(re.escape(parameter) + "(&|$)"))


def open_copy(page, open_page):
    """Open what the address now says, in a browser that has kept nothing."""
    return open_page(settings=page.evaluate("location.search.replace(/^\\?__theme=light&/, '')"))


def check_descent(open_page):
    """Of Gradient descent: its chart, and the grid of depths."""
    page = open_page("descent")
    page.get_by_role("radio", name="Gradient").check()
    expect_parameters(page, "chart=Gradient")
    copy = open_copy(page, open_page)
    expect(copy.get_by_role("radio", name="Gradient")).to_be_checked()
    expect(copy.locator("#descent-player .gb-chart")).to_contain_text(
        "4.472"
    )  # of the gradient, at the start

    copy.locator("#descent-player").get_by_role("button", name="Add to my report").click()
    copy.get_by_role("button", name="My report", exact=True).click()
    link = copy.locator(".gb-report-link")
    expect(link).to_have_attribute("href", re.compile(r"\?tab=descent&chart=Gradient$"))

    page = open_page("descent", settings="bench=network&open=how-deep-can-it-be")
    page.locator("#plane-depth select").select_option("gradients")
    expect_parameters(page, "depths=gradients")
    copy = open_copy(page, open_page)
    expect(copy.locator("#plane-depth select")).to_have_value("gradients")


def check_runs(open_page):
    """Of Training runs: the seeds, question 4, the training loop, and the exercise on dropout."""
    page = open_page("runs", settings="split_seed=12")
    page.locator("#run-seeds input").fill("3")
    open_section(find_head(page, "exercise"))
    page.locator("#exercise-p input[type=range]").fill("0.25")
    open_section(find_head(page, "the-training-loop-line-by-line-section"))
    take_option(find_list(page, "one-step-network"), "Logistic regression")
    open_section(find_head(page, "question-4-section"))
    seed = page.locator("#split-seed input")
    expect(seed).to_have_value("12")
    seed.fill("7")
    expect_parameters(page, "seeds=3", "split_seed=7", "step_network=logistic", "dropout_exercise=4:0.25")

    copy = open_copy(page, open_page)
    expect(copy.locator("#split-shown")).to_contain_text("manual_seed(7)")
    expect(copy.locator("#split-seed input")).to_have_value("7")
    expect(copy.locator("#run-seeds input")).to_have_value("3")
    open_section(find_head(copy, "the-training-loop-line-by-line-section"))
    expect(find_list(copy, "one-step-network")).to_have_value("Logistic regression")
    expect(copy.locator("#one-step-shown")).to_contain_text("Logistic regression:")
    open_section(find_head(copy, "exercise"))
    expect(copy.locator("#exercise-p input[type=range]")).to_have_value("0.25")
    expect(copy.locator("#exercise-error")).to_be_empty()


def check_sketchpad(open_page):
    """Of the sketchpad: its networks, and the covered patch."""
    page = open_page("sketchpad")
    take_option(
        find_list(page, "sketchpad-checkpoint"), re.compile(r"^Multi-layer perceptron \(fast\)"), False
    )
    take_option(find_list(page, "sketchpad-beside"), re.compile(r"^ConvNet \(fast\)"), False)
    open_section(find_head(page, "why-section"))
    page.get_by_label("Patch that is covered").select_option("9")
    expect_parameters(page, "checkpoint=mlp", "beside=convnet", "patch=9", "open=why")

    copy = open_copy(page, open_page)
    expect(find_list(copy, "sketchpad-checkpoint")).to_have_value(re.compile("^Multi-layer perceptron"))
    expect(copy.locator("#sketchpad-beside")).to_contain_text("ConvNet (fast)")
    expect(copy.get_by_label("Patch that is covered")).to_have_value("9")
    expect(copy.locator("#why")).to_contain_text("9 × 9")


def test_a_copied_address_is_what_one_sees(open_page):
    check_descent(open_page)
    check_runs(open_page)
    check_sketchpad(open_page)
