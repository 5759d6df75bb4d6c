"""An answer that comes late, when something else was set meanwhile: nothing older is shown or written."""

import re

from playwright.sync_api import expect

from tests.browser.descent_tab import Tab
from tests.browser.dropdown import take_option
from tests.browser.labs import open_lab
from tests.browser.runs_tab import RunsTab
from tests.browser.test_inspection import Window


class HeldRequest:
    """The first request of a page whose body has a text in it, kept back until `release`."""

    def __init__(self, page, text):
        self.page, self.text, self.route = page, text, None
        page.route("**", self.hold)

    def is_meant(self, request):
        return request.method == "POST" and self.text in (request.post_data or "")

    def hold(self, route):
        if self.route is None and self.is_meant(route.request):
            self.route = route
        else:
            route.fallback()

    def release(self):
        """Let it go, and wait for its answer."""
        with self.page.expect_response(lambda answer: answer.request == self.route.request) as answered:
            self.route.continue_()
        answered.value.finished()
        self.page.unroute("**", self.hold)


def start_to_type(field, text):
    field.click()
    field.page.keyboard.press("Control+a")
    field.page.keyboard.type(text)


def check_window(page):
    window = Window(page)
    held = HeldRequest(page, '"max"')
    page.get_by_label("Max pooling", exact=True).check()
    window.set_slider("Stride", 4)
    window.wait_for("7 × 7 pixels")
    views = int(window.host.get_attribute("data-views"))
    held.release()  # which knows of no stride but 1
    expect(window.host).to_have_attribute("data-views", str(views + 1))
    window.wait_for("7 × 7 pixels")
    window.wait_for("each the largest of 2 × 2")


def check_microscope(page):
    open_lab(page, "microscope")
    held = HeldRequest(page, '"convnet2"')
    take_option(page.locator("#microscope-checkpoint input"), re.compile(r"^ConvNet2 \(fast"), exact=False)
    page.locator("#microscope-mode").get_by_label("Evaluation: all are kept").check()
    mask = page.locator("#microscope-spread .gb-spread-mask figcaption")
    expect(mask).to_contain_text("8 maps of 14 × 14")
    expect(mask).to_contain_text("keeps all")
    held.release()  # which knows of the training mode alone
    expect(page.locator("#microscope-layer input")).to_have_value(re.compile("8 maps of 14 × 14"))
    expect(mask).to_contain_text("keeps all")


def check_descent(page):
    tab = Tab(page)
    held = HeldRequest(page, '"sent"')
    with page.expect_request(held.is_meant):
        take_option(page.locator("#descent-problem input"), "Quadratic valley")
    start_to_type(tab.rate(), "0.0123")
    held.release()
    tab.wait_for_details(["η = 0.0123", "η = 0.1111", "η = 0.05263", "η = 5"])
    expect(tab.rate()).to_have_value("0.0123")
    expect(tab.rate(2)).to_have_value("0.1111")  # the other fields are the problem's
    expect(page.get_by_role("spinbutton", name="number input for Iterations")).to_have_value("100")


def check_form_of_a_training(page):
    runs_tab = RunsTab(page)
    runs_tab.open_hyperparameters()
    held = HeldRequest(page, '"mlp"')
    with page.expect_request(held.is_meant):
        runs_tab.choose("network", "Multi-layer perceptron")
    runs_tab.wait_for_value("optimizer", "SGD with momentum")  # what a network brings waits for no answer
    runs_tab.wait_for_value("momentum", "0.9")
    page.locator("#run-dropout").wait_for(state="detached")
    field = page.locator("#run-learning-rate input")
    start_to_type(field, "0.12")
    held.release()  # the answer that knows nothing of the rate is shown first, not last
    page.locator("#run-about").get_by_text("SGD with momentum 0.9, learning rate 0.12").wait_for()
    page.keyboard.type("34")
    page.locator("#run-about").get_by_text("learning rate 0.1234").wait_for()
    assert field.input_value() == "0.1234"


def test_a_late_answer_shows_nothing_older_and_rewrites_no_field(open_page):
    page = open_page("inspection", reduced_motion="reduce")
    check_window(page)
    check_microscope(page)
    page.get_by_role("tab", name="Gradient descent").click()
    check_descent(page)
    page.get_by_role("tab", name="Training runs").click()
    check_form_of_a_training(page)
