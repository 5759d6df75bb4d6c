"""The visitor's own digits beside the pad: kept in the browser, changed, taken away, brought back, read."""

import json

import pytest
from playwright.sync_api import expect

from app.sketchpad.sections import build_my_digits_section
from app.sketchpad.tab import build_example, build_sketch_pad
from tests.browser.components.conftest import Harness
from tests.browser.my_digits import SCHEMA, MyDigits
from tests.waiting import HANG_MS

pytestmark = pytest.mark.gate  # some seconds each


def build_parts():
    return build_sketch_pad(), build_my_digits_section(lambda folder: None)


@pytest.fixture
def mine(open_harness):
    return MyDigits(open_harness(*build_parts(), reduced_motion="reduce").page)


def test_digits_are_kept_changed_deleted_and_brought_back(mine):
    mine.keep(7)
    mine.wait_for_count(1)
    expect(mine.message).to_have_text("Kept as a 7.")
    assert mine.pad.root.get_attribute("data-digit") == "", "the pad is cleared"
    mine.keep(3, label=5)
    mine.root.locator(".gb-mine-grid select").first.select_option("3")
    assert mine.read_labels() == ["3", "7"]
    mine.undo()
    assert mine.read_labels() == ["5", "7"]
    mine.root.locator(".gb-mine-delete").last.click()
    assert mine.read_labels() == ["5"]
    mine.undo()
    mine.wait_for_count(2)
    assert mine.read_labels() == ["5", "7"], "it stands where it stood"

    mine.root.locator(".gb-mine-grid .gb-mine-picture").last.click()  # back on the pad
    mine.page.wait_for_function("() => document.querySelector('#pad .gb-pad')?.dataset.digit === '7'")
    assert "is-read" in mine.root.locator(".gb-mine-labels button").nth(7).get_attribute("class")
    mine.root.locator(".gb-mine-labels button").nth(7).click()
    expect(mine.message).to_have_text("This drawing is kept as a 7 already.")

    # Another window of this browser has the same digits.
    other = MyDigits(Harness(mine.page.context.new_page(), build_parts(), {}).page)
    assert other.read_labels() == ["5", "7"]
    other.root.locator("[data-do=clear]").click()
    mine.wait_for_count(0)
    other.undo()
    mine.wait_for_count(2)


def test_export_comes_back_whole_and_damage_is_named_by_entry(mine):
    for digit in (1, 4):
        mine.keep(digit)
    mine.wait_for_count(2)
    with mine.page.expect_download() as download:
        mine.root.locator("[data-do=export]").click()
    exported = json.loads(download.value.path().read_text())
    assert exported["schema"] == SCHEMA
    assert [entry["label"] for entry in exported["digits"]] == [1, 4]

    mine.root.locator("[data-do=clear]").click()
    mine.import_file(exported)
    mine.wait_for_count(2)
    with mine.page.expect_download() as download:
        mine.root.locator("[data-do=export]").click()
    assert json.loads(download.value.path().read_text())["digits"] == exported["digits"]

    good = exported["digits"][0]
    mine.import_file({"schema": SCHEMA, "digits": [{**good, "label": 12}, {**good, "label": 2}, good]})
    mine.wait_for_count(3)
    expect(mine.message).to_have_text("1 drawing imported. 1 drawing was here already.")
    expect(mine.problem).to_have_text("What was not imported:")
    assert mine.root.locator(".gb-mine-wrong li").inner_text().startswith("Entry 1: its label is 12;")
    mine.undo()
    mine.wait_for_count(2)
    for content, told in ((b"{", "it is not JSON"), (b" " * (2 * 2**20 + 1), "is larger than 2 MB")):
        mine.import_file(content)
        expect(mine.problem).to_contain_text(told)
        assert mine.root.get_attribute("data-count") == "2"


def test_networks_are_ranked_and_a_full_storage_loses_nothing(mine):
    examples = [
        {"label": digit, "size": 280, "strokes": build_example(digit), "time": "2026-01-31T12:00:00Z"}
        for digit in range(10)
    ]
    misnamed = {**examples[8], "label": 0}  # every network misreads it
    mine.import_file({"schema": SCHEMA, "digits": [*examples, misnamed]})
    mine.wait_for_count(11)
    mine.root.locator(".gb-mine-ask button").first.click()
    mine.root.locator(".gb-mine-progress", has_text="Network").wait_for(state="hidden", timeout=HANG_MS)
    mine.page.wait_for_function(
        "() => document.querySelector('#my-digits .gb-mine-ask button')?.disabled === false"
    )
    rows = mine.root.locator("tbody tr[data-key]")
    right = [int(text.split()[0]) for text in rows.locator(".is-score").all_inner_texts()]
    assert right == sorted(right, reverse=True)
    assert rows.first.locator(".is-score").inner_text() == "10 of 11"
    assert "62.3%–98.4%" in rows.first.inner_text()
    rows.first.locator("button").click()
    assert mine.root.locator(".is-open .gb-mine-picture span").all_inner_texts() == ["0 read as 8"]
    mine.root.locator(".gb-mine-delete").first.click()
    assert mine.root.locator(".gb-mine-old").is_visible()

    # A full storage is told, and loses nothing.
    mine.page.evaluate(
        """() => {
          const plain = Storage.prototype.setItem;
          Storage.prototype.setItem = function (key, text) {
            if (key === "glassbox-digits") throw new DOMException("full", "QuotaExceededError");
            plain.call(this, key, text);
          };
        }"""
    )
    mine.keep(9, label=4)  # as a 9 it is kept already
    expect(mine.problem).to_contain_text("storage")
    assert mine.root.get_attribute("data-count") == "10"
    assert mine.pad.root.get_attribute("data-digit") == "9", "what could not be kept stays on the pad"
