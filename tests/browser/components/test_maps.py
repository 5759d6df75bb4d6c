"""The layers of a network: every number that is pointed at is the computed one, by any hand."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from app.inspection.network.components.maps import CHANNEL, build_maps
from app.inspection.network.section import answer_controls, answer_unit, open_network
from app.ui.components.notice import build_notice
from app.ui.digits import TEST, take_digit
from app.ui.numbers import format_number
from models.checkpoints.prediction import copy_network
from models.inspection.activations import inspect_layers
from models.inspection.receptive_field import find_receptive_fields
from models.runs.library import resolve_choice
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds


class Maps:
    """The layers as their reader handles them."""

    def __init__(self, open_harness, key="convnet", index=0, **options):
        self.harness = open_harness(
            build_maps(open_network(key, TEST, index, None), answer_controls, answer_unit, elem_id="maps"),
            build_notice("error", channel=CHANNEL, elem_id="error"),
            **options,
        )
        self.page = self.harness.page
        self.host = self.page.locator(".gb-maps")
        self.error = self.page.locator("#error")
        self.page.wait_for_function("() => document.querySelector('.gb-maps').dataset.drawn > 0")

    def read(self):
        """Return (layer, map, row, column) as the page counts them."""
        place = self.host.locator(".gb-maps-place").inner_text()
        found = re.fullmatch(r"Layer (\S+), (?:map|number) (\d+)(?:, row (\d+), column (\d+)| of \d+)", place)
        assert found, place
        layer, *numbers = found.groups()
        return layer, *(int(number or 1) for number in numbers)

    def number(self):
        number = self.host.locator(".gb-maps-number")
        expect(number).not_to_have_text("…")
        return number.inner_text()

    def sees(self):
        return self.host.locator(".gb-maps-sees").inner_text()

    def captions(self):
        return self.host.locator("figcaption").all_inner_texts()

    def wait_for(self, place):
        expect(self.host.locator(".gb-maps-place")).to_contain_text(place)

    def sheet(self, layer):
        canvas = self.host.locator(f'[data-layer="{layer}"] .gb-maps-sheet canvas').last
        canvas.evaluate("(node) => node.scrollIntoView({ block: 'center' })")
        return canvas

    def point(self, layer, x_share, y_share):
        """Move the mouse onto a layer's thumbnails, at this share of their width and height."""
        box = self.sheet(layer).bounding_box()
        x, y = box["x"] + x_share * box["width"], box["y"] + y_share * box["height"]
        self.page.mouse.move(x - 1, y)
        self.page.mouse.move(x, y)
        self.harness.wait_for_frame()  # a unit is drawn in the frame after it is chosen
        self.wait_for(f"Layer {layer},")
        return x, y

    def show(self, key, index=0):
        drawn = int(self.host.get_attribute("data-drawn"))
        self.page.evaluate("(values) => glassboxMaps.ask(values)", [key, TEST, index, None])
        self.page.wait_for_function(f"() => document.querySelector('.gb-maps').dataset.drawn > {drawn}")


@pytest.fixture
def open_maps(open_harness):
    return lambda *network, **options: Maps(open_harness, *network, **options)


def trace(key, index=0):
    return inspect_layers(copy_network(resolve_choice(key)), take_digit(TEST, index, None)[0])


def assert_reads_the_computed_number(maps, computed):
    layer, channel, row, column = maps.read()
    values = computed.find(layer).values
    number = values[channel - 1, row - 1, column - 1] if values.ndim == 3 else values[channel - 1]
    assert maps.number() == format_number(float(number))


def test_opens_on_a_digit_with_every_layer_and_the_answer(open_maps):
    maps, computed = open_maps(), trace("convnet")
    rows = maps.host.locator(".gb-maps-layer").all()
    assert [row.get_attribute("data-layer") for row in rows] == [layer.name for layer in computed.layers]
    for row, layer in zip(rows, computed.layers, strict=True):
        assert format_number(float(np.abs(layer.values).max())) in row.inner_text()
        assert row.locator("canvas").count() == (2 if layer.name == "features.0" else 1)
    assert_reads_the_computed_number(maps, computed)
    bars = maps.host.locator(".gb-maps-bars li:not(.is-head)").all_inner_texts()
    assert [bar.split()[:2] for bar in bars] == [
        [str(digit), format_number(float(logit))] for digit, logit in enumerate(computed.logits)
    ]
    expect(maps.host.locator(".gb-maps-verdict")).to_contain_text(f"a {computed.probabilities.argmax()}")


@pytest.mark.parametrize(
    ("key", "layers"),
    [
        ("convnet", ["features.0", "features.1", "features.2", "classifier.0", "classifier.1"]),
        ("convnet4", ["features.0", "features.3", "features.11", "features.19", "features.22"]),
        ("mlp", ["classifier.0", "classifier.2", "classifier.3"]),
    ],
)
def test_pointing_reads_the_computed_number_and_what_it_sees(open_maps, key, layers):
    maps, computed = open_maps(key), trace(key)
    fields = find_receptive_fields(copy_network(resolve_choice(key)).layers)
    read = set()
    for layer in layers:
        for x_share, y_share in [(0.03, 0.1), (0.41, 0.2), (0.87, 0.15)]:
            maps.point(layer, x_share, y_share)
            assert_reads_the_computed_number(maps, computed)
            place = maps.read()
            read.add(place)
            spans = [fields[layer].find_span(unit - 1, 28) for unit in place[2:]] if fields[layer] else []
            if spans in ([], [(0, 27), (0, 27)]):
                assert maps.sees() == "Sees the whole digit."
            else:
                numbers = [int(number) for number in re.findall(r"\d+", maps.sees())]
                assert numbers == [side + 1 for span in spans for side in dict.fromkeys(span)]
    assert len(read) == 3 * len(layers), "the pointer was at three units of each layer"


def test_thumbnails_show_the_layers_numbers(open_maps):
    """The strongest unit's pixel has the full colour, and a unit at 0 the colour of 0."""
    maps = open_maps()
    computed = trace("convnet").find("features.2").values
    colors = maps.page.evaluate(
        """() => {
          const canvas = document.querySelector('[data-layer="features.2"] .gb-maps-sheet canvas');
          const style = getComputedStyle(document.querySelector(".gb-maps"));
          const probe = document.createElement("canvas").getContext("2d");
          const rgb = (name) => {
            probe.fillStyle = style.getPropertyValue(name);
            probe.fillRect(0, 0, 1, 1);
            return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
          };
          const { width, height } = canvas;
          return { width, height, data: [...canvas.getContext("2d").getImageData(0, 0, width, height).data],
            positive: rgb("--gb-positive"), zero: rgb("--gb-zero") };
        }"""
    )
    pixels = np.array(colors["data"]).reshape(colors["height"], colors["width"], 4)[..., :3]
    channels, side = computed.shape[0], computed.shape[1]
    pitch = (colors["width"] + 4) / channels  # in one row at this width
    cell = (pitch - 4) / side
    assert cell == int(cell)
    zero, positive = np.array(colors["zero"]), np.array(colors["positive"])
    for channel in range(channels):
        for row in range(0, side, 3):
            for column in range(0, side, 3):
                x = round(channel * pitch + (column + 0.5) * cell)
                share = computed[channel, row, column] / computed.max()
                expected = zero + (positive - zero) * share
                assert np.abs(pixels[round((row + 0.5) * cell), x] - expected).max() <= 2


def test_keys_choose_unit_and_map(open_maps):
    maps, computed = open_maps(), trace("convnet")
    canvas = maps.sheet("features.2")
    canvas.focus()
    canvas.press("ArrowLeft")
    maps.wait_for("Layer features.2,")
    maps.harness.wait_for_frame()
    place = list(maps.read())
    moves = [
        ("ArrowRight", 3, 1),
        ("ArrowDown", 2, 1),
        ("ArrowUp", 2, -1),
        ("PageDown", 1, 1),
        ("PageUp", 1, -1),
    ]
    for key, which, by in moves:
        canvas.press(key)
        place[which] += by
        place[1] = (place[1] - 1) % 8 + 1  # the last map is followed by the first
        maps.wait_for(f"map {place[1]}, row {place[2]}, column {place[3]}")
        assert_reads_the_computed_number(maps, computed)
    for _ in range(20):
        canvas.press("ArrowUp")
    maps.wait_for("row 1,")
    spoken = maps.host.locator(".gb-maps-spoken")
    told = rf"^Layer features\.2, map {place[1]}, row 1, .*: {maps.number()}\. Sees "
    expect(spoken).to_have_text(re.compile(told))


def test_numbers_of_a_linear_layer_and_the_logits_by_name(open_maps):
    maps, computed = open_maps(), trace("convnet")
    canvas = maps.sheet("classifier.0")
    canvas.focus()
    canvas.press("ArrowLeft")
    maps.wait_for("Layer classifier.0,")
    maps.harness.wait_for_frame()
    _, number, *_ = maps.read()
    canvas.press("ArrowRight")
    maps.wait_for(f"number {number + 1} of 500")
    assert_reads_the_computed_number(maps, computed)
    expect(maps.host.locator("figcaption").nth(2)).to_contain_text("1,568 weights")
    maps.point("classifier.2", 0.35, 0.5)
    maps.wait_for("the logit of digit 3")
    assert maps.number() == format_number(float(computed.logits[3]))


def test_a_click_or_enter_opens_a_map_where_it_can_be_opened(open_maps):
    maps = open_maps()
    x, y = maps.point("features.2", 0.4, 0.5)
    _, channel, *_ = maps.read()
    maps.page.mouse.click(x, y)
    assert maps.harness.sent("select") == [{"layer": "features.2", "channel": channel - 1}]
    # The map is held by now, so a click on another one alone chooses.
    maps.sheet("features.1").click(position={"x": 30, "y": 30})
    maps.wait_for("Layer features.1,")
    canvas = maps.sheet("features.0")
    canvas.focus()
    canvas.press("PageDown")
    maps.wait_for("Layer features.0,")
    _, channel, *_ = maps.read()
    canvas.press("Enter")
    assert maps.harness.sent("select")[1:] == [{"layer": "features.0", "channel": channel - 1}]


def test_a_held_map_stays_while_the_pointer_crosses_others(open_maps):
    maps = open_maps()
    held = maps.host.locator("[data-move=hold]")
    x, y = maps.point("features.1", 0.1, 0.5)
    maps.page.mouse.click(x, y)
    expect(held).to_have_attribute("aria-pressed", "true")
    before = maps.read()[:2]
    box = maps.sheet("features.1").bounding_box()
    for share in (0.3, 0.6, 0.9):
        maps.page.mouse.move(box["x"] + share * box["width"], box["y"] + 20)
    # On the large copy of the map the pointer still chooses units.
    large = maps.host.locator("figure canvas").nth(1).bounding_box()
    maps.page.mouse.move(large["x"] + 2, large["y"] + large["height"] - 2)
    maps.wait_for("row 28, column 1")
    assert maps.read()[:2] == before
    assert_reads_the_computed_number(maps, trace("convnet"))
    held.click()
    maps.point("features.1", 0.9, 0.5)
    assert maps.read()[:2] != before


def test_folded_layers_show_their_maps_when_asked_and_stay_open(open_maps):
    maps, computed = open_maps("convnet4"), trace("convnet4")
    row = maps.host.locator('[data-layer="features.9"]')
    expect(row.locator("canvas")).to_be_hidden()
    row.get_by_role("button", name="Show its maps").click()
    maps.wait_for("Layer features.9,")
    assert_reads_the_computed_number(maps, computed)
    expect(row.locator("canvas")).to_be_visible()
    maps.point("features.9", 0.5, 0.5)
    assert_reads_the_computed_number(maps, computed)
    maps.show("convnet4", 4)  # the unfolded layer takes the new digit's numbers
    expect(row.locator("canvas")).to_be_visible()
    assert_reads_the_computed_number(maps, trace("convnet4", 4))
    row.get_by_role("button", name="Hide its maps").click()
    expect(row.locator("canvas")).to_be_hidden()


def test_another_digit_keeps_the_chosen_unit_and_a_mistake_the_image(open_maps):
    maps = open_maps()
    maps.point("features.2", 0.4, 0.3)
    maps.page.mouse.move(5, 5)
    place = maps.read()
    maps.show("convnet", 1)
    assert maps.read() == place
    assert_reads_the_computed_number(maps, trace("convnet", 1))
    before = maps.read(), maps.number(), maps.captions()
    maps.page.evaluate("(values) => glassboxMaps.ask(values)", ["convnet", TEST, 10_000, None])
    expect(maps.error).to_contain_text("enter a whole number from 0 to")
    expect(maps.host).to_have_class(re.compile("is-old"))
    assert (maps.read(), maps.number(), maps.captions()) == before
    maps.show("convnet", 7)
    expect(maps.error).to_have_text("")
    expect(maps.host).not_to_have_class(re.compile("is-old"))


def test_on_a_phone_the_first_tap_chooses_and_the_second_opens(open_maps):
    maps = open_maps(viewport=NARROW, has_touch=True, is_mobile=True)
    box = maps.sheet("features.2").bounding_box()
    x, y = box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"]
    maps.page.touchscreen.tap(x, y)
    maps.wait_for("Layer features.2,")
    assert_reads_the_computed_number(maps, trace("convnet"))
    panel = maps.host.locator(".gb-maps-panel").bounding_box()
    assert panel["y"] >= -1  # it stays at the top of the screen
    assert panel["height"] <= 300
    assert maps.harness.sent("select") == []
    maps.page.touchscreen.tap(x, y)
    assert [sent["layer"] for sent in maps.harness.sent("select")] == ["features.2"]


def test_the_panel_does_not_move_while_the_pointer_does(open_maps):
    maps = open_maps("convnet4")
    boxes, heights = set(), set()
    for layer in ("features.8", "features.11", "features.19"):
        x, y = maps.point(layer, 0.1, 0.3)
        panel = maps.host.locator(".gb-maps-panel").bounding_box()
        boxes.add((round(panel["y"]), round(panel["height"])))
        for step in range(12):
            maps.page.mouse.move(x + 30 * step, y + 3 * step)
        maps.number()
        heights.add(maps.host.evaluate("(host) => host.offsetHeight"))
    assert len(boxes) == 1
    assert len(heights) == 1


def test_one_that_is_shown_again_shows_what_it_showed(open_maps):
    """Gradio takes a component off the page where its tab is hidden, and forgets its value."""
    maps = open_maps()
    maps.show("convnet", 3)
    before = maps.captions()
    component = maps.harness.take("maps")
    component.value = None
    maps.harness.show(component)
    assert maps.captions() == before


def test_a_pressed_button_is_read_under_the_mouse_too(open_harness):
    maps = Maps(open_harness)
    hold = maps.host.locator("[data-move='hold']")
    hold.click()
    expect(hold).to_have_attribute("aria-pressed", "true")
    read_colour = "(node) => getComputedStyle(node).backgroundColor"
    under = hold.evaluate(read_colour)
    maps.page.mouse.move(0, 0)
    assert under == hold.evaluate(read_colour)
