"""A component that Gradio takes off the page, shows again and takes off leaves nothing behind."""

from pathlib import Path

import pytest

from app.descent.components.player import build_player
from app.descent.components.ruler import build_ruler
from app.descent.handlers import answer_controls as answer_race
from app.descent.race import run_race
from app.descent.settings import RaceSettings
from app.descent.view import CHARTS, show_race, show_ruler
from app.inspection.microscope.components.spread import CHANNEL as MICROSCOPE_CHANNEL
from app.inspection.network.components.maps import CHANNEL as MAPS_CHANNEL
from app.inspection.network.components.maps import build_maps
from app.inspection.network.section import answer_controls as answer_layers
from app.inspection.network.section import answer_unit, open_network
from app.inspection.window.components.window import CHANNEL, build_window
from app.inspection.window.handlers import answer_controls as answer_window
from app.inspection.window.settings import WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import answer_view
from app.sketchpad.sections import build_my_digits_section, build_preparation_section, build_why_section
from app.sketchpad.tab import build_example, build_sketch_pad
from app.ui.components.chart import build_chart
from app.ui.components.grids import build_grids
from app.ui.components.notice import build_notice
from app.ui.digits import TEST
from models.runs.library import DEFAULT_CHOICE
from tests.browser.components.test_microscope import build_pictures
from tests.waiting import wait_until

pytestmark = pytest.mark.gate  # some seconds

# What goes on by itself and would keep a component alive: listeners beyond it, observers, timers, frames.
COUNT = Path(__file__).with_name("leftovers.js").read_text(encoding="utf-8")
# A component that is gone may wait for the next of these to let go of what it hears.
NEWS = """
(channels) => {
  window.dispatchEvent(new Event("resize"));
  document.dispatchEvent(new ClipboardEvent("paste"));
  for (const channel of channels) document.dispatchEvent(new CustomEvent(`${channel}-answer`));
}
"""
LIST_ALIVE = "window.listAlive()"
BROADCAST = """([strokes, checkpoint]) => {
  const drawing = { strokes, size: 280 };
  window.glassboxDrawing = { drawing, checkpoint, checkpoints: [checkpoint], answers: [] };
  document.dispatchEvent(new CustomEvent("glassbox-drawing"));
}"""


def build_descent():
    race = run_race(RaceSettings())
    return [
        build_player(show_race(race, CHARTS[0]), answer_race, elem_id="player"),
        build_ruler(show_ruler(race), elem_id="ruler"),
        build_notice("status", "**Ready**", elem_id="status"),
    ]


def build_sliding():
    view = answer_view(slide_window(WindowSettings(), None))
    return [
        build_window(view, answer_window, elem_id="window"),
        build_notice("status", "**Ready**", channel=CHANNEL, elem_id="status"),
    ]


def build_layers():
    value = open_network("convnet3", TEST, 0, None)
    return [
        build_maps(value, answer_layers, answer_unit, elem_id="maps"),
        build_notice("error", channel=MAPS_CHANNEL, elem_id="error"),
    ]


def build_shared():
    chart = {"series": [{"name": "loss", "role": "training", "points": [[0, 2], [1, 1]]}]}
    grids = '{"panels": [{"id": "a", "title": "A", "values": [[0, 1]], "scale": "ink", "max": 1}]}'
    return [build_chart(chart, "Loss", elem_id="chart"), build_grids(grids, elem_id="grids")]


@pytest.mark.parametrize("build", [build_descent, build_sliding, build_layers, build_pictures, build_shared])
def test_component_shown_again_and_again_leaves_nothing_behind(open_harness, build):
    components = build()
    harness = open_harness(*components)
    for component in components:
        harness.take(component.elem_id)
    harness.wait_for_frame()
    harness.page.evaluate(COUNT)
    for _ in range(3):
        for component in components:
            harness.show(component)
        harness.wait_for_frame()
        assert harness.page.evaluate(LIST_ALIVE)
        for component in components:
            harness.take(component.elem_id)
    harness.wait_for_frame()
    harness.page.evaluate(NEWS, ["glassboxDescent", CHANNEL, MAPS_CHANNEL, MICROSCOPE_CHANNEL])
    # Playwright's own waiting would set timers that are counted.
    wait_until(lambda: not harness.page.evaluate(LIST_ALIVE), lambda: harness.page.evaluate(LIST_ALIVE))


def use_pad(page):
    """Leave it in the middle of a replay."""
    pad = page.locator(".gb-pad")
    box = page.locator(".gb-pad-canvas").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 360, steps=20)
    page.mouse.up()
    wait_until(lambda: pad.get_attribute("data-digit") == "1")
    pad.locator("[data-tool=replay]").click()


def use_my_digits(page):
    page.locator(".gb-mine-labels button").nth(7).click()
    page.locator(".gb-mine[data-count='1']").wait_for()
    page.locator("[data-do=clear]").click()


def use_preparation(page):
    """Leave it while it moves by itself."""
    page.locator(".gb-preparation[data-step='0']").wait_for()


def use_why(page):
    page.locator(".gb-why-maps").press("ArrowUp")
    page.locator(".gb-why:not([data-change=''])").wait_for()


@pytest.mark.parametrize(
    ("build", "use"),
    [
        (build_sketch_pad, use_pad),
        (lambda: build_my_digits_section(lambda folder: None), use_my_digits),
        (build_preparation_section, use_preparation),
        (build_why_section, use_why),
    ],
    ids=["pad", "my-digits", "preparation", "why"],
)
def test_part_of_the_sketchpad_taken_off_in_the_middle_of_its_work_leaves_nothing_behind(
    open_harness, build, use
):
    component = build()
    harness = open_harness(component)
    harness.take(component.elem_id)
    harness.page.evaluate(COUNT)
    for _ in range(2):
        harness.show(component)
        harness.page.evaluate(BROADCAST, [build_example(7), DEFAULT_CHOICE])
        use(harness.page)
        assert harness.page.evaluate(LIST_ALIVE)
        harness.take(component.elem_id)
        wait_until(lambda: not harness.page.evaluate(LIST_ALIVE), lambda: harness.page.evaluate(LIST_ALIVE))
