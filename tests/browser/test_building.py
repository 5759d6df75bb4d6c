"""A network of one's own on the whole page: brought by a link, trained, drawn at, opened, and kept."""

import re

from playwright.sync_api import expect

from models.networks.layers.exchange import write_link
from models.networks.layers.kinds import AvgPool2d, Conv2d, Flatten, Linear, Tanh
from tests.browser.dropdown import take_option
from tests.browser.labs import open_lab
from tests.browser.pad import Pad, build_rough_example
from tests.browser.runs_tab import RunsTab

LENET = (
    Conv2d(6, kernel_size=5, padding=2), Tanh(), AvgPool2d(2), Conv2d(16, kernel_size=5), Tanh(),
    AvgPool2d(2), Flatten(), Linear(120), Tanh(), Linear(84), Tanh(), Linear(10),
)  # fmt: skip


def read_architecture(page, option):
    """Open a network in the architecture reader, which another one stood in."""
    open_lab(page, "architecture")
    layers = page.locator("#architecture-layers .gb-layers")
    take_option(page.locator("#architecture-network input"), "Multi-layer perceptron", exact=False)
    expect(layers).to_contain_text("109,386")
    take_option(page.locator("#architecture-network input"), option, exact=False)
    expect(layers).to_contain_text("61,706")


def test_own_network_comes_by_a_link_and_is_trained_drawn_at_opened_and_kept(open_page):
    page = open_page("runs", settings=f"layers={write_link('LeNet', LENET)}", reduced_motion="reduce")
    runs_tab = RunsTab(page)
    page.locator("#build-rows .gb-build[data-answered=true]").wait_for()
    expect(page.locator("#build-rows .gb-build-sums")).to_contain_text("Together 61,706 learned numbers")
    page.locator("#build-rows .gb-build-name").fill("LeNet-5")
    runs_tab.choose("network", "Build your own…")
    expect(page.locator("#run-about")).to_contain_text("LeNet-5: 6 filters 5×5, Tanh, average pool 2×2")
    page.get_by_role("tab", name="Conv & pool").click()  # before it is trained
    read_architecture(page, "LeNet-5, as you build it")
    page.get_by_role("tab", name="Training runs").click()
    runs_tab.choose("dataset", "Built-in strokes")
    runs_tab.set_images(1_000)
    runs_tab.fill("epochs", 1)
    page.locator("#run-about").get_by_text("1 epoch").first.wait_for()
    page.get_by_role("button", name="Start training").click()
    expect(page.locator("#runs .gb-runs-focus h3")).to_contain_text("LeNet-5 on")
    runs_tab.wait_for_status("done")

    page.get_by_role("tab", name="Sketchpad").click()
    take_option(page.locator("#sketchpad-checkpoint input"), re.compile("LeNet-5"), exact=False)
    pad = Pad(page)
    pad.clear()
    pad.draw(build_rough_example(3))
    pad.wait_until_shown()
    expect(page.locator("#sketchpad-checkpoint input")).to_have_value(re.compile("LeNet-5"))

    page.get_by_role("tab", name="Conv & pool").click()
    read_architecture(page, re.compile("^Your run: LeNet-5"))
    open_lab(page, "network")
    take_option(page.locator("#network-checkpoint input"), re.compile("LeNet-5"), exact=False)
    second = page.locator("#network-maps").get_by_text("features.3", exact=True)  # its second convolution
    second.first.scroll_into_view_if_needed()
    expect(second.first).to_be_visible()

    page.reload()  # this browser has kept it
    page.locator("body[data-ready]").wait_for()
    page.get_by_role("tab", name="Training runs").click()
    runs_tab.choose("network", "Build your own…")
    expect(page.locator("#build-rows .gb-build-name")).to_have_value("LeNet-5")
    expect(page.locator("#build-rows .gb-build-sums")).to_contain_text("61,706")
