"""The builder's network as a text: typed, pasted, refused, and what is done while it is being read."""

import json
import re

import pytest
from playwright.sync_api import expect

from tests.browser.components.layer_rows import ANSWER, CONVNET, HOLD, open_rows

pytestmark = pytest.mark.gate  # some seconds

__all__ = ["open_rows"]  # a fixture


def contains(part):
    """A pattern of a text that has this part."""
    return re.compile(re.escape(part))


def test_text_becomes_rows_and_rows_become_text(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    area = rows.page.get_by_label("Layers as a text")
    expect(area).to_have_value(contains("nn.Conv2d(1, 8, kernel_size=3)"))
    area.fill("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    assert rows.kinds() == ["Flatten", "Linear"]
    area.fill("nn.Sequential(nn.Flatten(), print(1))")
    expect(rows.page.locator(".gb-build-text-problem")).not_to_be_empty()
    assert rows.kinds() == ["Flatten", "Linear"]
    rows.press("Undo")
    assert rows.kinds() == CONVNET
    expect(area).to_have_value(contains("nn.ReLU()"))
    rows.page.get_by_label("JSON", exact=True).check()
    expect(area).to_have_value(contains('"schema"'))
    with rows.page.expect_download() as download:
        rows.press("Save as a file")
    assert download.value.suggested_filename == "mine.json"
    rows.page.locator("input[type=file]").set_input_files(
        {"name": "a.json", "mimeType": "text/plain", "buffer": b'[{"layer": "Flatten"}]'}
    )
    expect(rows.page.locator(".gb-layer")).to_have_count(1)


def test_of_texts_typed_fast_the_last_one_becomes_the_rows(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    rows.page.evaluate("""() => {
      const area = document.querySelector(".gb-build-text textarea");
      area.focus();
      for (const out of [3, 5, 7]) {
        area.value = `nn.Sequential(nn.Flatten(), nn.Linear(784, ${out}), nn.ReLU(), nn.Linear(${out}, 10))`;
        area.dispatchEvent(new InputEvent("input"));
      }
      area.blur();
    }""")
    expect(rows.field("out_features", 2)).to_have_value("7")
    expect(rows.page.get_by_label("Layers as a text")).to_have_value(contains("import torch"))
    rows.press("Undo")  # one step, as what was typed is one change
    assert rows.kinds() == CONVNET


REFUSED = "nn.Sequential(nn.Flatten(), print(1))"


def test_text_that_is_refused_stays_until_it_is_taken_undone_or_emptied(open_rows):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    area, problem = rows.page.get_by_label("Layers as a text"), rows.page.locator(".gb-build-text-problem")
    for end in ("taken", "undone", "emptied"):
        area.fill(REFUSED)
        expect(problem).to_contain_text("print")
        assert "print" in rows.read_mistake()
        area.blur()
        rows.page.set_viewport_size({"width": 900 + 50 * len(end), "height": 800})
        rows.harness.wait_for_frame()
        rows.press("Add Tanh")
        rows.wait()
        expect(area).to_have_value(REFUSED)
        expect(problem).to_contain_text("print")
        if end == "undone":
            rows.press("Undo")
        else:
            area.fill("" if end == "emptied" else "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
            area.blur()
        expect(area).to_have_value(contains("nn.Flatten()"))
        expect(problem).to_be_empty()
        rows.wait()
        assert rows.read_mistake() == ""


@pytest.mark.parametrize("way", ["text", "begin"])
def test_row_added_meanwhile_is_added_to_what_comes(open_rows, way):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    rows.wait()
    rows.harness.wait_for_frame()
    rows.page.wait_for_function("() => document.querySelector('.gb-build-text textarea').value")
    rows.page.evaluate(HOLD)
    if way == "text":
        rows.page.get_by_label("Layers as a text").fill("nn.Sequential(nn.Flatten(), nn.Linear(784, 10))")
    else:
        rows.page.get_by_label("Begin with").select_option("Logistic regression")
        rows.press("Begin")
    rows.press("Add Tanh")
    rows.page.wait_for_function("() => window.release")
    rows.page.evaluate("window.release()")
    expect(rows.page.locator(".gb-layer")).to_have_count(3)
    assert rows.kinds() == ["Flatten", "Linear", "Tanh"]
    rows.press("Undo")
    rows.press("Undo")
    assert rows.kinds() == CONVNET


@pytest.mark.parametrize("way", ["text", "begin", "file"])
def test_while_another_network_is_being_read_none_can_be_trained(open_rows, way):
    rows = open_rows(*CONVNET)
    rows.page.get_by_text("As Python or JSON").click()
    rows.page.wait_for_function("() => document.querySelector('.gb-build-text textarea').value")
    rows.wait()
    rows.page.evaluate(HOLD)
    text = "nn.Sequential(nn.Flatten(), nn.Linear(784, 10))"
    if way == "text":
        rows.page.get_by_label("Layers as a text").fill(text)
    elif way == "file":
        file = {"name": "a.py", "mimeType": "text/plain", "buffer": text.encode()}
        rows.page.locator("input[type=file]").set_input_files(file)
    else:
        rows.page.get_by_label("Begin with").select_option("Logistic regression")
        rows.press("Begin")
    assert "is still being read" in rows.read_mistake()
    rows.page.wait_for_function("() => window.release")
    rows.page.evaluate("window.release()")
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    assert rows.kinds() == ["Flatten", "Linear"]
    assert rows.read_mistake() == ""


def test_where_what_comes_is_refused_the_list_that_is_there_can_be_trained(open_rows):
    def ask(request):
        return json.dumps({"error": "Not that one."}) if request.get("begin") else ANSWER(request)

    rows = open_rows(*CONVNET, ask=ask)
    rows.page.get_by_label("Begin with").select_option("ConvNet3")
    rows.press("Begin")
    expect(rows.page.locator(".gb-build-told")).to_have_text("Not that one.")
    assert rows.read_mistake() == ""
    assert rows.kinds() == CONVNET
