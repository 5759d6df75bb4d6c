"""The layers of the networks on the bench: asked about where they are seen, and then following the cursor."""

import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from app.descent.plane.components.plane_layers import build_plane_layers
from app.descent.plane.handlers import answer_layers
from app.ui.layer_numbers import show_layer
from app.ui.numbers import format_number
from models.descent.plane.network import NetworkConfig
from models.descent.plane.points import PointsConfig
from models.descent.plane.statistics import measure_layers
from models.descent.plane.training import Experiment, TrainingConfig, list_epochs
from tests.browser.components.plane import open_plane
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds
__all__ = ["open_plane"]  # a fixture

SMALL = Experiment(
    points=PointsConfig(count=60),
    network=NetworkConfig(hidden=(4, 3)),
    training=TrainingConfig(lr=0.03, optimizer="adam", epochs=30),
)
LAST = len(list_epochs(30)) - 1
OTHER = replace(SMALL, network=NetworkConfig(hidden=(5,), activation="relu"))


class Layers:
    """The tables below a bench, as their watcher handles them."""

    def __init__(self, open_plane, *experiments, is_open=True, **options):
        self.asked = []
        self.is_reached = True
        part = build_plane_layers(self.measure, elem_id="layers")
        self.plane = open_plane(*(experiments or (SMALL,)), more=[part], **options)
        self.page = self.plane.page
        self.root = self.page.locator(".gb-plane-layers")
        self.state = self.root.locator(".gb-plane-layers-state")
        self.slider = self.root.get_by_role("slider", name="Moments taken")
        self.output = self.root.locator("output")
        if not is_open:
            self.close()
        self.plane.ask("")
        if is_open:
            self.look()

    def measure(self, request):
        self.asked.append(request)
        if not self.is_reached:
            raise ConnectionError
        return answer_layers(request)

    def close(self):
        self.page.locator("#layers").evaluate("(section) => { section.style.display = 'none'; }")

    def open(self):
        self.page.locator("#layers").evaluate("(section) => { section.style.display = ''; }")
        self.look()

    def look(self):
        """Bring the whole of it in sight, as somebody who scrolls there."""
        self.root.evaluate("(root) => root.scrollIntoView({ block: 'start' })")

    def wait(self, num_moments=LAST + 1):
        expect(self.root).to_have_attribute("data-moments", f"{num_moments}")

    def network(self, slot="a"):
        return self.root.locator(f"[data-slot={slot}]")

    def read(self, slot="a"):
        """Return the numbers of each layer as they are written."""
        rows = self.network(slot).locator("tbody tr").all()
        return [[cell.inner_text() for cell in row.locator("td > span").all()] for row in rows]

    def write(self, experiment, place):
        """Return how they should be written."""
        return [write_layer(layer) for layer in measure_layers(experiment, place).layers]


def write_layer(layer):
    gradient, update, stuck, spread = show_layer(layer)
    told = [format_number(each) if isinstance(each, float) else each for each in (gradient, update, spread)]
    of_units = None if stuck is None else f"{stuck} of {layer.activations.num_units}"
    return [each or "–" for each in (*told[:2], of_units, told[2])]


@pytest.fixture
def open_layers(open_plane):
    return lambda *experiments, **options: Layers(open_plane, *experiments, **options)


def test_bars_follow_the_cursor_without_asking(open_layers):
    layers = open_layers()
    layers.wait()
    num_asked = len(layers.asked)
    expect(layers.root.locator(".gb-plane-layers-key")).to_be_visible()
    for place in (0, 7, LAST):
        layers.plane.scrubber.fill(f"{place}")
        expect(layers.output).to_have_text(f"After epoch {list_epochs(30)[place]} of 30")
        assert layers.read() == layers.write(SMALL, place)
    rows = layers.network().get_by_role("table").get_by_role("row")
    expect(rows.nth(1).get_by_role("rowheader")).to_have_text("Layer 14 units, tanh")
    expect(rows.nth(3).get_by_role("rowheader")).to_have_text("Layer 3output, 1 unit")
    line = rows.nth(1).locator("path").first.get_attribute("d")
    assert len(re.findall("[ML]", line)) == LAST + 1
    assert len(layers.asked) == num_asked


def test_its_own_slider_button_and_keys_move_the_bench(open_layers):
    layers = open_layers()
    layers.wait()
    layers.slider.fill("9")
    assert layers.plane.epoch() == list_epochs(30)[9]
    assert layers.read() == layers.write(SMALL, 9)
    layers.slider.press("ArrowRight")
    expect(layers.slider).to_have_attribute("aria-valuetext", f"After epoch {list_epochs(30)[10]} of 30")
    num_asked = len(layers.asked)
    layers.root.get_by_role("button", name="Play").click()
    expect(layers.root.get_by_role("button", name="Pause")).to_be_visible()
    expect(layers.output).to_have_text("After epoch 30 of 30")
    expect(layers.root.get_by_role("button", name="Play")).to_be_visible()
    assert layers.read() == layers.write(SMALL, LAST)
    assert len(layers.asked) == num_asked


def test_nothing_is_asked_or_drawn_while_the_section_is_closed(open_layers):
    layers = open_layers(is_open=False)
    for place in (3, LAST):
        layers.plane.scrubber.fill(f"{place}")
    layers.plane.settle()
    assert not layers.asked
    layers.open()
    layers.wait()
    assert layers.read() == layers.write(SMALL, LAST)
    layers.close()
    layers.page.wait_for_function("() => !document.querySelector('.gb-plane-layers').checkVisibility()")
    layers.plane.harness.wait_for_frame()
    num_asked = len(layers.asked)
    layers.plane.scrubber.fill("5")
    assert layers.read() == layers.write(SMALL, LAST)
    layers.open()
    expect(layers.root).to_have_attribute("data-place", "5")
    assert layers.read() == layers.write(SMALL, 5)
    assert len(layers.asked) == num_asked


def test_two_networks_are_shown_on_the_same_scales(open_layers):
    layers = open_layers(SMALL, OTHER)
    layers.wait()
    titles = layers.root.locator("h4")
    expect(titles).to_have_text([re.compile("^A · 4-3 tanh"), re.compile("^B · 5 ReLU")])
    layers.plane.scrubber.fill("12")
    assert layers.read("a") == layers.write(SMALL, 12)
    assert layers.read("b") == layers.write(OTHER, 12)
    # The powers of ten between which all gradients of both lie.
    every = [
        layer.gradient
        for experiment in (SMALL, OTHER)
        for place in range(LAST + 1)
        for layer in measure_layers(experiment, place).layers
    ]
    low, high = (f"{min(every):e}".split("e")[1], f"{max(every):e}".split("e")[1])
    for slot, experiment in zip("ab", (SMALL, OTHER), strict=True):
        cell = layers.network(slot).locator("td").first
        share = float(cell.evaluate("(cell) => cell.style.getPropertyValue('--share')"))
        gradient = measure_layers(experiment, 12).layers[0].gradient
        assert 10 ** (int(low) + share * (int(high) + 1 - int(low))) == pytest.approx(gradient, rel=6e-4)
    boxes = [layers.network(slot).bounding_box() for slot in "ab"]
    assert boxes[0]["y"] == boxes[1]["y"]
    layers.plane.beside = None
    layers.plane.ask()
    layers.look()
    expect(layers.network("b")).to_be_hidden()
    expect(titles.first).to_have_text(re.compile("^4-3 tanh"))


def test_the_cause_stands_with_the_moment_that_shows_it(open_layers):
    running_away = Experiment(
        PointsConfig(rule="slope", count=60),
        NetworkConfig(activation="linear"),
        TrainingConfig(epochs=30, lr=10.0),
    )
    layers = open_layers(running_away)
    layers.wait()
    layers.plane.scrubber.fill("0")
    causes = layers.network().get_by_role("listitem")
    expect(causes).not_to_contain_text(["infinite or NaN"])
    layers.plane.scrubber.fill(f"{LAST}")
    expect(causes).to_contain_text(["infinite or NaN"])
    assert layers.read()[0][0] == "NaN"
    expect(layers.network().locator("td.is-wrong").first).to_be_visible()
    expect(layers.network().locator("tr.is-found")).to_have_count(1)


def test_another_training_is_asked_about_and_one_that_cannot_be_leaves_the_old(open_layers):
    layers = open_layers()
    layers.wait()
    layers.plane.experiment = replace(SMALL, training=replace(SMALL.training, lr=-1))
    layers.plane.ask("lr")
    layers.look()
    expect(layers.root.locator(".gb-old")).to_be_visible()
    longer = replace(SMALL, training=replace(SMALL.training, epochs=40))
    layers.plane.experiment = longer
    layers.plane.ask()
    layers.look()
    layers.wait(len(list_epochs(40)))
    expect(layers.root.locator(".gb-old")).to_have_count(0)
    expect(layers.state).to_be_empty()
    assert layers.read() == layers.write(longer, len(list_epochs(40)) - 1)


def test_where_nobody_answers_it_is_said_and_whoever_comes_back_tries_again(open_layers):
    layers = open_layers(is_open=False)
    layers.is_reached = False
    layers.open()
    expect(layers.state).to_have_text("Glassbox does not answer. Is it still running?")
    expect(layers.network()).to_be_hidden()
    layers.is_reached = True
    layers.close()
    layers.page.wait_for_function("() => !document.querySelector('.gb-plane-layers').checkVisibility()")
    layers.plane.harness.wait_for_frame()
    layers.open()
    layers.wait()
    expect(layers.state).to_be_empty()


def test_before_the_first_training_it_says_so(open_harness):
    harness = open_harness(build_plane_layers(answer_layers, elem_id="layers"))
    expect(harness.locate(".gb-plane-layers-state")).to_have_text(
        "The network above has not been trained yet."
    )
    expect(harness.locate("table").first).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_they_fit_a_narrow_screen(open_layers, theme):
    layers = open_layers(SMALL, OTHER, viewport=NARROW, theme=theme)
    layers.wait()
    assert layers.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert layers.network().get_by_role("cell").first.get_attribute("data-label") == "Gradient"


def test_following_the_cursor_is_smooth_and_moves_no_bar_from_its_place(open_layers):
    big = replace(SMALL, network=NetworkConfig(hidden=(8,) * 6), points=PointsConfig(rule="spirals"))
    layers = open_layers(big, replace(big, training=replace(big.training, lr=0.003)))
    layers.wait()
    spent_ms, places = layers.plane.scrubber.evaluate(
        """async (scrubber) => {
            const goes = [];
            const places = new Set();
            for (let go = 0; go < 5; go += 1) {
                const start = performance.now();
                for (let place = 0; place <= Number(scrubber.max); place += 1) {
                    scrubber.value = `${place}`;
                    scrubber.dispatchEvent(new Event("input"));
                    // What is said at most is known after the first go.
                    if (go) places.add(document.querySelector("[data-slot=b] tr:last-child i").offsetTop);
                }
                if (go) goes.push((performance.now() - start) / (Number(scrubber.max) + 1));
                await new Promise((done) => requestAnimationFrame(done));
            }
            return [Math.min(...goes), places.size];
        }"""
    )
    print(f"{spent_ms:.1f} ms a moment, with the bench")
    assert spent_ms < 25
    assert places == 1
