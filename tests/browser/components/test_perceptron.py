"""The perceptron's graph is walked through backwards, by buttons and keys, also on a phone."""

import pytest
from playwright.sync_api import expect

from app.descent.perceptron.components.perceptron import build_perceptron
from app.descent.perceptron.handlers import show_example
from app.ui.numbers import format_number
from app.ui.packing import pack
from models.descent.perceptron import Example, follow_example
from tests.browser.conftest import NARROW, WIDE

pytestmark = pytest.mark.gate  # some seconds

WAY_BACK = ["p", "z", "w2", "b2", "a", "u", "w1", "b1", "x"]
TITLES = [step["title"] for step in show_example(Example())["steps"]]


@pytest.fixture
def open_graph(open_harness):
    def open_graph(example=None, **options):
        return open_harness(
            build_perceptron(pack(show_example(example or Example())), elem_id="perceptron"), **options
        )

    return open_graph


def seen_gradients(page):
    """Return the nodes whose gradients can be read, as the figure has them."""
    return page.locator(".gb-perceptron-figure [data-part$='.gradient']").evaluate_all(
        """(parts) => parts
          .filter((part) => getComputedStyle(part.querySelector("text")).opacity === "1")
          .map((part) => part.dataset.part.split(".")[0])"""
    )


def test_each_step_finds_one_more_gradient(open_graph):
    page = open_graph().page
    title = page.locator(".gb-perceptron-title")
    expect(title).to_have_text(TITLES[0])
    assert seen_gradients(page) == []
    for step, name in enumerate(WAY_BACK, start=1):
        page.get_by_role("button", name="Step").click()
        expect(title).to_have_text(TITLES[step])
        assert sorted(seen_gradients(page)) == sorted(WAY_BACK[:step])
        expect(page.locator("[data-node].is-found")).to_have_attribute("data-node", name)
        expect(page.locator(f"[data-edge={name}] .back")).to_have_css("opacity", "1")
        expect(page.locator(f"[data-edge={name}] .there")).to_have_css("opacity", "0")
    gradient = follow_example(Example()).by_hand["z"]
    shown = page.locator("[data-part='z.gradient'] text").all_text_contents()
    assert shown == [format_number(value) for value in gradient]
    page.get_by_role("button", name="Back").click()
    expect(title).to_have_text(TITLES[-2])
    assert "x" not in seen_gradients(page)


def test_keys_walk_through_it(open_graph):
    page = open_graph().page
    title = page.locator(".gb-perceptron-title")
    page.get_by_role("region", name="Computation graph").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(title).to_have_text(TITLES[2])
    page.keyboard.press("ArrowLeft")
    expect(title).to_have_text(TITLES[1])
    page.keyboard.press("End")
    expect(title).to_have_text(TITLES[-1])
    page.keyboard.press("r")
    expect(title).to_have_text(TITLES[0])


def test_another_example_keeps_the_step_and_what_is_wrong_leaves_the_last(open_graph):
    harness = open_graph()
    page = harness.page
    root = page.locator(".gb-perceptron")
    for _ in range(2):
        page.get_by_role("button", name="Step").click()
    other = Example(x=(0.0, 1.0, 2.0, -1.0), activation="tanh")
    harness.update("perceptron", value=pack(show_example(other)))
    wanted = [format_number(value) for value in follow_example(other).by_hand["z"]]
    expect(page.locator("[data-part='z.gradient'] text")).to_have_text(wanted)
    expect(page.locator(".gb-perceptron-title")).to_have_text(TITLES[2])
    harness.update("perceptron", value=pack({"errors": {"x": "x has 3 numbers."}}))
    expect(root.locator(".gb-old")).to_contain_text("last result")
    expect(page.locator("[data-part='z.gradient'] text")).to_have_text(wanted)
    harness.update("perceptron", value=pack(show_example(Example())))
    expect(root.locator(".gb-old")).to_have_count(0)


def test_it_is_empty_until_it_is_answered_and_comes_back_after_being_hidden(open_harness):
    harness = open_harness(build_perceptron(elem_id="perceptron"))
    assert harness.locate(".gb-perceptron-figure svg").count() == 0
    harness.update("perceptron", value=pack(show_example(Example())))
    expect(harness.locate(".gb-perceptron-figure svg")).to_have_count(1)
    harness.show(harness.take("perceptron"))
    expect(harness.locate(".gb-perceptron-figure svg")).to_have_count(1)


@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_letters_are_large_enough_and_only_the_figure_scrolls(open_graph, viewport):
    page = open_graph(viewport=viewport).page
    sizes = page.locator(".gb-perceptron text").evaluate_all(
        """(texts) => texts.map((text) =>
          parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    assert min(sizes) >= 11.95  # whole pixels of the drawing's width
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for step in range(1, len(TITLES)):
        page.get_by_role("button", name="Step").click()
        expect(page.locator(".gb-perceptron-title")).to_have_text(TITLES[step])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.wait_for_function(
            """() => {
              const box = document.querySelector("[data-node].is-found .frame").getBoundingClientRect();
              const frame = document.querySelector(".gb-perceptron-figure").getBoundingClientRect();
              return box.left >= frame.left - 1 && box.right <= frame.right + 1;
            }"""
        )
