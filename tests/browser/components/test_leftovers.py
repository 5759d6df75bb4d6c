"""Components that are shown, taken off the page and shown again, as Gradio does: nothing stays behind."""

from pathlib import Path

import pytest

from app.sketchpad.sections import build_my_digits_section, build_preparation_section, build_why_section
from app.sketchpad.tab import build_example, build_sketch_pad
from models.runs.library import DEFAULT_CHOICE
from tests.waiting import wait_until

COUNT = Path(__file__).with_name("leftovers.js").read_text(encoding="utf-8")
BROADCAST = """([strokes, checkpoint]) => {
  const drawing = { strokes, size: 280 };
  window.glassboxDrawing = { drawing, checkpoint, checkpoints: [checkpoint], answers: [] };
  document.dispatchEvent(new CustomEvent("glassbox-drawing"));
}"""


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
def test_component_that_is_taken_off_leaves_nothing_behind(open_bench, build, use):
    component = build()
    bench = open_bench(component)
    bench.take(component.elem_id)
    bench.page.evaluate(COUNT)
    for _ in range(2):
        bench.show(component)
        bench.page.evaluate(BROADCAST, [build_example(7), DEFAULT_CHOICE])
        use(bench.page)
        assert bench.page.evaluate("listAlive()")
        bench.take(component.elem_id)
        wait_until(lambda: not bench.page.evaluate("listAlive()"), lambda: bench.page.evaluate("listAlive()"))
