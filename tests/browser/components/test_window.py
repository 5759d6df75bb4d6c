"""The window that slides over an image: pointing, keys, the transport, and the sum that it spells out."""

import re
import statistics

import pytest
from playwright.sync_api import expect

from app.inspection.window.components.window import CHANNEL, build_window
from app.inspection.window.handlers import answer_controls
from app.inspection.window.settings import EXAMPLES, WindowSettings
from app.inspection.window.sliding import slide_window
from app.inspection.window.view import answer_view, describe_view
from app.ui.components.notice import build_notice
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds

INSIDE = WindowSettings(
    picture="layer", checkpoint="convnet3", layer="features.3", filter=9, channel=4, kernel_size=5, padding=2
)


class Window:
    """The window as a visitor sees it."""

    def __init__(self, open_harness, settings=None, reduced_motion="reduce", **options):
        view = slide_window(settings or WindowSettings(), None)
        self.harness = open_harness(
            build_window(answer_view(view), answer_controls, elem_id="window"),
            build_notice("status", describe_view(view), channel=CHANNEL, elem_id="status"),
            reduced_motion=reduced_motion,
            **options,
        )
        self.page = self.harness.page
        self.host = self.page.locator(".gb-window")
        self.place = self.host.locator(".gb-window-place")

    def panel(self, title):
        return self.host.locator("figure", has=self.page.locator("figcaption", has_text=title))

    def hover(self, title, x, y):
        """Point at a share of a panel's width and height."""
        box = self.panel(title).locator("canvas").bounding_box()
        self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])

    def expect_place(self, text):
        expect(self.place).to_have_text(text)

    def terms(self, line=0):
        return self.host.locator(".gb-window-terms").nth(line).inner_text()

    def press(self, move):
        self.host.locator(f"[data-move='{move}']").click()

    def show(self, settings):
        self.harness.update("window", value=answer_view(slide_window(settings, None)))

    def assert_rests(self):
        """Nothing plays: seconds of the page's own clock leave the place as it is."""
        expect(self.host.locator("[data-move=play]")).to_have_text("Play")
        place = self.place.inner_text()
        self.page.clock.install()
        self.harness.page.evaluate("() => new Promise(requestAnimationFrame)")  # the last of the true clock
        self.page.clock.run_for(3000)
        assert self.place.inner_text() == place


@pytest.fixture
def open_window(open_harness):
    return lambda *settings, **options: Window(open_harness, *settings, **options)


def read_numbers(text):
    return [float(number.replace("−", "-")) for number in re.findall(r"−?\d+\.?\d*(?:e-?\d+)?", text)]


def test_opens_on_the_strongest_pixel_and_its_sum(open_window):
    window = open_window()
    expect(window.page.locator("#status")).to_contain_text("each 4 products")
    numbers = read_numbers(window.terms().replace("(bias)", ""))
    products = sum(a * b for a, b in zip(numbers[0:8:2], numbers[1:8:2], strict=True))
    assert products + numbers[8] == pytest.approx(numbers[9], abs=0.01)
    output = slide_window(WindowSettings(), None).output
    assert abs(numbers[9]) == pytest.approx(abs(output).max(), rel=1e-3)
    assert window.harness.sent("release") == []  # Python has sent all that goes with the opening


def test_pointing_at_either_side_shows_where_it_comes_from_and_goes(open_window):
    window = open_window()
    window.hover("Result", 0.5, 0.5)
    window.expect_place("Output pixel in row 14, column 14")
    window.hover("Image", 0.5 + 0.5 / 28, 0.5 + 0.5 / 28)
    window.expect_place(re.compile("^Input pixel in row 15, column 15.* It feeds 4 output pixels$"))
    assert "(14, 14)" in window.terms()
    assert "(15, 15)" in window.terms()
    window.hover("Image", 0.001, 0.001)
    window.expect_place(re.compile(" It feeds 1 output pixel$"))


def test_keys_move_the_window_in_two_directions(open_window):
    window = open_window()
    window.hover("Result", 0.5, 0.5)
    canvas = window.panel("Result").locator("canvas")
    canvas.focus()
    canvas.press("ArrowDown")
    canvas.press("ArrowRight")
    window.expect_place("Output pixel in row 15, column 15")
    window.panel("Image").locator("canvas").press("ArrowUp")
    window.expect_place(re.compile("^Input pixel in row 14, column 15"))
    canvas.press("r")
    window.expect_place("Output pixel in row 1, column 1")
    name = canvas.get_attribute("aria-label")
    assert name == "Result, 27 by 27 pixels. Arrow keys move the window, Space plays or pauses."


def test_step_back_reset_and_play(open_window):
    window = open_window()
    window.press("reset")
    window.press("step")
    window.expect_place("Output pixel in row 1, column 2")
    window.press("back")
    window.press("back")
    window.expect_place("Output pixel in row 1, column 1")
    window.press("play")
    expect(window.host.locator("output")).not_to_have_text("pixel 1 of 729")
    window.press("play")
    window.assert_rests()


def test_walks_by_itself_until_someone_takes_over(open_window):
    window = open_window(reduced_motion="no-preference")
    expect(window.place).not_to_have_text(window.place.inner_text())
    window.hover("Result", 0.5, 0.5)
    window.expect_place("Output pixel in row 14, column 14")
    window.assert_rests()


def test_another_size_begins_at_its_strongest_pixel_and_the_same_keeps_the_place(open_window):
    window = open_window()
    window.press("reset")
    window.press("step")
    image = window.panel("Image").locator("canvas")
    image.focus()
    window.show(WindowSettings(seed=3))
    window.expect_place("Output pixel in row 1, column 2")
    window.show(EXAMPLES["exercise"][1])
    expect(window.panel("Result")).to_contain_text("7 × 7")
    expect(image).to_be_focused()  # whoever moves the window by keys goes on
    expect(window.host.locator("output")).to_have_text(re.compile("^pixel (?!1 )\\d+ of 49$"))
    window.page.wait_for_function("() => window.standIn.sent.some(({ event }) => event === 'release')")


def test_what_cannot_be_leaves_the_last_result_and_marks_it(open_window):
    window = open_window()
    views = window.host.get_attribute("data-views")
    window.harness.update("window", value='{"errors": {"padding": "is too much"}}')
    expect(window.host).to_have_class(re.compile("is-old"))
    expect(window.host.locator(".gb-old")).to_contain_text("This is the last result")
    assert window.host.get_attribute("data-views") == views
    window.harness.update("window", value='{"missing": "Draw a digit first."}')
    expect(window.host.get_by_role("status")).to_have_text("Draw a digit first.")
    window.show(WindowSettings(seed=2))
    expect(window.host.locator(".gb-old")).to_have_count(0)
    expect(window.host).not_to_have_class(re.compile("is-"))


def test_controls_are_answered_past_the_queue_and_only_the_latest(open_window):
    window = open_window()
    values = [list(vars(WindowSettings(seed=seed)).values()) for seed in range(5)]
    window.page.evaluate("(all) => all.forEach((values) => glassboxWindow.ask([null, ...values]))", values)
    last = slide_window(WindowSettings(seed=4), None)
    expect(window.page.locator("#status")).to_have_text(re.compile("each 4 products"))
    window.page.wait_for_function("() => document.querySelector('.gb-window').dataset.views === '3'")
    window.press("reset")
    assert read_numbers(window.terms())[-1] == pytest.approx(float(last.output[0, 0]), abs=1e-3)


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        (WindowSettings(operation="max", kernel_size=4, stride=4), max),
        (WindowSettings(operation="average", kernel_size=4, stride=4), lambda window: sum(window) / 16),
    ],
)
def test_pooling_tells_its_window_and_what_comes_of_it(open_window, settings, answer):
    window = open_window(settings)
    window.hover("Result", 0.5, 0.49)
    numbers = read_numbers(window.terms())
    assert numbers[-1] == pytest.approx(answer(numbers[:16]), abs=1e-3)
    assert window.terms().startswith("max(") == (settings.operation == "max")


def test_inside_a_network_the_channels_are_added_up(open_window):
    window = open_window(INSIDE)
    window.hover("Result", 0.5, 0.5)
    assert "the other" in window.terms(1)
    numbers = read_numbers(re.sub(r"channel \d+:|the other \d+ channels:|\(bias\)", "", window.terms(1)))
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=0.02 * max(map(abs, numbers)))
    alone = read_numbers(window.terms())[-1]
    assert any(number == pytest.approx(alone, abs=0.01 * max(1, abs(alone))) for number in numbers)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_tap_on_a_phone_shows_the_sum(open_window, theme):
    window = open_window(viewport=NARROW, has_touch=True, theme=theme)
    result = window.panel("Result")
    result.scroll_into_view_if_needed()
    box = result.locator("canvas").bounding_box()
    window.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    window.expect_place("Output pixel in row 14, column 14")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]


TIME_HOVERS = """async () => {
  const canvases = [...document.querySelectorAll(".gb-window canvas")];
  const times = [];
  for (const canvas of [canvases[0], canvases[2]]) {
    const box = canvas.getBoundingClientRect();
    for (let index = 0; index < 60; index += 1) {
      const [x, y] = [box.width * ((index * 7) % 60) / 60, box.height * ((index * 11) % 60) / 60];
      const start = performance.now();
      const place = { clientX: box.left + x, clientY: box.top + y, bubbles: true };
      canvas.dispatchEvent(new PointerEvent("pointermove", place));
      canvas.getBoundingClientRect();  // layout counts
      times.push(performance.now() - start);
      await new Promise(requestAnimationFrame);
    }
  }
  return times;
}"""


@pytest.mark.release
def test_pointing_is_quick_and_asks_nobody(open_window, undisturbed):
    """From the pointer's move to window and sum, layout counted: a median of at most 8 ms."""
    window = open_window(WindowSettings(kernel_size=7))
    window.page.evaluate("() => { window.asked = []; window.askPython = (...what) => asked.push(what); }")
    with undisturbed():
        hovers = sorted(window.page.evaluate(TIME_HOVERS))
    late = hovers[int(0.95 * len(hovers))]
    print(f"pointer to sum: median {statistics.median(hovers):.1f} ms, 95th percentile {late:.1f} ms")
    assert statistics.median(hovers) <= 8
    assert window.page.evaluate("[...asked, ...standIn.sent]") == []
