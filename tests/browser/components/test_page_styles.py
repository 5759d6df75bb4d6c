"""Where the page's styles put what stays in sight, beside a lesson and while presenting, on plain HTML."""

import pytest

from tests.browser.conftest import NARROW

PAGE = """
<style>.fillable { margin: 0 auto; box-sizing: border-box }</style>
<div class="gradio-container"><div class="main fillable">
  <div class="gb-tools"><button>Present</button>
    <nav id="gb-contents"><button>Contents</button><ul><li><a>A section</a></li></ul></nav></div>
  <div id="gb-tabs"><div id="gb-labs"><div class="tab-wrapper"><div class="tab-container">
    <button role="tab">1</button><button role="tab">2</button><button role="tab">3</button>
    <button role="tab">4</button></div></div></div></div>
  <div class="gb-experiment"><div class="gb-stage">Stage</div><div class="gb-controls">Controls</div></div>
  <div class="gb-style-lessons gb-lessons"><aside class="gb-lessons-panel">
    <div class="gb-lessons-head"><h2>Convolution</h2><button>Fold</button></div>
    <div class="gb-lessons-body"><p style="height: 3000px">Long</p></div></aside></div>
  <div class="gb-style-report gb-report"><span class="gb-report-told">Added to your report.</span></div>
</div></div>"""
PLACES = """(selectors) => Object.fromEntries(selectors.map((selector) => {
  const box = document.querySelector(selector).getBoundingClientRect();
  return [selector.split(/[-# .]/).pop(), box.toJSON()];
}))"""
SEEN = [
    ".gb-stage",
    ".gb-controls",
    ".gb-lessons-panel",
    ".gb-tools",
    ".gb-report-told",
    "#gb-contents > ul",
]


@pytest.fixture
def look(open_harness):
    """Return where everything is, in the browser window's pixels."""
    page = open_harness().page
    page.evaluate("(html) => { document.body.innerHTML = html; }", PAGE)

    def look(width, height, lesson="open", *, presents=False):
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(
            """([lesson, presents]) => {
              document.body.dataset.lesson = lesson;
              document.body.classList.toggle("gb-presents", presents);
              document.querySelector("aside").classList.toggle("is-folded", lesson === "folded");
            }""",
            [lesson, presents],
        )
        return page.evaluate(PLACES, SEEN)

    look.page = page
    return look


def overlap(one, other):
    return (
        one["left"] < other["right"] - 0.5
        and other["left"] < one["right"] - 0.5
        and one["top"] < other["bottom"] - 0.5
        and other["top"] < one["bottom"] - 0.5
    )


@pytest.mark.parametrize("width", [1600, 1920, 2560])
def test_the_contents_list_stands_between_the_edge_and_the_stage_beside_a_lesson(look, width):
    seen = look(width, 900)
    assert 0 <= seen["ul"]["left"] < seen["ul"]["right"] <= seen["stage"]["left"]
    assert seen["controls"]["right"] <= seen["panel"]["left"]


@pytest.mark.parametrize(
    ("width", "presents"), [(1000, False), (1400, False), (1920, False), (1400, True), (1920, True)]
)
def test_a_lesson_covers_nothing(look, width, presents):
    seen = look(width, 900, presents=presents)
    panel = seen["panel"]
    assert panel["right"] == pytest.approx(width, abs=1)
    assert panel["bottom"] == pytest.approx(900, abs=1)
    for name in ("stage", "controls", "tools", "told"):
        assert seen[name]["left"] >= 0, name
        assert not overlap(seen[name], panel), name


@pytest.mark.parametrize("lesson", ["open", "folded"])
def test_on_a_phone_a_lesson_covers_neither_the_contents_nor_what_the_report_says(look, lesson):
    seen = look(*NARROW.values(), lesson)
    for name in ("tools", "told"):
        assert not overlap(seen[name], seen["panel"]), name
        assert seen[name]["top"] >= 0, name
    look.page.locator("#gb-contents").evaluate("(nav) => nav.classList.add('is-open')")
    contents = look(*NARROW.values(), lesson)["ul"]
    assert contents["top"] >= 0
    assert not overlap(contents, seen["panel"])


def test_the_stage_stands_above_its_controls_where_a_lesson_leaves_too_little_beside_them(look):
    for width, is_beside in ((1200, False), (1300, True)):
        seen = look(width, 900)
        assert (seen["stage"]["right"] <= seen["controls"]["left"]) == is_beside, width


def test_rows_of_labs_do_not_touch_on_a_phone(look):
    look(*NARROW.values())
    first, third = (look.page.get_by_role("tab", name=name).bounding_box() for name in "13")
    assert third["y"] - first["y"] - first["height"] == 4
