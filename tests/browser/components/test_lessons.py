"""Lessons in Chromium: opened from a button or a link, walked by keys and fingers, remembered."""

import numpy as np
import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import expect

from app.lab.lessons.reader import read_lessons
from app.lab.section import build_way_to_lessons
from app.ui.loader import address_module
from models.exercises.answers import Choice, Code
from models.exercises.catalogue import find_exercise
from models.exercises.exercise import pose_exercise
from tests.browser.components.conftest import ADDRESS
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds
KERNEL = read_lessons()["kernel"]


@pytest.fixture
def open_lessons(open_harness):
    """Show the button on a page whose address has a query."""

    def open_lessons(query="", **options):
        harness = open_harness(build_way_to_lessons(), **options)
        if query:
            part = harness.take("lessons")
            harness.page.evaluate("(query) => history.replaceState(null, '', query)", query)
            harness.show(part)
        return harness

    return open_lessons


def read_query(page):
    return page.evaluate("location.search")


def find_faults(page):
    """Return what axe-core has to say of the panel; a harness page lacks what a whole page has."""
    page.evaluate(AXE_SCRIPT)
    return page.evaluate(
        """async () => (await axe.run(".gb-lessons", { resultTypes: ["violations"] })).violations
          .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`))"""
    )


def find_step(page, lesson, step):
    return page.locator(".gb-lessons-body h3").get_by_text(
        read_lessons()[lesson].steps[step].title, exact=True
    )


def test_a_lesson_is_walked_by_keys_and_remembered(open_lessons):
    harness = open_lessons()
    page, panel = harness.page, harness.locate(".gb-lessons-panel")
    opener = page.get_by_role("button", name="Tour and lessons")
    assert panel.count() == 0
    opener.focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Lessons")).to_be_focused()
    expect(opener).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("link")).to_have_count(len(read_lessons()))
    assert find_faults(page) == []
    panel.get_by_role("link", name="Convolution", exact=True).focus()
    page.keyboard.press("Enter")
    expect(find_step(page, "kernel", 0)).to_be_focused()
    assert read_query(page) == "?lesson=kernel&step=1"
    panel.get_by_role("button", name="Next", exact=True).focus()
    page.keyboard.press("Enter")
    expect(find_step(page, "kernel", 1)).to_be_focused()

    done = panel.locator(".gb-lessons-state")
    first = panel.get_by_role("textbox").first
    first.focus()
    for value in np.ravel(pose_exercise(find_exercise("convolution"), "").answer.right):
        page.keyboard.type(f"{value:g}")
        page.keyboard.press("Tab")
    expect(done).to_have_text("")
    page.keyboard.press("Enter")
    expect(done).to_have_text("✓ Done.")
    expect(panel.get_by_role("button", name=f"Step 2 of {len(KERNEL.steps)}")).to_have_class("is-done")
    panel.get_by_role("button", name="All lessons").click()
    expect(panel.locator("li", has_text="Convolution")).to_contain_text(f"1 of {len(KERNEL.steps)}")
    panel.get_by_role("button", name="Close the lessons").click()
    expect(opener).to_be_focused()
    expect(panel).to_be_hidden()
    assert read_query(page) == ""

    harness.show(harness.take("lessons"))
    page.get_by_role("button", name="Tour and lessons").click()
    panel.get_by_role("link", name="Convolution", exact=True).click()
    expect(find_step(page, "kernel", 1)).to_be_visible()
    expect(done).to_have_text("✓ Done.")


def test_a_link_opens_a_step_and_locks_the_solutions(open_lessons):
    page = open_lessons("?__theme=dark&solutions=off&lesson=kernel&step=5").page
    panel = page.locator(".gb-lessons-panel")
    expect(find_step(page, "kernel", 4)).to_be_visible()
    expect(panel).to_contain_text("The solutions are locked by this link.")
    expect(panel.get_by_role("link", name="Set this on the page")).to_have_attribute(
        "href",
        "?__theme=dark&solutions=off&tab=inspection&lab=window&picture=digit&kernel_size=4&stride=4"
        "&lesson=kernel&step=5",
    )
    page.evaluate("history.pushState(null, '', '?solutions=off&lesson=pooling&step=3')")
    page.evaluate("history.pushState(null, '', '?solutions=off')")
    page.go_back()
    expect(find_step(page, "pooling", 2)).to_be_visible()
    page.go_back()
    expect(find_step(page, "kernel", 4)).to_be_visible()


@pytest.mark.parametrize("query", ["?lesson=kernel&step=99", "?lesson=kernel&step=two", "?lesson=kernel"])
def test_where_there_is_no_such_step_the_first_is_shown(open_lessons, query):
    page = open_lessons(query).page
    expect(find_step(page, "kernel", 0)).to_be_visible()


def test_the_way_to_a_tab_stands_where_it_is_not_on_its_way_already(open_lessons):
    page = open_lessons("?lesson=kernel&step=2").page
    way = page.get_by_role("button", name="Go to inspection/window")
    expect(find_step(page, "kernel", 1)).to_be_visible()
    assert way.count() == 0
    page.get_by_role("button", name="Step 3 of").click()
    expect(way).to_be_visible()
    page.evaluate("history.replaceState(null, '', '?tab=inspection&lab=window&lesson=kernel&step=3')")
    page.get_by_role("button", name="Step 2 of").click()
    expect(find_step(page, "kernel", 1)).to_be_visible()
    assert way.count() == 0


def test_of_a_lesson_that_is_not_there_the_panel_says_which_are(open_lessons):
    page = open_lessons("?lesson=kernal&step=2").page
    expect(page.locator(".gb-lessons-mistake")).to_contain_text(
        "There is no lesson “kernal”. The lessons are tour"
    )


def test_on_a_phone_half_of_the_page_stays_and_the_panel_folds(open_lessons):
    harness = open_lessons("?lesson=kernel&step=2", viewport=NARROW, theme="dark", has_touch=True)
    page, panel = harness.page, harness.locate(".gb-lessons-panel")
    expect(panel.get_by_role("textbox")).to_have_count(9)
    assert find_faults(page) == []
    assert panel.bounding_box()["height"] <= 0.53 * NARROW["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    for button in panel.get_by_role("button").all():
        assert button.bounding_box()["height"] >= 40
    panel.get_by_role("button", name="Fold", exact=True).tap()
    expect(panel.get_by_role("heading", name="Convolution", exact=True)).to_be_visible()
    expect(panel.get_by_role("textbox").first).to_be_hidden()
    assert panel.bounding_box()["height"] < 70
    panel.get_by_role("button", name="Unfold").tap()
    expect(panel.get_by_role("textbox").first).to_be_visible()


def test_the_last_step_leads_to_the_next_lesson(open_lessons):
    page = open_lessons(f"?lesson=kernel&step={len(KERNEL.steps)}").page
    page.get_by_role("button", name="Next lesson").click()
    expect(find_step(page, "pooling", 0)).to_be_focused()


def test_a_name_decides_the_numbers(open_lessons):
    page = open_lessons().page
    page.get_by_role("button", name="Tour and lessons").click()
    page.get_by_label("Your name or number").fill("Ada")
    page.wait_for_function("JSON.parse(localStorage['glassbox-answers'] ?? '{}').name === 'Ada'")
    page.get_by_role("link", name="Tensors", exact=True).click()
    page.get_by_role("button", name="Step 2 of 6").click()
    page.get_by_role("textbox", name="Your answer").fill(
        f"{pose_exercise(find_exercise('tensor-sum'), 'Ada').answer.right:g}"
    )
    page.keyboard.press("Enter")
    expect(page.locator(".gb-lessons-state")).to_have_text("✓ Done.")


def answer_question(question, answer):
    if isinstance(answer, Choice):
        question.get_by_role("radio").nth(answer.right).check()
    elif isinstance(answer, Code):
        question.get_by_role("textbox").fill(answer.right[0])
    else:
        for field, value in zip(question.get_by_role("textbox").all(), np.ravel(answer.right), strict=True):
            field.fill(f"{value:.9g}")
    question.get_by_role("button", name="Check").click()


def test_a_lesson_s_questions_are_answered_in_the_panel(open_lessons):
    page = open_lessons("?lesson=training").page
    for number, step in enumerate(read_lessons()["training"].steps, 1):
        if not step.exercise:
            continue
        page.get_by_role("button", name=f"Step {number} of").click()
        question = page.locator(f"[data-exercise='{step.exercise}']")
        question.wait_for()
        answer_question(question, pose_exercise(find_exercise(step.exercise), "").answer)
        expect(page.locator(".gb-lessons-state"), step.title).to_have_text("✓ Done.")


# What a condition says, the page before, and what makes it true.
CONDITIONS = {
    "tab runs": (
        '<div id="gb-tabs"><button role="tab" data-tab-id="runs" aria-selected="false"></button></div>',
        "document.querySelector('[role=tab]').ariaSelected = 'true'",
    ),
    "section What": (
        "<details><summary>What a step does</summary></details>",
        "document.querySelector('details').open = true",
    ),
    "section Question": (
        '<div class="block"><button class="label-wrap"><span>Question 1: which?</span></button></div>',
        "document.querySelector('.label-wrap').classList.add('open')",
    ),
    "chosen place ConvNet": (
        '<div id="place"><input value="ConvNet3"></div>',
        "document.querySelector('#place input').value = 'ConvNet (fast)'",
    ),
    "chosen place Logistic": (
        '<div id="place"><input></div>',
        "document.querySelector('#place').insertAdjacentHTML('beforeend', '<div class=token>Logistic</div>')",
    ),
    "rate 0.09 0.11": (
        '<div class="gb-optimizer-1"><input data-number value="0.01"></div>',
        "document.querySelector('input').value = '0,1'",
    ),
    "played": (
        '<div id="descent-player"><input type="range" max="9" value="9"></div>',
        "(window.isDone(), document.querySelector('input').value = 3, window.isDone(), "
        "document.querySelector('input').value = 9)",
    ),
    "read 7": (
        '<div id="pad"><div class="gb-pad" data-digit="">pad</div></div>',
        "document.querySelector('.gb-pad').dataset.digit = '7'",
    ),
    "run": (
        '<div id="runs"><i data-run="example" data-status="done"></i>'
        '<i data-run="1" data-status="done"></i></div>',
        "(document.querySelector('#runs').innerHTML += '<i data-run=2 data-status=running></i>', "
        "window.isDone(), document.querySelector('i:last-child').dataset.status = 'done')",
    ),
}


@pytest.fixture
def conditions_page(open_harness):
    return open_harness(build_way_to_lessons()).page


def test_conditions_look_at_what_the_page_shows(conditions_page):
    page = conditions_page
    address = f"{ADDRESS}{address_module('lab/components/lesson_conditions.js')}"
    for words, (before, act) in CONDITIONS.items():
        page.evaluate(
            """async ([address, words, before]) => {
              document.querySelector('main').innerHTML = before;
              const { createCondition } = await import(address);
              window.isDone = createCondition(words.split(" "), () => false);
            }""",
            [address, words, before],
        )
        assert page.evaluate("window.isDone()") is False, words
        page.evaluate(act)
        assert page.evaluate("window.isDone()") is True, words


def test_only_what_the_visitor_changes_counts(conditions_page):
    page = conditions_page
    page.evaluate(
        """async (address) => {
          document.querySelector("main").innerHTML = `<div role="tabpanel">
            <div role="tablist"><button role="tab">Network</button></div><p id="beside">a control</p>
            <div id="place"><button data-move="play">Pause</button><p>row 1</p></div></div>`;
          const { createCondition } = await import(address);
          window.isDone = createCondition(["changed", "place"], () => false, new AbortController().signal);
          window.isDone();
        }""",
        f"{ADDRESS}{address_module('lab/components/lesson_conditions.js')}",
    )

    def show(row, button="Play"):
        """Return whether the step is done once the place says this."""
        return page.evaluate(
            """([row, button]) => {
              document.querySelector("#place p").textContent = row;
              document.querySelector("#place button").textContent = button;
              return window.isDone();
            }""",
            [row, button],
        )

    assert not show("row 2")  # the page's load
    page.get_by_role("tab").click()
    page.evaluate("document.querySelector('#beside').click()")  # a script
    page.locator("#beside").hover()
    assert not show("row 3")
    page.locator("#beside").click()
    assert not show("row 4", "Pause")  # what plays by itself
    assert show("row 5")


def test_a_lesson_that_was_left_before_it_came_does_not_open(open_lessons):
    harness = open_lessons()
    page, panel = harness.page, harness.locate(".gb-lessons-panel")
    page.get_by_role("button", name="Tour and lessons").click()
    panel.get_by_role("link", name="Convolution", exact=True).wait_for()
    page.evaluate("""() => {
      const { server } = window.standIn.parts.lessons;
      const read = server.read;
      server.read = async (request) => {
        const lesson = await read(request);
        await new Promise((go) => (window.release = go));
        setTimeout(() => (window.isAnswered = true));
        return lesson;
      };
      window.opened = [];
      document.addEventListener("glassbox-open", ({ detail }) => window.opened.push(detail));
      document.body.dataset.ready = "";
    }""")
    for leave in ("Close the lessons", "Tour and lessons"):
        panel.get_by_role("link", name="Convolution", exact=True).click()
        page.wait_for_function("() => window.release")
        page.get_by_role("button", name=leave).click()
        page.evaluate("(window.isAnswered = false, window.release(), delete window.release)")
        page.wait_for_function("() => window.isAnswered")
        expect(panel).to_be_hidden()
        assert page.evaluate("[location.search, document.body.dataset.lesson, window.opened]") == [
            "",
            None,
            [],
        ]
        page.get_by_role("button", name="Tour and lessons").click()
        expect(panel.get_by_role("heading", name="Lessons")).to_be_visible()
