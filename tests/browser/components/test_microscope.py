"""Dropout's masks, batch norm's statistics and the table of layers, as they are drawn."""

import json
import re

import pytest
from playwright.sync_api import expect

from app.inspection.architecture.components.layers import build_layers
from app.inspection.architecture.view import draw_architecture
from app.inspection.microscope.components.norm import build_norm
from app.inspection.microscope.components.spread import CHANNEL, build_spread
from app.inspection.microscope.handlers import (
    EVALUATION,
    TRAINING,
    Request,
    answer_controls,
    show_pictures,
)
from app.inspection.microscope.section import DEFAULT_CHECKPOINT, DEFAULT_INDEX
from app.ui.components.notice import build_notice
from app.ui.digits import TEST
from app.ui.numbers import write_percent
from app.ui.server_functions import ask_component
from models.checkpoints.prediction import copy_network, find_temperature
from models.data.datasets import load_gallery
from models.inspection.microscope import inspect_batch_norm, sample_masks
from models.networks.architecture import read_architecture
from tests.browser.conftest import NARROW

pytestmark = pytest.mark.gate  # some seconds


def make_request(**changes):
    index = min(DEFAULT_INDEX, len(load_gallery("test").images) - 1)
    opening = Request(DEFAULT_CHECKPOINT, TEST, index, None, TRAINING, "features.15", 0, "features.9", 100)
    return opening._replace(**changes)


def build_pictures():
    """Both pictures, and what is said of them."""
    shown = show_pictures(make_request())
    return (
        build_spread(json.dumps(shown["spread"]), answer_controls, elem_id="spread"),
        build_norm(json.dumps(shown["norm"]), elem_id="norm"),
        build_notice("error", channel=CHANNEL, elem_classes="gb-error", elem_id="error"),
    )


def ask(harness, **changes):
    """Ask as the controls do, and wait for the answer."""
    harness.page.evaluate(
        "([host, values]) => window[host].ask(values)", [CHANNEL, list(make_request(**changes))]
    )


@pytest.fixture(scope="module")
def image():
    images = load_gallery("test").images
    return images[min(DEFAULT_INDEX, len(images) - 1)] / 255


def read_rows(harness, picture):
    """The two columns of per cents of the ten answers, as they stand there."""
    return [row.split("\n")[1:] for row in harness.locate(f"#{picture} li.gb-strips-row").all_inner_texts()]


def count_pixels(harness, variable):
    """Count the pixels of the mask that have a colour of the page."""
    return harness.locate(".gb-spread-mask canvas").evaluate(
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


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_one_mask_beside_evaluation_and_a_hundred(open_harness, image, theme):
    harness = open_harness(*build_pictures(), theme=theme)
    temperature = find_temperature(DEFAULT_CHECKPOINT)
    sample = sample_masks(copy_network(DEFAULT_CHECKPOINT), image, 1, temperature=temperature)
    assert read_rows(harness, "spread") == [
        [write_percent(own), write_percent(whole)]
        for own, whole in zip(sample.probabilities[0], sample.evaluated, strict=True)
    ]
    many = sample_masks(copy_network(DEFAULT_CHECKPOINT), image).probabilities.argmax(axis=1)
    text = harness.locate(".gb-spread > .gb-strips-text").inner_text()
    for vote, count in re.findall(r"(\d) with (\d+)", text.partition("The probability")[0]):
        assert int(count) == (many == int(vote)).sum()
    layer = next(layer for layer in sample.layers if layer.name == "features.15")
    kept, dropped = (count_pixels(harness, name) for name in ("--gb-positive", "--gb-zero"))
    assert kept / (kept + dropped) == pytest.approx(layer.masks[0].mean(), abs=1e-3)
    # In evaluation mode all are kept, and there is no other answer.
    ask(harness, mode=EVALUATION)
    expect(harness.locate(".gb-spread-mask small")).to_contain_text("keeps all")
    harness.wait_for_frame()
    assert count_pixels(harness, "--gb-zero") == 0
    assert {row[0] for row in read_rows(harness, "spread")} == {"–"}
    ask(harness, checkpoint="convnet3")
    expect(harness.locate("#norm .gb-strips-absent")).to_contain_text("ConvNet3 has no batch norm")
    expect(harness.locate(".gb-norm-parts")).to_be_hidden()


def test_a_mistake_is_said_once_and_marks_the_picture_that_it_concerns(open_harness):
    harness = open_harness(*build_pictures())
    spread, norm, error = (harness.locate(name) for name in (".gb-spread", ".gb-norm", "#error"))
    old = re.compile("is-old")
    mask = harness.locate(".gb-spread-mask small").inner_text()
    # No fields stand on this page, so the sentence comes where those stand that have none.
    ask(harness, seed=-1, channel=5)
    expect(error).to_contain_text("The seed is -1")
    expect(spread).to_have_class(old)
    expect(norm).not_to_have_class(old)
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 5 of features.9")
    assert harness.locate(".gb-spread-mask small").inner_text() == mask
    ask(harness, channel=10**6)
    expect(error).to_contain_text("The channel is 1000000")
    expect(spread).not_to_have_class(old)
    expect(norm).to_have_class(old)
    ask(harness, source="drawing")
    expect(error.locator(".gb-missing")).to_contain_text("draw a digit on the sketchpad")
    for picture in (spread, norm):
        expect(picture).to_have_class(old)
    ask(harness)
    expect(error).to_have_text("")
    expect(error.locator(".gb-missing")).to_have_count(0)
    for picture in (spread, norm):
        expect(picture).not_to_have_class(old)


def test_work_is_seen_to_be_under_way(open_harness):
    harness = open_harness(*build_pictures())
    harness.page.evaluate(
        """() => {
          window.busy = [];
          const note = (records) => records.forEach(({ target }) => window.busy.push(target.ariaBusy));
          const options = { attributes: true, attributeFilter: ["aria-busy"] };
          new MutationObserver(note).observe(document.querySelector(".gb-spread"), options);
        }"""
    )
    ask(harness, index=7)
    harness.page.wait_for_function("() => window.busy.join() === 'true,false'")
    expect(harness.locate(".gb-spread-digit")).to_contain_text(f"a {load_gallery('test').labels[7]}")


def test_pictures_shown_again_show_what_was_answered_last(open_harness):
    harness = open_harness(*build_pictures())
    ask(harness, channel=7)
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 7 of features.9")
    harness.show(harness.take("norm"))
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 7 of features.9")


def test_what_was_chosen_before_the_pictures_were_there_is_shown(open_harness):
    """As by a link, whose answer may be there before the pictures' first value."""
    harness = open_harness(*build_pictures())
    spread, norm = harness.take("spread"), harness.take("norm")
    harness.page.evaluate(f"() => {{ delete window.{CHANNEL}; }}")
    for channel in (3, 7):
        values = list(make_request(channel=channel))
        harness.page.evaluate(f"(values) => ({ask_component(CHANNEL)})(...values)", values)
    harness.show(spread)
    harness.show(norm)
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 7 of features.9")
    harness.page.evaluate(f"(values) => ({ask_component(CHANNEL)})(...values)", list(make_request(channel=5)))
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 5 of features.9")


def test_batch_norm_answers_with_both_statistics(open_harness, image):
    harness = open_harness(*build_pictures())
    view = inspect_batch_norm(copy_network(DEFAULT_CHECKPOINT), image, find_temperature(DEFAULT_CHECKPOINT))
    assert read_rows(harness, "norm") == [
        [write_percent(own), write_percent(whole)]
        for own, whole in zip(view.trained, view.evaluated, strict=True)
    ]
    # Each column's own answer is bold, and the digit of either.
    own, whole = int(view.trained.argmax()), int(view.evaluated.argmax())
    assert own != whole  # or the check says nothing
    bold = harness.locate("#norm li.gb-strips-row").evaluate_all(
        "rows => rows.map(row => [...row.children].filter(cell => +getComputedStyle(cell).fontWeight >= 700)"
        ".map(cell => cell.textContent))"
    )
    assert bold == [
        [str(digit)] * (digit in (own, whole))
        + [
            write_percent(shares[digit])
            for shares, answer in [(view.trained, own), (view.evaluated, whole)]
            if answer == digit
        ]
        for digit in range(10)
    ]
    expect(harness.locate(".gb-norm-lines")).to_contain_text("Channel 100 of features.9")
    layer = next(each for each in view.layers if each.name == "features.9")
    legend = harness.locate(".gb-chart-legend").first.inner_text().replace("−", "-")
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", legend)]
    assert numbers[0] == 100
    assert numbers[1:] == pytest.approx([layer.running_mean[100], layer.image_mean[100]], rel=1e-3)


def test_both_keep_to_a_window_that_gets_narrow(open_harness):
    harness = open_harness(*build_pictures())
    harness.page.set_viewport_size(NARROW)
    harness.page.wait_for_function(
        """width => [...document.querySelectorAll("main *")].every(node => node.closest(".gb-chart-spoken")
          || node.getBoundingClientRect().right <= width + 1)""",
        arg=NARROW["width"],
    )
    assert count_pixels(harness, "--gb-positive") > 1000


def test_table_of_layers_holds_its_counts_and_keeps_its_first_column(open_harness):
    architecture = read_architecture("convnet3")
    harness = open_harness(build_layers(draw_architecture(architecture), elem_id="layers"), viewport=NARROW)
    rows = harness.locate("tbody tr").all_inner_texts()
    assert len(rows) == len(architecture.layers)
    for row, layer in zip(rows, architecture.layers, strict=True):
        assert layer.name in row
        assert layer.parameter_sum.partition(" = ")[0] in row
    assert f"{architecture.parameters:,}" in harness.locate("tfoot").inner_text()
    box = harness.locate(".gb-layers-box")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth + 100")
    name = harness.locate("tbody th").first
    before = name.bounding_box()["x"]
    box.focus()
    harness.page.keyboard.press("End")  # a focused box can be scrolled with the keys
    box.evaluate("box => { box.scrollLeft = 200; }")
    assert name.bounding_box()["x"] == pytest.approx(before, abs=1)


def test_strip_of_layers_is_as_wide_as_their_shares(open_harness):
    architecture = read_architecture("alexnet")
    harness = open_harness(build_layers(draw_architecture(architecture), elem_id="layers"))
    widths = harness.locate(".gb-layers-strip").first.evaluate(
        "strip => [...strip.children].map(part => part.getBoundingClientRect().width)"
    )
    shares = [layer.parameters / architecture.parameters for layer in architecture.layers if layer.parameters]
    assert [width / sum(widths) for width in widths] == pytest.approx(shares, abs=0.01)
