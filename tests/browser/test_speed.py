"""How quickly a change is drawn anew, wherever Python works out what is drawn."""

import re
import statistics
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import expect

from models.networks.layers.exchange import write_link
from models.networks.layers.kinds import Conv2d, Flatten, Linear, MaxPool2d, ReLU
from tests.browser.descent_tab import PLAYER, Tab
from tests.browser.test_inspection import AWAY, Window
from tests.browser.test_network import MAPS, Section

pytestmark = pytest.mark.release

# From the change of a field, or the press of a button, to the frame after what is drawn says so.
TIME_A_CHANGE = """async ([field, value, drawn, attribute]) => {
  const [control, node] = [field, drawn].map((selector) => document.querySelector(selector));
  const start = performance.now();
  const shown = new Promise((resolve) => {
    new MutationObserver((_, observer) => {
      if (attribute === "data-answered" && node.dataset.answered !== "true") return;
      observer.disconnect();
      requestAnimationFrame(() => resolve(performance.now() - start));
    }).observe(node, attribute ? { attributes: true, attributeFilter: [attribute] }
      : { childList: true, characterData: true, subtree: true });
  });
  if (control.matches("button")) {
    control.click();
  } else {
    control.value = value;
    control.dispatchEvent(new InputEvent("input", { bubbles: true }));
  }
  return shown;
}"""
LONG = (*[Conv2d(8, padding=1), ReLU()] * 18, MaxPool2d(4), ReLU(), Flatten(), Linear(10))  # forty layers


class Change(NamedTuple):
    """Something to change.

    Attributes:
        limit_ms: What the median of nine changes may take.
        tab: The tab's name in the address.
        settings: The address's parameters.
        field: The control, a field or a button.
        values: What the field is given, one after the other.
        drawn: What is drawn.
        attribute: Its attribute that changes then; its text where this is empty.
        prepare: Given the page, makes it ready, and returns a function: given a value, the context of its
            change, which ends when nothing that would disturb the next is on its way any more.
    """

    limit_ms: float
    tab: str
    settings: str
    field: str
    values: Iterable[Any]
    drawn: str
    attribute: str
    prepare: Callable[[Any], Callable[[Any], AbstractContextManager[Any]]]


@contextmanager
def wait_afterwards(wait=lambda: None):
    yield
    wait()


def is_rest(answer):
    """Tell whether an answer is the one to a resting cursor."""
    return '"iteration"' in (answer.request.post_data or "")


def prepare_descent(page):
    Tab(page, races=2).wait_for_rest()
    return lambda value: page.expect_response(is_rest)


def prepare_window(page):
    window = Window(page)
    page.get_by_role("button", name="Its zoom: past the edge").click()
    window.wait_for("28 × 28 pixels")
    page.get_by_role("button", name=AWAY).click()  # its link is the last to follow
    follows = expect(window.link).to_have_value
    return lambda value: wait_afterwards(lambda: follows(re.compile(rf"^http.*\bseed={value}\b")))


def prepare_layers(page):
    Section(page).choose("ConvNet4")
    return lambda value: wait_afterwards()


def prepare_mask(page):
    page.locator("#microscope-spread li.gb-strips-row").first.wait_for()
    page.get_by_role("button", name="New mask").evaluate("(button) => { button.id = 'new-mask'; }")
    seed = page.get_by_role("spinbutton", name="number input for Seed of the mask", exact=True).last
    return lambda value: wait_afterwards(lambda: expect(seed).to_have_value(f"{value}"))


def prepare_rows(page):
    page.locator("#build-rows .gb-build[data-answered=true] .gb-layer").last.wait_for()
    return lambda value: wait_afterwards()


KAPPA = "input[aria-label='number input for Condition number κ']"
SEED = "#window-controls input[aria-label^='number input for Seed']"
INDEX = "#network-index input"
FILTERS = "#build-rows [aria-label='out_channels of layer 1']"
ONE_RACES = "problem=valley&steps=150&entries=gradient_descent:0.05"
CHANGES = {
    "a race of one": Change(
        100, "descent", ONE_RACES, KAPPA, count(20), PLAYER, "data-races", prepare_descent
    ),
    "a race of four": Change(
        200, "descent", "problem=valley&steps=150", KAPPA, count(20), PLAYER, "data-races", prepare_descent
    ),
    "the window": Change(
        100, "inspection", "", SEED, count(20), "#window .gb-window", "data-views", prepare_window
    ),
    "the layers of ConvNet4": Change(
        300, "inspection", "lab=network", INDEX, count(1), MAPS, "data-drawn", prepare_layers
    ),
    "a mask of dropout": Change(
        200, "inspection", "lab=microscope", "#new-mask", count(1),
        "#microscope-spread .gb-spread-mask small", "", prepare_mask,
    ),
    "forty layers": Change(
        50, "runs", f"layers={write_link('Long', LONG)}", FILTERS, count(9),
        "#build-rows .gb-build", "data-answered", prepare_rows,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_a_change_is_drawn_quickly(open_page, undisturbed, change):
    """The median of nine changes must meet the limit; on a busy machine it is given two more tries.

    benchmarks/README.md has what was measured.
    """
    page = open_page(change.tab, settings=change.settings, reduced_motion="reduce")
    change_to = change.prepare(page)
    values, medians = iter(change.values), []
    with undisturbed():
        for _ in range(3):
            delays = []
            for _ in range(9):
                value = next(values)
                asked = [change.field, f"{value}", change.drawn, change.attribute]
                with change_to(value):
                    delays.append(page.evaluate(TIME_A_CHANGE, asked))
            medians.append(statistics.median(delays))
            if medians[-1] <= change.limit_ms:
                break
    print(f"change to picture, medians in ms: {[round(median) for median in medians]}")
    assert min(medians) <= change.limit_ms
