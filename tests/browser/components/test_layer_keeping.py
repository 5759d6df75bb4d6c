"""What the builder begins with, what this browser keeps of it, and the link to it."""

import json

from playwright.sync_api import expect

from tests.browser.components.layer_rows import ANSWER, CONVNET, HOLD, open_rows, plain

__all__ = ["open_rows"]  # a fixture


def test_it_begins_from_a_given_network_or_from_nothing(open_rows):
    rows = open_rows(*CONVNET)
    begin = rows.page.get_by_label("Begin with")
    begin.select_option("ConvNet")
    begin.press("ArrowDown")  # which only chooses
    assert rows.kinds() == CONVNET
    begin.select_option("ConvNet3")
    rows.press("Begin")
    expect(rows.page.get_by_label("Name")).to_have_value("My ConvNet3")
    expect(rows.page.locator(".gb-layer")).to_have_count(17)
    begin.select_option("An empty list")
    rows.press("Begin")
    expect(rows.page.locator(".gb-build-whole")).to_contain_text("at least one layer")
    rows.page.get_by_role("button", name="Add Flatten and Linear with 10 outputs").click()
    assert rows.kinds() == ["Flatten", "Linear"]
    rows.page.get_by_label("Name").fill("ConvNet")
    expect(rows.page.locator(".gb-build-name-problem")).to_contain_text("ConvNet is a given network")
    rows.press("Undo")
    rows.press("Undo")
    rows.press("Undo")
    expect(rows.page.get_by_label("Name")).to_have_value("My ConvNet3")


def test_python_shows_another_network_and_an_own_one_is_kept(open_rows):
    rows = open_rows(*CONVNET)
    rows.harness.update("rows", value=json.dumps({"name": "Sent", "layers": plain("Flatten", "Linear")}))
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')") is None  # somebody else's
    rows.field("bias", 2).uncheck()
    rows.wait()
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')").startswith("eN")


def test_link_is_copied_once_its_network_is_known_and_one_too_long_is_told(open_rows):
    def ask(request):
        view = json.loads(ANSWER(request))
        return json.dumps(view | {"link": "x" * 2_001 if view["name"] == "Long" else view["link"]})

    rows = open_rows(*CONVNET, ask=ask, permissions=["clipboard-read", "clipboard-write"])
    rows.page.evaluate(HOLD)
    rows.press("Add Tanh")
    rows.press("Copy link")
    assert "as soon as" in rows.told()
    rows.page.wait_for_function("() => window.release")
    rows.page.evaluate("window.release()")
    expect(rows.page.locator(".gb-build-told")).to_contain_text("The link is copied:")
    copied = rows.page.evaluate("navigator.clipboard.readText()")
    assert "layers=eN" in copied
    link = rows.page.locator(".gb-build").get_attribute("data-card-link")  # what a card of the report names
    assert copied.endswith(link)
    kept = rows.page.evaluate("localStorage.getItem('glassbox-network')")
    rows.page.get_by_label("Name").fill("Long")
    expect(rows.page.locator(".gb-build-told")).to_contain_text("too long for a link")
    rows.press("Copy link")
    assert "too long for a link" in rows.told()
    assert rows.page.evaluate("localStorage.getItem('glassbox-network')") == kept


def test_link_stays_in_the_address_until_its_network_is_changed_and_the_earlier_one_is_offered(open_rows):
    rows = open_rows(*CONVNET)
    rows.field("out_channels", 1).fill("12")
    rows.wait()
    earlier = rows.read()
    rows.harness.show(rows.harness.take("rows"))  # the page again, by a link
    rows.page.evaluate("history.replaceState(null, '', '?tab=runs&layers=sent')")
    rows.harness.update("rows", value=json.dumps({"name": "Sent", "layers": plain("Flatten", "Linear")}))
    expect(rows.page.locator(".gb-layer")).to_have_count(2)
    rows.wait()
    assert rows.page.url.endswith("?tab=runs&layers=sent")
    rows.press("Add Tanh")
    rows.wait()
    assert rows.page.url.endswith("?tab=runs")
    rows.page.get_by_label("Begin with").select_option("What you had before the link")
    rows.press("Begin")
    expect(rows.field("out_channels", 1)).to_have_value("12")
    assert rows.read() == earlier
