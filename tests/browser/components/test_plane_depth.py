"""The grid of deep networks at their start."""

from app.descent.plane.components.plane_depth import build_plane_depth
from app.descent.plane.depths import pack_depths
from models.descent.plane.depth import DEPTHS
from models.descent.plane.network import ACTIVATIONS, INITIALISATIONS
from tests.browser.conftest import NARROW


def test_grid_tells_each_cell_and_changes_what_it_shows(open_bench):
    page = open_bench(build_plane_depth(pack_depths)).page
    links = page.locator(".gb-plane-depth a")
    links.nth(len(ACTIVATIONS) * len(INITIALISATIONS) - 1).wait_for()
    assert links.count() == len(ACTIVATIONS) * len(INITIALISATIONS)
    first = links.first
    assert first.locator("path").count() == len(DEPTHS)
    spread = first.get_attribute("aria-label")
    assert spread.startswith("tanh, PyTorch's. 2 layers: ")
    page.get_by_label("Show").select_option("gradients")
    assert page.locator(".gb-plane-depth a").first.get_attribute("aria-label") != spread


def test_page_is_not_wider_than_a_narrow_screen(open_bench):
    page = open_bench(build_plane_depth(pack_depths), viewport=NARROW).page
    page.locator(".gb-plane-depth a").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
