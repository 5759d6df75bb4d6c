"""The architecture reader and the dropout and batch-norm microscope in the browser."""

import itertools
import re
import statistics

import pytest
from playwright.sync_api import expect

from app.inspection.microscope.section import DEFAULT_CHECKPOINT, DEFAULT_INDEX
from app.sketchpad.tab import build_example
from app.ui.numbers import write_percent
from models.checkpoints.prediction import copy_network, find_temperature
from models.data.datasets import load_gallery
from models.inspection.microscope import inspect_batch_norm, sample_masks
from models.networks.architecture import read_architecture
from tests.browser.conftest import NARROW, WIDE
from tests.browser.dropdown import open_list, take_option
from tests.browser.test_sketchpad import Pad

SPREAD, NORM, LAYERS = (
    "#microscope-spread .gb-spread",
    "#microscope-norm .gb-norm",
    "#architecture-layers .gb-layers",
)


@pytest.fixture
def page(open_page):
    return open_sections(open_page)


@pytest.fixture(scope="module")
def opening(open_shared_page):
    """One page for the tests that leave it as it opened."""
    return open_sections(open_shared_page)


def open_sections(open_page):
    page = open_page("inspection", reduced_motion="reduce")
    page.locator(f"{SPREAD} li.gb-strips-row").first.wait_for()
    return page


@pytest.fixture(scope="module")
def image():
    images = load_gallery("test").images
    return images[min(DEFAULT_INDEX, len(images) - 1)] / 255


def choose(page, elem_id, option):
    take_option(page.locator(f"{elem_id} input"), option, exact=False)


def wait_for_change(page, selector, act):
    """Do something, wait until the text at the selector is another one, and return it."""
    text = page.locator(selector)
    before = text.inner_text()
    act()
    expect(text).not_to_have_text(before, use_inner_text=True)
    return text.inner_text()


def read_rows(page, root):
    """The two columns of per cents of the ten answers, as they stand there."""
    rows = page.locator(f"{root} li.gb-strips-row").all_inner_texts()
    return [row.split("\n")[1:] for row in rows]


def read_bold(page, root):
    """What is bold in each of the ten rows."""
    return page.locator(f"{root} li.gb-strips-row").evaluate_all(
        "rows => rows.map(row => [...row.children].filter(cell => +getComputedStyle(cell).fontWeight >= 700)"
        ".map(cell => cell.textContent))"
    )


def number_field(page, label):
    """The section's own field: other sections of the tab have sliders of the same name before it."""
    return page.get_by_role("spinbutton", name=f"number input for {label}", exact=True).last


# ---- The architecture reader


def test_table_of_the_opening_network_holds_its_counts(opening):
    architecture = read_architecture("convnet3")
    table = opening.locator(f"{LAYERS} table")
    rows = table.locator("tbody tr").all_inner_texts()
    assert len(rows) == len(architecture.layers)
    for row, layer in zip(rows, architecture.layers, strict=True):
        assert layer.name in row
        assert layer.parameter_sum.partition(" = ")[0] in row
    assert f"{architecture.parameters:,}" in table.locator("tfoot").inner_text()


def test_alexnet_comes_without_freezing_the_page(page):
    choose(page, "#architecture-network", "AlexNet")
    new_mask = page.get_by_role("button", name="New mask")
    wait_for_change(page, f"{SPREAD} .gb-spread-mask small", new_mask.click)  # others are served meanwhile
    text = page.locator(LAYERS)
    text.get_by_text("61,100,840").first.wait_for()
    assert "(9,216 + 1)·4,096" in text.inner_text()
    assert "714,188,480" in text.inner_text()
    linear_share = 100 * (9217 * 4096 + 4097 * 4096 + 4097 * 1000) / 61_100_840
    assert f"the 3 linear layers hold {linear_share:.1f}% of the parameters" in text.inner_text()
    widths = page.locator(f"{LAYERS} .gb-layers-strip").first.evaluate(
        "strip => [...strip.children].map(part => part.getBoundingClientRect().width)"
    )
    shares = [
        layer.parameters / 61_100_840 for layer in read_architecture("alexnet").layers if layer.parameters
    ]
    assert [width / sum(widths) for width in widths] == pytest.approx(shares, abs=0.01)


def test_networks_can_be_chosen_with_the_keys(page):
    for elem_id, keys, where, text in (
        ("#architecture-network", ["ArrowDown", "Enter"], LAYERS, "1,148,618"),
        ("#microscope-layer", ["ArrowDown", "Enter"], SPREAD, "features.15: 128 maps of 7 × 7"),
    ):
        box = page.locator(f"{elem_id} input")
        box.focus()
        expect(box).to_have_attribute("aria-expanded", "true")
        for key in keys:
            page.keyboard.press(key)
        page.locator(where).get_by_text(text).first.wait_for()


def test_the_tables_first_column_stays_while_it_scrolls(open_page):
    page = open_page("inspection", viewport=NARROW)
    box = page.locator(f"{LAYERS} .gb-layers-box")
    box.scroll_into_view_if_needed()
    assert box.evaluate("box => box.scrollWidth > box.clientWidth + 100")
    name = box.locator("tbody th").first
    before = name.bounding_box()["x"]
    box.focus()
    page.keyboard.press("End")  # a focused box can be scrolled with the keys
    box.evaluate("box => { box.scrollLeft = 200; }")
    assert name.bounding_box()["x"] == pytest.approx(before, abs=1)


def test_architecture_lesson_opens(opening):
    opening.get_by_role("button", name="How to count a convolution").click()
    opening.get_by_text("The size of the image is not in it").wait_for()
    assert opening.locator(".gb-lesson .katex-error").count() == 0


# ---- The microscope


def test_opens_on_one_mask_beside_evaluation_and_a_hundred(opening, image):
    temperature = find_temperature(DEFAULT_CHECKPOINT)
    sample = sample_masks(copy_network(DEFAULT_CHECKPOINT), image, 1, temperature=temperature)
    expected = [
        [write_percent(own), write_percent(whole)]
        for own, whole in zip(sample.probabilities[0], sample.evaluated, strict=True)
    ]
    assert read_rows(opening, SPREAD) == expected
    dropped = int((~sample.layers[0].masks[0]).sum())
    assert f"{dropped:,} of 12,544 dropped" in opening.locator(f"{SPREAD} .gb-spread-mask small").inner_text()
    many = sample_masks(copy_network(DEFAULT_CHECKPOINT), image).probabilities.argmax(axis=1)
    text = opening.locator(f"{SPREAD} > .gb-strips-text").inner_text()
    for vote, count in re.findall(r"(\d) with (\d+)", text.partition("The probability")[0]):
        assert int(count) == (many == int(vote)).sum()
    assert "seeds 0 to 99" in text


def count_pixels(page, selector, variable):
    """Count the canvas's pixels that have a colour of the page."""
    return page.locator(selector).evaluate(
        """(canvas, variable) => {
          const probe = document.createElement("canvas").getContext("2d");
          probe.fillStyle = getComputedStyle(canvas).getPropertyValue(variable).trim();
          probe.fillRect(0, 0, 1, 1);
          const [r, g, b] = probe.getImageData(0, 0, 1, 1).data;
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          let count = 0;
          for (let i = 0; i < data.length; i += 4) {
            count += data[i] === r && data[i + 1] === g && data[i + 2] === b && data[i + 3] === 255;
          }
          return count;
        }""",
        variable,
    )


def test_the_mask_is_drawn_in_its_two_colours(page, image):
    mask = sample_masks(copy_network(DEFAULT_CHECKPOINT), image, 1).layers[0].masks[0]
    canvas = f"{SPREAD} .gb-spread-mask canvas"
    kept, dropped = (count_pixels(page, canvas, name) for name in ("--gb-positive", "--gb-zero"))
    assert kept / (kept + dropped) == pytest.approx(mask.mean(), abs=1e-3)
    page.get_by_label("Evaluation: all are kept").check()
    page.locator(SPREAD).get_by_text("keeps all 12,544").wait_for()
    assert count_pixels(page, canvas, "--gb-zero") == 0
    assert {row[0] for row in read_rows(page, SPREAD)} == {"–"}


def test_new_mask_changes_it_and_back_returns_it(opening):
    text = f"{SPREAD} .gb-spread-mask small"
    first, first_rows = opening.locator(text).inner_text(), read_rows(opening, SPREAD)
    spread = opening.locator(f"{SPREAD} > .gb-strips-text").inner_text()
    back = opening.get_by_role("button", name="Previous mask")
    wait_for_change(opening, text, back.click)
    expect(number_field(opening, "Seed of the mask")).to_have_value("999")
    for seed in range(2):  # the first of all comes after the last
        wait_for_change(opening, text, opening.get_by_role("button", name="New mask").click)
        expect(number_field(opening, "Seed of the mask")).to_have_value(str(seed))
    rows = read_rows(opening, SPREAD)
    assert [row[1] for row in rows] == [row[1] for row in first_rows]  # evaluation mode is as it was
    assert rows != first_rows
    assert opening.locator(f"{SPREAD} > .gb-strips-text").inner_text() == spread
    assert wait_for_change(opening, text, back.click) == first
    assert read_rows(opening, SPREAD) == first_rows


def test_other_layers_and_networks(page):
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
    wait_for_change(
        page, f"{SPREAD} .gb-spread-mask small", page.get_by_role("button", name="New mask").click
    )
    choose(page, "#microscope-checkpoint", "ConvNet4 (fast")
    page.locator(f"{NORM} .gb-chart").first.wait_for()
    page.locator("#microscope-norm-layer").wait_for()


def test_batch_norm_answers_with_both_statistics(page, image):
    view = inspect_batch_norm(copy_network(DEFAULT_CHECKPOINT), image, find_temperature(DEFAULT_CHECKPOINT))
    assert read_rows(page, NORM) == [
        [write_percent(own), write_percent(whole)]
        for own, whole in zip(view.trained, view.evaluated, strict=True)
    ]
    # Each column's own answer is bold, and the digit of either.
    own, whole = int(view.trained.argmax()), int(view.evaluated.argmax())
    assert own != whole  # or the check says nothing
    assert read_bold(page, NORM) == [
        [str(digit)] * (digit in (own, whole))
        + [write_percent(shares[digit]) for shares, answer in columns if answer == digit]
        for digit in range(10)
        for columns in [[(view.trained, own), (view.evaluated, whole)]]
    ]
    lines = f"{NORM} .gb-norm-lines"
    wait_for_change(page, lines, lambda: choose(page, "#microscope-norm-layer", "features.9"))
    assert "Channel 0 of features.9" in page.locator(lines).inner_text()
    wait_for_change(page, lines, lambda: number_field(page, "Channel").fill("100"))
    page.locator(f"{NORM} .gb-chart-legend").first.get_by_text("100").first.wait_for()
    layer = next(each for each in view.layers if each.name == "features.9")
    legend = page.locator(f"{NORM} .gb-chart-legend").first.inner_text().replace("−", "-")
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", legend)]
    assert numbers[0] == 100
    assert numbers[1:] == pytest.approx([layer.running_mean[100], layer.image_mean[100]], rel=1e-3)


def test_own_drawing_is_asked_for_and_then_shown(page):
    before = read_rows(page, SPREAD)
    page.get_by_label("My last drawing").last.check()
    page.locator("#microscope-error").get_by_text("draw a digit on the sketchpad").wait_for()
    assert read_rows(page, SPREAD) == before
    page.get_by_role("tab", name="Sketchpad").click()
    pad = Pad(page)
    pad.clear()
    pad.draw(build_example(5))
    pad.wait_until_shown()
    page.get_by_role("tab", name="Conv & pool").click()
    page.locator(f"{SPREAD} figcaption").get_by_text("yours").wait_for()
    page.locator("#microscope-error").wait_for(state="hidden")


def test_work_is_seen_to_be_under_way_and_then_done(page):
    """Also where it ends in a mistake, which leaves what is shown."""
    page.evaluate(
        """selector => {
          window.busy = [];
          const note = (records) => records.forEach(({ target }) => window.busy.push(target.ariaBusy));
          const options = { attributes: true, attributeFilter: ["aria-busy"] };
          new MutationObserver(note).observe(document.querySelector(selector), options);
        }""",
        SPREAD,
    )
    number = number_field(page, "Number in the data set")
    wait_for_change(page, f"{SPREAD} .gb-spread-digit", lambda: number.fill("7"))
    page.wait_for_function("() => window.busy.includes('true') && window.busy.at(-1) === 'false'")
    page.evaluate("window.busy = []")
    page.get_by_label("My last drawing").last.check()
    page.locator("#microscope-error").get_by_text("draw a digit").wait_for()
    page.wait_for_function("() => window.busy.includes('true') && window.busy.at(-1) === 'false'")


def test_two_visitors_keep_their_own_masks(open_page, page):
    other = open_page("inspection", reduced_motion="reduce")
    other.locator(f"{SPREAD} li.gb-strips-row").first.wait_for()
    before = read_rows(other, SPREAD)
    text = f"{SPREAD} .gb-spread-mask small"
    wait_for_change(page, text, page.get_by_role("button", name="New mask").click)
    assert read_rows(other, SPREAD) == before
    assert number_field(other, "Seed of the mask").input_value() == "0"


def test_charts_stay_on_the_stage_when_the_window_gets_narrow(open_page):
    page = open_page("inspection")
    page.locator(f"{SPREAD} li.gb-strips-row").first.wait_for()
    for viewport in (WIDE, NARROW):
        page.set_viewport_size(viewport)
        # Charts and canvases are drawn anew after the page has been laid out in its new width.
        page.wait_for_function(
            "width => document.documentElement.scrollWidth <= width", arg=viewport["width"]
        )
        page.wait_for_function(
            """selectors => selectors.every(selector => {
              const stage = document.querySelector(selector).closest(".gb-stage").getBoundingClientRect();
              return [...document.querySelectorAll(`${selector} *`)].every(node =>
                node.closest(".gb-layers-box, .gb-chart-spoken")
                || node.getBoundingClientRect().right <= stage.right + 1);
            })""",
            arg=[SPREAD, NORM, LAYERS],
        )
        assert count_pixels(page, f"{SPREAD} .gb-spread-mask canvas", "--gb-positive") > 1000
    for name in ("New mask", "Previous mask"):  # Gradio's own buttons
        assert page.get_by_role("button", name=name).bounding_box()["height"] >= 40


TIME_A_MASK = """([selector, label]) => new Promise((resolve) => {
  const text = document.querySelector(selector);
  const start = performance.now();
  new MutationObserver((_, observer) => {
    observer.disconnect();
    requestAnimationFrame(() => resolve(performance.now() - start));
  }).observe(text, { childList: true, characterData: true, subtree: true });
  [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === label).click();
})"""


@pytest.mark.release
def test_a_new_mask_is_drawn_within_200_ms(page, undisturbed):
    """The median of nine; on a machine that has other work it is given two more tries."""
    medians = []
    seeds = itertools.count(1)
    with undisturbed():
        for _ in range(3):
            delays = []
            for _ in range(9):
                delays.append(page.evaluate(TIME_A_MASK, [f"{SPREAD} .gb-spread-mask small", "New mask"]))
                expect(number_field(page, "Seed of the mask")).to_have_value(str(next(seeds)))
            medians.append(statistics.median(delays))
            if medians[-1] <= 200:
                break
    print(f"new mask to picture, medians in ms: {[round(median) for median in medians]}")
    assert min(medians) <= 200
