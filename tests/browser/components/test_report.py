"""The report in Chromium: a card of a stage, words, order, export, import, and what is loaded when."""

import json
import re

import gradio as gr
from playwright.sync_api import expect

from app.descent.components.player import build_player
from app.descent.handlers import answer_controls
from app.descent.race import OPENINGS, run_race
from app.descent.view import CHARTS, show_race
from app.report.section import build_report_button
from app.ui.card_button import write_card_button
from tests.browser.conftest import NARROW
from tests.report.test_report import EVERY_KIND, export

TABLE = "<table><tr><th>Iteration</th><th>Loss</th></tr><tr><td>1</td><td>&lt;b&gt; 0.5</td></tr></table>"


def open_report_bench(open_bench, **options):
    with gr.Blocks():
        button = build_report_button()
        player = build_player(
            show_race(run_race(OPENINGS["toy"]), CHARTS[0]), answer_controls, elem_id="player"
        )
        table = gr.HTML(
            html_template=f"<section><h3>Losses</h3>{TABLE}{write_card_button('table')}</section>",
            js_on_load="", elem_id="table",
        )  # fmt: skip
    return open_bench(button, player, table, **options).page


def add(page, place, number=1):
    page.locator(f"{place} .gb-card-button").click()
    expect(page.locator(".gb-report-told")).to_contain_text(f"is in your report, as number {number}.")


def open_report(page):
    page.get_by_role("button", name="My report", exact=True).click()
    dialog = page.get_by_role("dialog", name="My report")
    expect(dialog).to_be_visible()
    return dialog


def test_a_stage_and_a_table_with_words_are_exported_and_imported(open_bench, tmp_path):
    page = open_report_bench(open_bench)
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


def test_what_was_added_is_there_after_a_reload_and_a_foreign_file_is_refused(open_bench, tmp_path):
    page = open_report_bench(open_bench, viewport=NARROW, theme="dark")
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
