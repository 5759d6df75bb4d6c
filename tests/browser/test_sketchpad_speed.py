"""How quickly the sketchpad answers a hand."""

import itertools
import time

import pytest

from app.sketchpad.tab import build_example
from tests.browser.conftest import watch_pages
from tests.browser.dropdown import take_option
from tests.browser.pad import BESIDE, Pad, check_delays
from tests.browser.runs_tab import RunsTab
from tests.conftest import serve_page

LABELS = ("Logistic regression (fast", "ConvNet4 (fast", "GlassNet (fast", "ConvNet (fast", "ConvNet2 (fast")

pytestmark = pytest.mark.release


def choose_beside(page, labels):
    for number, label in enumerate(labels, start=2):
        take_option(page.locator(BESIDE), label, exact=False)
        page.wait_for_function(
            f"() => document.querySelectorAll('#pad .gb-pad-columns section').length === {number}"
        )
    page.keyboard.press("Escape")


def check_stroke(pad, undisturbed):
    """While it is being drawn at least every 150 ms: a stroke of 1.5 s at least ten times before it ends."""
    pad.clear()
    pad.page.evaluate(
        """() => {
          const pad = document.querySelector("#pad .gb-pad");
          window.answers = [];
          new MutationObserver(() => pad.dataset.digit !== "" && answers.push(performance.now()))
            .observe(pad, { attributes: true, attributeFilter: ["data-shown"] });
        }"""
    )
    mouse = pad.page.mouse
    (stroke,) = build_example(0)
    path = [stroke[i * (len(stroke) - 1) // 74] for i in range(75)]
    with undisturbed():
        mouse.move(*pad.place(*path[0]))
        mouse.down()
        for point in path[1:]:
            mouse.move(*pad.place(*point))
            time.sleep(0.02)
        answers = pad.page.evaluate("answers")
        mouse.up()
    gaps = [later - earlier for earlier, later in itertools.pairwise(answers)]
    assert len(answers) >= 10
    late = sorted(gaps)[int(0.9 * len(gaps))]  # one pause of a busy machine is not the pad's
    assert late <= 150, gaps


def check_one_network(pad, undisturbed):
    """Pointer-up to the updated bars of one network: median at most 20 ms, 95th percentile at most 50 ms."""
    pad.clear()
    with undisturbed():
        check_delays(pad, 30, late_ms=50, median_ms=20, tries=3)


def check_six_networks(pad, undisturbed):
    """Pointer-up to the updated bars of six networks: 95th percentile at most 80 ms."""
    pad.clear()
    pad.draw([[[90, 60], [190, 60], [120, 220]]])
    pad.wait_until_broadcast()
    choose_beside(pad.page, LABELS)
    with undisturbed():
        check_delays(pad, 30, late_ms=80)


def test_the_pad_is_answered_quickly(open_page, undisturbed):
    pad = Pad(open_page("sketchpad", reduced_motion="reduce"))
    check_stroke(pad, undisturbed)
    check_one_network(pad, undisturbed)
    check_six_networks(pad, undisturbed)


@pytest.fixture
def considerate_page(tmp_path):
    """The address of a page whose runs stand back, as `glassbox` serves it."""
    with serve_page(tmp_path / "runs", tmp_path / "log.txt") as address:
        yield address


def test_the_sketchpad_answers_at_once_while_a_run_trains(chromium, considerate_page, undisturbed):
    """Pointer-up to updated bars within 100 ms at the 95th percentile, while all cores train."""
    with watch_pages(chromium, considerate_page) as open_page:
        page = open_page("runs")
        runs_tab = RunsTab(page)
        runs_tab.choose("network", "ConvNet3")
        runs_tab.choose("dataset", "Built-in strokes")
        runs_tab.set_images(20_000)
        runs_tab.fill("epochs", 20)
        page.get_by_role("button", name="Start training").click()
        runs_tab.wait_for_status("running")
        runs_tab.wait_for_points(more_than=4)
        page.get_by_role("tab", name="Sketchpad").click()
        pad = Pad(page)
        pad.clear()
        with undisturbed():
            check_delays(pad, 40, late_ms=100)
        page.get_by_role("tab", name="Training runs").click()
        runs_tab.wait_for_status("running")  # it has trained all the time
        runs_tab.press("Stop")
        runs_tab.wait_for_status("stopped")
