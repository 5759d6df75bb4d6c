"""The grid of deep networks at their start."""

import pytest

from app.descent.plane.components.plane_depth import build_plane_depth
from app.descent.plane.depths import pack_depths
from models.descent.plane.depth import DEPTHS
from models.descent.plane.network import ACTIVATIONS, INITIALISATIONS
from tests.browser.conftest import NARROW

CURVES = "path:not(.gb-plane-depth-one)"


def test_grid_tells_each_cell_and_changes_what_it_shows(open_harness):
    page = open_harness(build_plane_depth(pack_depths)).page
    links = page.locator(".gb-plane-depth a")
    links.nth(len(ACTIVATIONS) * len(INITIALISATIONS) - 1).wait_for()
    assert links.count() == len(ACTIVATIONS) * len(INITIALISATIONS)
    first = links.first
    assert first.locator(CURVES).count() == len(DEPTHS)
    spread = first.get_attribute("aria-label")
    assert spread.startswith("tanh, PyTorch's. 2 layers: ")
    page.get_by_label("Show").select_option("gradients")
    assert page.locator(".gb-plane-depth a").first.get_attribute("aria-label") != spread


FOLLOW = "() => { window.glassboxPlaces = { follow: (...given) => { window.followed = given; } }; }"


def test_the_address_names_what_is_shown_but_for_the_first(open_harness):
    page = open_harness(build_plane_depth(pack_depths)).page
    page.evaluate(FOLLOW)
    shown = page.get_by_label("Show")
    for chosen, text in (("gradients", "depths=gradients"), ("spreads", "")):
        shown.select_option(chosen)
        assert page.evaluate("followed") == ["descent/network", text, "depths"]


READ_CURVES = """(host) => [...host.querySelectorAll("path:not(.gb-plane-depth-one)")]
  .map((path) => [path.getBBox().width, path.style.opacity])"""


def test_legend_has_each_curve_as_it_is_drawn_and_says_what_the_axes_are(open_harness):
    page = open_harness(build_plane_depth(pack_depths)).page
    legend = page.locator(".gb-plane-depth-legend")
    legend.locator("li").nth(len(DEPTHS) - 1).wait_for()
    assert legend.locator("li").all_inner_texts() == [f"{depth} layers" for depth in DEPTHS]
    drawn = page.locator(".gb-plane-depth a").first.evaluate(READ_CURVES)
    assert legend.evaluate(READ_CURVES) == [[pytest.approx(width, abs=0.2), shade] for width, shade in drawn]
    assert len({shade for _, shade in drawn}) == len(DEPTHS)
    axes = legend.locator("p").inner_text()
    assert f"from the first at the left to layer {max(DEPTHS)} at the right edge" in axes
    assert "from 10⁻¹⁰ or less at the bottom to 10⁴ or more at the top" in axes
    line = page.locator(".gb-plane-depth-one").first.bounding_box()
    picture = page.locator(".gb-plane-depth a svg").first.bounding_box()
    # 1 is 10⁰: ten powers above the bottom, four below the top, within a margin of 2 units of 60.
    assert (line["y"] - picture["y"]) / picture["height"] == pytest.approx((2 + 56 * 4 / 14) / 60, abs=0.02)


READ_COLORS = """(node) => {
  const probe = node.parentElement.appendChild(document.createElement("i"));
  probe.style.cssText = "color: var(--gb-text); background: var(--gb-surface)";
  return [node, probe].map((each) => {
    const { color, backgroundColor } = getComputedStyle(each);
    return [color, backgroundColor];
  });
}"""


def test_list_has_the_themes_colours_in_the_dark(open_harness):
    page = open_harness(build_plane_depth(pack_depths), theme="dark").page
    shown, expected = page.get_by_label("Show").evaluate(READ_COLORS)
    assert shown == expected


def test_page_is_not_wider_than_a_narrow_screen(open_harness):
    page = open_harness(build_plane_depth(pack_depths), viewport=NARROW).page
    page.locator(".gb-plane-depth a").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
