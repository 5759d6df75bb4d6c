"""The architecture reader and the dropout and batch-norm microscope in the browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.dropdown import open_list, take_option
from tests.browser.labs import open_lab

SPREAD, NORM, LAYERS = (
    "#microscope-spread .gb-spread",
    "#microscope-norm .gb-norm",
    "#architecture-layers .gb-layers",
)


@pytest.fixture
def page(open_page):
    page = open_page("inspection", settings="lab=microscope", reduced_motion="reduce")
    page.locator(f"{SPREAD} li.gb-strips-row").first.wait_for()
    return page


def choose(page, elem_id, option):
    take_option(page.locator(f"{elem_id} input"), option, exact=False)


def wait_for_change(page, selector, act):
    """Do something, wait until the text at the selector is another one, and return it."""
    text = page.locator(selector)
    before = text.inner_text()
    act()
    expect(text).not_to_have_text(before, use_inner_text=True)
    return text.inner_text()


def number_field(page, label):
    """The section's own field: other sections of the tab have sliders of the same name before it."""
    return page.get_by_role("spinbutton", name=f"number input for {label}", exact=True).last


def test_networks_and_layers_are_chosen_by_hand_and_keys_and_alexnet_freezes_nothing(page):
    for lab, elem_id, keys, where, text in (
        ("architecture", "#architecture-network", ["ArrowDown", "Enter"], LAYERS, "1,148,618"),
        ("microscope", "#microscope-layer", ["ArrowDown", "Enter"], SPREAD, "features.15: 128 maps of 7 × 7"),
    ):
        open_lab(page, lab)
        box = page.locator(f"{elem_id} input")
        box.focus()
        expect(box).to_have_attribute("aria-expanded", "true")
        for key in keys:
            page.keyboard.press(key)
        page.locator(where).get_by_text(text).first.wait_for()
    open_lab(page, "architecture")
    choose(page, "#architecture-network", "AlexNet")
    open_lab(page, "microscope")
    new_mask = page.get_by_role("button", name="New mask")
    wait_for_change(page, f"{SPREAD} .gb-spread-mask small", new_mask.click)  # others are served meanwhile
    open_lab(page, "architecture")
    page.locator(LAYERS).get_by_text("61,100,840").first.wait_for()

    open_lab(page, "microscope")
    title = f"{SPREAD} .gb-spread-mask b"
    choose(page, "#microscope-layer", "classifier.0")
    expect(page.locator(title)).to_have_text("classifier.0: 256 features, drops 50%")
    names = [
        "ConvNet2 (fast)", "ConvNet2 (notebook)",
        "ConvNet3 (fast)", "ConvNet3 (notebook)",
        "ConvNet4 (fast)", "ConvNet4 (notebook)", "GlassNet (fast)", "GlassNet (sketch)",
    ]  # fmt: skip
    options = open_list(page.locator("#microscope-checkpoint input"))
    expect(options).to_have_count(len(names))
    expect(options).to_contain_text(names)
    options.filter(has_text="ConvNet2 (fast").click()
    expect(page.locator(title)).to_have_text("classifier.0: 8 maps of 14 × 14, drops 50%")
    page.locator("#microscope-norm").get_by_text("ConvNet2 has no batch norm").wait_for()
    page.locator("#microscope-norm-layer").wait_for(state="hidden")
    assert page.locator(f"{NORM} .gb-chart").first.is_hidden()
    mask = f"{SPREAD} .gb-spread-mask small"
    wait_for_change(page, mask, page.get_by_role("button", name="Previous mask").click)
    expect(number_field(page, "Seed of the mask")).to_have_value("0")
    wait_for_change(page, mask, page.get_by_role("button", name="Previous mask").click)
    expect(number_field(page, "Seed of the mask")).to_have_value("999")  # the last of all
    wait_for_change(page, mask, new_mask.click)
    expect(number_field(page, "Seed of the mask")).to_have_value("0")
    choose(page, "#microscope-checkpoint", "ConvNet4 (fast")
    page.locator(f"{NORM} .gb-chart").first.wait_for()
    page.locator("#microscope-norm-layer").wait_for()
