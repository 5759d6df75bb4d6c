"""The network section in the browser: every number that is pointed at is the computed one, by any hand."""

import re

import pytest
from playwright.sync_api import expect

from app.ui.digits import TEST, TRAIN, take_digit
from app.ui.numbers import format_number
from models.checkpoints.prediction import copy_network
from models.inspection.activations import inspect_layers
from models.runs.library import resolve_choice
from tests.browser.dropdown import take_option

MAPS = "#network-maps .gb-maps"


class Section:
    """The section as its user handles it."""

    def __init__(self, page):
        self.page = page
        page.wait_for_function(f"() => document.querySelector('{MAPS}')?.dataset.drawn > 0")
        page.locator(MAPS).scroll_into_view_if_needed()

    def read(self):
        """Return (layer, map, row, column) as the page counts them, and the number's text."""
        place = self.page.locator(".gb-maps-place").inner_text()
        found = re.fullmatch(r"Layer (\S+), (?:map|number) (\d+)(?:, row (\d+), column (\d+)| of \d+)", place)
        assert found, place
        layer, *numbers = found.groups()
        return layer, *(int(number or 1) for number in numbers)

    def number(self):
        number = self.page.locator(".gb-maps-number")
        expect(number).not_to_have_text("…")
        return number.inner_text()

    def captions(self):
        return self.page.locator(f"{MAPS} figcaption").all_inner_texts()

    def wait_for(self, place):
        expect(self.page.locator(".gb-maps-place")).to_contain_text(place)

    def wait_for_frame(self):
        """A chosen unit is drawn in the frame after it is chosen; until then an earlier one can be read."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")

    def sheet(self, layer):
        canvas = self.page.locator(f'{MAPS} [data-layer="{layer}"] .gb-maps-sheet canvas').last
        canvas.scroll_into_view_if_needed()
        return canvas

    def point(self, layer, x_share, y_share):
        """Move the mouse onto a layer's thumbnails, at this share of their width and height."""
        canvas = self.sheet(layer)
        self.page.evaluate("(node) => node.scrollIntoView({ block: 'center' })", canvas.element_handle())
        box = canvas.bounding_box()
        x, y = box["x"] + x_share * box["width"], box["y"] + y_share * box["height"]
        self.page.mouse.move(x - 1, y)
        self.page.mouse.move(x, y)
        self.wait_for_frame()
        self.wait_for(f"Layer {layer},")
        return x, y

    def new_image(self):
        """Return a function that waits until the page has drawn another image."""
        before = int(self.page.locator(MAPS).get_attribute("data-drawn"))
        return lambda: self.page.wait_for_function(
            f"() => document.querySelector('{MAPS}')?.dataset.drawn > {before}"
        )

    def choose(self, name):
        wait = self.new_image()
        take_option(
            self.page.locator("#network-checkpoint input"), re.compile(rf"^{name}\b.* \(fast\)"), exact=False
        )
        wait()

    def set_index(self, index):
        wait = self.new_image()
        self.page.locator("#network-index input").fill(str(index))
        wait()

    def wait_for_error(self, text):
        """At the field, and once."""
        expect(self.page.get_by_text(text)).to_have_count(1)
        expect(self.page.locator("#network-index .gb-field-error")).to_contain_text(text)


@pytest.fixture
def section(open_page):
    return Section(open_page("inspection", settings="lab=network", reduced_motion="reduce"))


def trace(key, index=0, source=TEST):
    return inspect_layers(copy_network(resolve_choice(key)), take_digit(source, index, None)[0])


def assert_reads_the_computed_number(section, computed):
    layer, channel, row, column = section.read()
    values = computed.find(layer).values
    number = values[channel - 1, row - 1, column - 1] if values.ndim == 3 else values[channel - 1]
    assert section.number() == format_number(float(number))


def test_the_controls_choose_a_digit_and_write_the_script_and_a_click_opens_a_map(section):
    section.point("features.2", 0.4, 0.3)
    section.page.mouse.move(5, 5)
    place = section.read()
    wait = section.new_image()
    section.page.get_by_role("button", name="Next digit").click()
    wait()
    assert section.read() == place
    assert_reads_the_computed_number(section, trace("convnet", 1))
    expect(section.page.locator("#network-index input")).to_have_value("1")
    wait = section.new_image()
    section.page.get_by_label("MNIST training set").and_(
        section.page.locator("#network-source input")
    ).check()
    wait()
    assert_reads_the_computed_number(section, trace("convnet", 1, TRAIN))
    before = section.read(), section.number(), section.captions()
    section.page.locator("#network-index input").fill("60000")
    section.wait_for_error("enter a whole number from 0 to 59,999")
    assert (section.read(), section.number(), section.captions()) == before
    section.set_index(7)
    expect(section.page.locator("#network-index .gb-field-error")).to_have_text("")
    section.choose("ConvNet3")
    section.set_index(12)
    section.page.get_by_role("button", name="these layers as a script").click()
    script = section.page.locator("#network-script .cm-content")
    script.get_by_text('load_checkpoint("convnet3")').or_(
        script.get_by_text("load_checkpoint('convnet3')")
    ).wait_for()
    script.get_by_text(".images[12]").wait_for()
    x, y = section.point("features.2", 0.4, 0.5)
    section.page.mouse.click(x, y)
    expect(section.page.locator("#window canvas").first).to_be_focused()
    expect(section.page.locator("#window-controls").get_by_label("Inside a network")).to_be_checked()
