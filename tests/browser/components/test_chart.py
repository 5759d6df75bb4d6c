"""The chart and the pixel grids by themselves: read by pointer and keys, told to a screen reader, redrawn."""

import json
import re

import pytest
from playwright.sync_api import expect

from app.ui.components.chart import build_chart
from app.ui.components.grids import build_grids
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds

LOSS = {
    "series": [
        {"name": "Training", "role": "training", "points": [[1, 0.9], [2, 0.5], [3, 0.25], [4, 0.2]]},
        {"name": "Validation", "role": "validation", "points": [[2, 0.6], [4, 0.3]], "markers": True},
    ],
    "x_label": "epoch",
    "y_label": "loss",
}
# Whether anything is drawn in a colour of the page, and where it begins from the left, as a share.
FIND_COLOR = """(canvas, variable) => {
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = getComputedStyle(canvas).getPropertyValue(variable).trim();
  probe.fillRect(0, 0, 1, 1);
  const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
  const { width, height } = canvas;
  const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
  let first = null;
  for (let i = 0; i < data.length; i += 4) {
    if (data[i] !== r || data[i + 1] !== g || data[i + 2] !== b || data[i + 3] !== 255) continue;
    first = Math.min(first ?? 1, (i / 4) % width / width);
  }
  return first;
}"""


@pytest.fixture
def open_chart(open_harness):
    def open_chart(value=LOSS, label="Loss", **options):
        harness = open_harness(build_chart(value, label, elem_id="chart"), **options)
        harness.wait_for_frame()
        return harness

    return open_chart


def read_legend(harness):
    items = harness.locate(".gb-chart-legend > span").all_inner_texts()
    return [re.sub(r"\s+", " ", item).strip() for item in items]


def test_the_last_point_is_told_until_another_is_read(open_chart):
    harness = open_chart()
    assert read_legend(harness) == ["epoch 4", "Training 0.2", "Validation 0.3"]
    canvas = harness.locate("canvas")
    assert canvas.get_attribute("aria-label") == (
        "Loss: Training 0.2, Validation 0.3. Arrow keys read the values."
    )
    box = canvas.bounding_box()
    harness.page.mouse.move(box["x"] + 0.45 * box["width"], box["y"] + 50)
    assert read_legend(harness) == ["epoch 2", "Training 0.5", "Validation 0.6"]
    harness.page.mouse.move(box["x"] + 0.65 * box["width"], box["y"] + 50)
    # A series without a point there says where the one is that it tells.
    assert read_legend(harness) == ["epoch 3", "Training 0.25", "Validation at 2 0.6"]
    harness.page.mouse.move(5, box["y"] + box["height"] + 60)
    assert read_legend(harness) == ["epoch 4", "Training 0.2", "Validation 0.3"]


def test_keys_read_the_values_aloud(open_chart):
    harness = open_chart()
    harness.locate("canvas").focus()
    spoken = harness.locate(".gb-chart-spoken")
    assert spoken.get_attribute("aria-live") == "polite"
    for key, text in (
        ("ArrowLeft", "epoch 3: Training 0.25, Validation 0.6"),
        ("Home", "epoch 1: Training 0.9, Validation 0.6"),
        ("ArrowLeft", "epoch 1: Training 0.9, Validation 0.6"),
        ("End", "epoch 4: Training 0.2, Validation 0.3"),
        ("ArrowRight", "epoch 4: Training 0.2, Validation 0.3"),
    ):
        harness.page.keyboard.press(key)
        expect(spoken).to_have_text(text)
    harness.page.keyboard.press("Home")
    harness.page.keyboard.press("Escape")
    assert read_legend(harness)[0] == "epoch 4"


def test_python_changes_value_title_and_height(open_chart):
    harness = open_chart()
    harness.update(
        "chart", value={**LOSS, "series": LOSS["series"][:1], "note": "Of 200 images."}, label="New"
    )
    expect(harness.locate(".gb-chart-title")).to_have_text("New")
    expect(harness.locate(".gb-chart-note")).to_have_text("Of 200 images.")
    assert read_legend(harness) == ["epoch 4", "Training 0.2"]
    harness.update("chart", height=200)
    harness.page.wait_for_function("() => document.querySelector('canvas').clientHeight === 200")


@pytest.mark.parametrize("value", [None, {}, {"series": [{"name": "a", "points": [[0, None], ["x", 1]]}]}])
def test_without_points_it_says_so(open_chart, value):
    harness = open_chart(value, "")
    assert harness.locate("canvas").get_attribute("aria-label").endswith("Arrow keys read the values.")
    harness.locate("canvas").focus()
    harness.page.keyboard.press("ArrowLeft")
    harness.update("chart", value={**(value or {}), "empty": "No run yet"})
    expect(harness.locate("canvas")).to_have_attribute("aria-label", re.compile("^No run yet|^a –"))


def test_on_a_logarithmic_axis_what_is_not_positive_is_left_out(open_chart):
    points = [[0, 1], [1, 0], [2, -1], [3, 1e-9]]
    harness = open_chart({"series": [{"name": "a", "role": "training", "points": points}], "log_y": True})
    assert read_legend(harness) == ["x 3", "a 1×10⁻⁹"]
    harness.locate("canvas").focus()
    harness.page.keyboard.press("ArrowLeft")
    assert read_legend(harness) == ["x 0", "a 1"]


@pytest.mark.parametrize(("theme", "viewport"), [("light", None), ("dark", NARROW)])
def test_colours_are_the_themes_and_follow_it(open_chart, theme, viewport):
    harness = open_chart(theme=theme, **({"viewport": viewport} if viewport else {}))
    canvas = harness.locate("canvas")
    assert canvas.evaluate(FIND_COLOR, "--gb-positive") is not None
    harness.page.evaluate("() => document.body.classList.toggle('dark')")
    harness.wait_for_frame()
    harness.wait_for_frame()
    assert canvas.evaluate(FIND_COLOR, "--gb-positive") is not None
    assert harness.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_it_is_drawn_anew_in_another_width(open_chart):
    harness = open_chart()
    harness.page.set_viewport_size(NARROW)
    harness.page.wait_for_function(
        "() => [...document.querySelectorAll('canvas')].every((each) => each.width === each.clientWidth)"
    )
    assert harness.locate("canvas").evaluate(FIND_COLOR, "--gb-positive") < 0.4


PANELS = [
    {"id": "kernel", "title": "Kernel", "note": "2 × 2", "values": [[0.5, -1], [0, None]], "scale": "signed",
     "max": 1, "small": True},
    {"id": "image", "title": "Image", "values": [[0.25] * 28] * 28, "scale": "ink", "max": 1,
     "ring": [1, 1, 1, 1]},
]  # fmt: skip


def test_grids_are_named_coloured_and_have_their_scale(open_harness):
    harness = open_harness(build_grids(json.dumps({"panels": PANELS}), elem_id="grids"))
    names = harness.locate("canvas").evaluate_all("all => all.map((each) => each.ariaLabel)")
    assert names == ["Kernel, 2 by 2 pixels", "Image, 28 by 28 pixels"]
    kernel, image = harness.locate("canvas").all()
    for variable, is_there in (("--gb-negative", True), ("--gb-zero", True), ("--gb-positive", False)):
        assert (kernel.evaluate(FIND_COLOR, variable) is not None) == is_there, variable
    assert image.bounding_box()["width"] > 2 * kernel.bounding_box()["width"]
    scales = harness.locate(".gb-grids-scale").all_inner_texts()
    assert [re.sub(r"\s+", " ", scale).strip() for scale in scales] == ["Kernel −1 0 1", "Image 0 0.5 1"]
    harness.page.set_viewport_size(NARROW)
    harness.page.wait_for_function("() => document.documentElement.scrollWidth <= innerWidth")
    harness.update("grids", value=json.dumps({"panels": PANELS[1:]}))
    expect(harness.locate("canvas")).to_have_count(1)
