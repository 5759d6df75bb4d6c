"""The report in Chromium: a card of a stage, words, order, export, import, and what is loaded when."""

import json
import re

import gradio as gr
import pytest
from playwright.sync_api import expect

from app.descent.components.player import build_player
from app.descent.handlers import answer_controls
from app.descent.plane.components.plane_depth import build_plane_depth
from app.descent.plane.depths import pack_depths
from app.descent.race import OPENINGS, run_race
from app.descent.view import CHARTS, show_race
from app.report.section import build_report_button
from app.runs.split import draw_again, show_draws
from app.ui.card_button import write_card_button
from tests.browser.components.conftest import Harness
from tests.browser.conftest import NARROW
from tests.report.test_report import EVERY_KIND, export, make_card, make_report

pytestmark = pytest.mark.gate  # some seconds

CARDS = ".gb-report-cards > li"
TABLE = "<table><tr><th>Iteration</th><th>Loss</th></tr><tr><td>1</td><td>&lt;b&gt; 0.5</td></tr></table>"


def open_report_harness(open_harness, **options):
    return open_harness(*build_components(), **options).page


def build_components():
    with gr.Blocks():
        button = build_report_button()
        player = build_player(
            show_race(run_race(OPENINGS["toy"]), CHARTS[0]), answer_controls, elem_id="player"
        )
        table = gr.HTML(
            html_template=f"<section><h3>Losses</h3>{TABLE}{write_card_button('table')}</section>",
            js_on_load="", elem_id="table",
        )  # fmt: skip
    return button, player, table


def open_other_window(page):
    return Harness(page.context.new_page(), build_components(), {}).page


def add_notes(dialog, *words):
    for number, text in enumerate(words, start=1):
        dialog.get_by_role("button", name="Add a note").click()
        expect(dialog.locator(CARDS)).to_have_count(number)
        write(dialog.locator(CARDS).last, text)


def write(card, text):
    card.get_by_role("textbox").fill(text)
    card.get_by_role("textbox").blur()
    expect(card.locator(".gb-report-rendered")).to_have_text(text)


def expect_notes(dialog, *words):
    expect(dialog.locator(CARDS)).to_have_count(len(words))
    for card, text in zip(dialog.locator(CARDS).all(), words, strict=True):
        expect(card.get_by_role("textbox")).to_have_value(text)


def choose_file(dialog, content, name="report.json"):
    dialog.locator("input[type='file']").set_input_files(
        {"name": name, "mimeType": "application/json", "buffer": json.dumps(content).encode()}
    )


def add(page, place, number=1):
    page.locator(f"{place} .gb-card-button").click()
    expect(page.locator(".gb-report-told")).to_contain_text(f"is in your report, as number {number}.")


def open_report(page):
    page.get_by_role("button", name="My report", exact=True).click()
    dialog = page.get_by_role("dialog", name="My report")
    expect(dialog).to_be_visible()
    return dialog


def test_a_stage_and_a_table_with_words_are_exported_and_imported(open_harness, tmp_path):
    page = open_report_harness(open_harness)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    add(page, "#player")
    assert any("painting.js" in url for url in asked)
    assert not any("report_page.js" in url for url in asked), (
        "nothing of the report comes before it is opened"
    )
    add(page, "#table", 2)
    dialog = open_report(page)
    cards = dialog.locator(".gb-report-cards > li")
    expect(cards).to_have_count(2)
    expect(cards.nth(0).locator("h3")).to_have_text("Gradient descent")
    size = cards.nth(0).locator("img").evaluate("(image) => [image.naturalWidth, image.naturalHeight]")
    assert min(size) > 200, "the plots"
    expect(cards.nth(1).locator("h3")).to_have_text("Losses")
    cards.nth(1).get_by_text("Table of 1 rows").click()
    expect(cards.nth(1).locator("td")).to_have_text(["1", "<b> 0.5"])

    words = cards.nth(1).get_by_role("textbox")
    words.fill("<img src=x onerror=alert(1)> as $x^2$ says")
    expect(cards.nth(1).locator(".gb-report-rendered math")).to_have_count(1)
    expect(cards.nth(1).locator(".gb-report-rendered img")).to_have_count(0)
    cards.nth(1).get_by_role("button", name="Move up").click()
    expect(cards.nth(0).locator("h3")).to_have_text("Losses")
    expect(cards.nth(0).get_by_role("textbox")).to_have_value("<img src=x onerror=alert(1)> as $x^2$ says")
    dialog.get_by_label("Your name").fill("Ada")
    dialog.get_by_label("Your name").press("Tab")
    with page.expect_download() as download:
        dialog.get_by_role("button", name=re.compile("Page that prints")).click()
    download.value.save_as(tmp_path / "report.html")

    for _ in range(2):
        cards.first.get_by_role("button", name="Take out").click()
    expect(dialog).to_contain_text("Nothing is in it yet")
    dialog.locator("input[type='file']").set_input_files(tmp_path / "report.html")
    expect(cards).to_have_count(2)
    expect(dialog.get_by_label("Your name")).to_have_value("Ada")
    expect(cards.nth(0).get_by_role("textbox")).to_have_value("<img src=x onerror=alert(1)> as $x^2$ says")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Nothing is in it yet")


def test_what_is_drawn_in_cells_and_told_in_lists_survives_export_and_import(open_harness, tmp_path):
    with gr.Blocks():
        components = (
            build_report_button(),
            build_plane_depth(pack_depths, elem_id="depth"),
            gr.HTML(html_template=show_draws(draw_again([], 42), 42), js_on_load="", elem_id="split"),
        )
    page = open_harness(*components).page
    expect(page.locator("#depth tbody svg").last).to_be_visible()
    add(page, "#depth")
    add(page, "#split", 2)
    dialog = open_report(page)
    cards = dialog.locator(CARDS)

    def read_cards():
        expect(cards).to_have_count(2)
        pictures = cards.locator("img").evaluate_all("(images) => images.map((one) => one.src)")
        return pictures, cards.locator("td").all_text_contents(), cards.locator("p").all_text_contents()

    pictures, cells, texts = seen = read_cards()
    assert len(pictures) == 1
    assert any(cell.startswith("tanh, ") for cell in cells)
    assert any("A split with the seed 42" in text and "the first draw" in text for text in texts)
    assert "Seed: 42" in texts
    with page.expect_download() as download:
        dialog.get_by_role("button", name=re.compile("Page that prints")).click()
    download.value.save_as(tmp_path / "report.html")
    for _ in range(2):
        cards.first.get_by_role("button", name="Take out").click()
    dialog.locator("input[type='file']").set_input_files(tmp_path / "report.html")
    assert read_cards() == seen


def test_what_was_added_is_there_after_a_reload_and_a_foreign_file_is_refused(open_harness, tmp_path):
    page = open_report_harness(open_harness, viewport=NARROW, theme="dark")
    add(page, "#table")
    dialog = open_report(page)
    (tmp_path / "other.html").write_text("<p>hello</p>")
    dialog.locator("input[type='file']").set_input_files(tmp_path / "other.html")
    expect(dialog.locator(".gb-report-status")).to_contain_text("not a report")
    dialog.get_by_role("button", name="Add a note").click()
    expect(dialog.locator(".gb-report-cards > li")).to_have_count(2)
    expect(dialog.locator(".gb-report-cards > li").nth(1).get_by_role("textbox")).to_be_focused()
    assert page.evaluate(
        "document.querySelector('dialog').scrollWidth <= document.querySelector('dialog').clientWidth"
    )
    kept = page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("glassbox-report").onsuccess = ({ target }) => {
            const store = target.result.transaction("glassbox-report").objectStore("glassbox-report");
            const reading = store.get("report");
            reading.onsuccess = () => done(JSON.stringify(reading.result));
          };
        })"""
    )
    assert [card["kind"] for card in json.loads(kept)["cards"]] == ["table", "note"]


def test_a_report_with_every_kind_of_card_prints(chromium, tmp_path):
    path = tmp_path / "report.html"
    path.write_bytes(export(EVERY_KIND, "html"))
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(path.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    context.close()
    assert printed.startswith(b"%PDF")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 8


def test_undo_puts_back_what_was_taken_out_and_nothing_else(open_harness):
    page = open_report_harness(open_harness)
    dialog = open_report(page)
    add_notes(dialog, "one", "two", "three")
    cards = dialog.locator(CARDS)
    cards.nth(1).get_by_role("button", name="Take out").dblclick()
    expect_notes(dialog, "one", "three")
    expect(dialog.get_by_role("button", name="Undo")).to_be_focused()
    write(cards.nth(1), "three and more")
    dialog.get_by_role("button", name="Add a note").click()
    expect(cards).to_have_count(3)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog.locator(".gb-report-bar")).to_have_text("“Note” is back.Undo")
    expect(dialog.get_by_role("button", name="Undo")).to_be_hidden()
    expect_notes(dialog, "one", "two", "three and more", "")


def test_an_import_is_undone_until_something_else_is_changed(open_harness):
    page = open_report_harness(open_harness)
    dialog = open_report(page)
    add_notes(dialog, "mine")
    undo = dialog.get_by_role("button", name="Undo")
    imported = make_report(make_card("note", comment="theirs"))
    choose_file(dialog, imported)
    expect_notes(dialog, "theirs")
    undo.click()
    expect_notes(dialog, "mine")
    choose_file(dialog, imported)
    expect_notes(dialog, "theirs")
    expect(undo).to_be_visible()
    write(dialog.locator(CARDS).first, "changed")
    expect(undo).to_be_hidden()
    choose_file(dialog, "nothing", "notes.json")
    expect(dialog.get_by_role("status")).to_contain_text("not a report")


def test_cards_are_moved_by_their_keys(open_harness):
    page = open_report_harness(open_harness)
    dialog = open_report(page)
    add_notes(dialog, "one", "two", "three")
    down = dialog.locator(CARDS).first.get_by_role("button", name="Move down")
    down.dblclick()
    expect_notes(dialog, "two", "one", "three")
    page.keyboard.press("Enter")
    expect_notes(dialog, "two", "three", "one")
    expect(dialog.locator(CARDS).nth(2).get_by_role("button", name="Move up")).to_be_focused()


def test_what_is_done_in_another_window_takes_no_words_and_no_focus_away(open_harness):
    page = open_report_harness(open_harness)
    dialog = open_report(page)
    add_notes(dialog, "one", "two")
    other = open_report(open_other_window(page))
    expect_notes(other, "one", "two")
    words = dialog.locator(CARDS).nth(1).get_by_role("textbox")
    words.press("End")
    page.clock.install(time=0)
    page.clock.pause_at(1000)  # the pause after a letter lasts until the other window has moved the card
    words.press_sequentially(" more")
    other.locator(CARDS).nth(1).get_by_role("button", name="Move up").click()
    expect(dialog.locator(CARDS).first.get_by_role("textbox")).to_have_value("two more")
    expect(dialog.locator(CARDS).first.get_by_role("textbox")).to_be_focused()
    page.keyboard.type(" words")
    page.clock.run_for(600)
    expect_notes(other, "two more words", "one")
    expect(dialog.locator(CARDS).first.locator(".gb-report-rendered")).to_have_text("two more words")
    write(other.locator(CARDS).nth(1), "uno")
    expect_notes(dialog, "two more words", "uno")
    words = dialog.locator(CARDS).nth(1).get_by_role("textbox")
    words.press_sequentially(" due")
    other.locator(CARDS).nth(1).get_by_role("button", name="Take out").click()
    expect_notes(dialog, "two more words")
    page.clock.run_for(600)
    expect(dialog.get_by_role("status")).to_contain_text("the last words in it are not kept")


def test_what_the_browser_does_not_keep_is_told_where_it_is_seen(open_harness):
    page = open_report_harness(open_harness, viewport=NARROW)
    dialog = open_report(page)
    add_notes(dialog, "one", "two", "three", "four")
    page.evaluate("() => { IDBObjectStore.prototype.put = () => { throw new Error('No room.'); }; }")
    cards = dialog.locator(CARDS)
    cards.last.get_by_role("button", name="Take out").click()
    expect(cards).to_have_count(4)
    expect(dialog.get_by_role("status")).to_have_text("No room.")
    expect(dialog.get_by_role("status")).to_be_in_viewport()
    expect(dialog.get_by_role("button", name="Undo")).to_be_hidden()
    cards.last.get_by_role("textbox").fill("four and more")
    cards.last.get_by_role("textbox").blur()
    choose_file(dialog, make_report(make_card("note", comment="theirs")))
    expect(dialog.get_by_role("status")).to_have_text("No room.")
    expect_notes(dialog, "one", "two", "three", "four and more")


def test_a_report_that_cannot_be_read_is_not_shown_as_empty(open_harness):
    page = open_report_harness(open_harness)
    page.evaluate(
        """() => {
          const { get } = IDBObjectStore.prototype;
          IDBObjectStore.prototype.get = () => { throw new Error("The disk fails."); };
          window.mend = () => { IDBObjectStore.prototype.get = get; };
        }"""
    )
    page.get_by_role("button", name="My report", exact=True).click()
    expect(page.locator(".gb-report-told")).to_have_text("Your report did not open. The disk fails.")
    page.evaluate("window.mend()")
    open_report(page)


def test_a_database_that_was_closed_is_opened_again(open_harness):
    page = open_report_harness(open_harness)
    page.evaluate(
        """() => {
          const { open } = indexedDB;
          IDBFactory.prototype.open = function (...given) {
            const request = open.apply(this, given);
            request.addEventListener("success", () => { window.database = request.result; });
            return request;
          };
        }"""
    )
    dialog = open_report(page)
    add_notes(dialog, "one")
    page.evaluate("window.database.close()")
    dialog.get_by_role("button", name="Add a note").click()
    expect_notes(dialog, "one", "")


def test_a_browser_that_keeps_nothing_is_said(open_harness):
    page = open_report_harness(open_harness)
    page.evaluate("() => { IDBFactory.prototype.open = () => { throw new Error(); }; }")
    add(page, "#table")
    warning = "This browser keeps nothing: export before you close."
    expect(page.locator(".gb-report-told")).to_contain_text(warning)
    dialog = open_report(page)
    expect(dialog.get_by_text(warning)).to_be_visible()
    expect(dialog.locator(CARDS)).to_have_count(1)


def test_the_report_fills_a_page_that_is_zoomed(open_harness):
    page = open_report_harness(open_harness)
    dialog = open_report(page)
    page.add_style_tag(content="main { --gb-zoom: 1.35; zoom: 1.35; }")
    box = dialog.bounding_box()
    assert (box["y"], round(box["height"])) == (0, page.viewport_size["height"])
    expect(dialog.get_by_role("button", name="Close")).to_be_in_viewport(ratio=1)


def test_a_card_names_the_link_that_its_place_says(open_harness):
    with gr.Blocks():
        button = build_report_button()
        place = f"<section data-card data-card-link='?tab=runs&layers=a'>{TABLE}{write_card_button('table')}"
        place = gr.HTML(html_template=f"{place}</section>", js_on_load="", elem_id="place")
    page = open_harness(button, place).page
    add(page, "#place")
    link = open_report(page).locator(f"{CARDS} a[href*='layers']")
    assert link.get_attribute("href").endswith("/?tab=runs&layers=a")


def test_what_is_left_out_of_a_long_table_is_counted(open_harness):
    rows = "".join(f"<tr><td>{number}</td><td>x</td></tr>" for number in range(1, 403))
    with gr.Blocks():
        components = (
            build_report_button(),
            gr.HTML(
                html_template=f"<section><h3>Long</h3><table><tr><th>Step</th><th>Loss</th></tr>{rows}</table>"
                f"{write_card_button('table')}</section>",
                js_on_load="", elem_id="long",
            ),
        )  # fmt: skip
    page = open_harness(*components).page
    add(page, "#long")
    table = open_report(page).locator("table")
    expect(table.locator("tr")).to_have_count(1 + 300)
    expect(table.locator("tr").nth(299)).to_have_text(re.compile("^299\\s*x$"))
    expect(table.locator("tr").last).to_have_text("… and 103 more rows")
