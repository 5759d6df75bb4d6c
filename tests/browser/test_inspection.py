"""The conv & pool tab in the browser: every control, the arithmetic, mistakes, the sketchpad's drawing."""

import re

import pytest

from app.tabs.sketchpad import build_example
from tests.browser.test_sketchpad import Pad


@pytest.fixture
def page(open_page):
    page = open_page("inspection", reduced_motion="reduce")
    page.locator("#convolution-grids canvas").first.wait_for()
    return page


def set_slider(page, label, value, which=0):
    field = page.get_by_role("spinbutton", name=f"number input for {label}", exact=True).nth(which)
    field.fill(str(value))
    field.press("Enter")


def panel_notes(page, grids="#convolution-grids"):
    return page.locator(f"{grids} .gb-grids-panels").inner_text()


def difference(page, readout="#convolution-readout"):
    text = page.locator(readout).inner_text()
    return text[text.index("Largest difference") :]


def test_opens_with_both_results_side_by_side(page):
    notes = panel_notes(page)
    for title in ("Picture", "Kernel", "nn.Conv2d", "By hand"):
        assert title in notes
    assert "27 × 27" in notes
    assert "×10⁻" in difference(page) or "0." in difference(page)
    assert page.locator("#pooling-grids").get_by_text("nn.MaxPool2d").first.is_visible()


def test_kernel_stride_padding_change_the_result(page):
    set_slider(page, "Kernel size", 4)
    page.locator("#convolution-grids").get_by_text("25 × 25").first.wait_for()
    set_slider(page, "Stride", 4)
    page.locator("#convolution-grids").get_by_text("7 × 7").first.wait_for()
    set_slider(page, "Padding", 2)
    page.locator("#convolution-grids").get_by_text("8 × 8").first.wait_for()
    assert page.locator("#convolution-readout .katex").count() >= 1


def test_seed_changes_the_kernel_and_gives_it_back(page):
    seed = "Seed of the kernel's random numbers"
    sums = page.locator("#convolution-grids .gb-grids-panels")
    first_seed = page.get_by_role("spinbutton", name=f"number input for {seed}").input_value()
    first = sums.inner_text()  # the kernel's note holds its bias
    set_slider(page, seed, 3)
    changed = "text => document.querySelector('#convolution-grids .gb-grids-panels').innerText !== text"
    page.wait_for_function(changed, arg=first)
    second = sums.inner_text()
    set_slider(page, seed, first_seed)
    page.wait_for_function(changed, arg=second)
    assert sums.inner_text() == first


def test_step_and_back_walk_over_the_output(page):
    place = page.locator("#convolution-grids .gb-grids-place")
    begun = place.inner_text()
    step = page.locator("#convolution-grids").get_by_role("button", name="Step")
    step.click()
    moved = place.inner_text()
    assert moved != begun
    page.locator("#convolution-grids").get_by_role("button", name="Back").click()
    assert place.inner_text() == begun


def test_pointing_at_an_output_pixel_spells_out_its_sum(page):
    output = page.locator("#convolution-grids canvas").nth(2)
    box = output.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    sum_text = page.locator("#convolution-grids .gb-grids-terms").inner_text()
    assert sum_text.count("·") == 4  # a 2×2 kernel: four products
    assert "(bias)" in sum_text
    numbers = [float(n.replace("−", "-")) for n in re.findall(r"−?\d+\.?\d*(?:e-?\d+)?", sum_text)]
    products = sum(a * b for a, b in zip(numbers[0:8:2], numbers[1:8:2], strict=True))
    assert products + numbers[8] == pytest.approx(numbers[9], abs=0.01)


def test_impossible_pooling_is_explained_and_the_picture_stays(page):
    before = panel_notes(page, "#pooling-grids")
    set_slider(page, "Padding", 5, which=1)
    page.locator("#pooling-error").get_by_text("half").wait_for()
    assert panel_notes(page, "#pooling-grids") == before


def test_own_drawing_without_one_asks_for_it_and_then_shows_it(page):
    page.get_by_label("My last drawing").check()
    page.locator("#convolution-error").get_by_text("draw a digit on the sketchpad").wait_for()
    page.get_by_role("tab", name="Sketchpad").click()
    pad = Pad(page)
    pad.clear()
    pad.draw(build_example(5))
    pad.wait_until_shown()
    page.wait_for_timeout(800)
    page.get_by_role("tab", name="Conv & pool").click()
    page.locator("#convolution-grids").get_by_text("yours").wait_for()
    assert page.locator("#convolution-error").is_hidden()
