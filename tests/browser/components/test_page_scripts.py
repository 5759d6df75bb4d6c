"""What the page does for Gradio's fields, tabs and lists, for copying and for paper, on plain HTML."""

import pytest
from playwright.sync_api import expect

from app.ui.loader import address_module

FIELDS = """
<div class="block field-one gb-whole">
  <input type="number" min="0" max="10" step="2" value="4" aria-label="one"></div>
<div class="block gb-optimizer"><div class="block field-rate gb-above gb-by-factor">
  <input type="number" min="0" step="0.1" value="0.1" aria-label="rate"></div></div>
"""
TABS = """
<a class="gb-skip" href="#x">Skip</a>
<div id="gb-tabs"><div role="tablist">
  <button role="tab" data-tab-id="descent">Descent</button>
  <button role="tab" data-tab-id="inspection">Conv</button>
  <button role="tab" data-tab-id="runs">Runs</button>
  <button role="tab" data-tab-id="sketchpad">Pad</button>
</div><div role="tabpanel">Here</div></div>
<div class="prose"><pre id="wide" style="width: 50px; overflow: auto">As wide as it wants to be</pre></div>
"""
LISTS = """
<fieldset><input type="radio" name="a" aria-label="a"><input type="radio" name="b" aria-label="b"></fieldset>
<input role="combobox" aria-expanded="false" aria-controls="options" readonly aria-label="list">
<ul role="listbox" id="options"><li role="option">first</li></ul>
"""
SECTIONS = """
<details><summary>Section</summary>Text</details>
<div><button class="label-wrap">Built</button><div><p><b>Text</b></p></div></div>
<div><button class="label-wrap">Never opened</button></div>
"""


@pytest.fixture
def open_html(open_harness):
    """Open a page with this HTML, on which a module's function has been called."""

    def open_html(html, module, function, before="", **options):
        page = open_harness(**options).page
        page.evaluate(
            """async ([html, address, name, before]) => {
              document.querySelector("main").innerHTML = html;
              new Function(before)();
              (await import(address))[name]();
            }""",
            [html, address_module(module), function, before],
        )
        return page

    return open_html


@pytest.fixture
def fields(open_html):
    return open_html(FIELDS, "ui/components/number_fields.js", "watchNumberFields")


def read_value(field):
    """Return what Gradio's script reads."""
    return field.evaluate("(field) => field.value")


def test_number_is_read_as_it_is_typed(fields):
    rate = fields.get_by_label("rate")
    rate.fill("0,25")
    assert (read_value(rate), rate.get_attribute("aria-valuenow")) == ("0.25", "0.25")
    rate.fill("x")
    assert read_value(rate) == "x"
    assert rate.get_attribute("aria-invalid") == "true"
    said = fields.locator(".gb-optimizer + .gb-field-error")
    expect(said).not_to_be_empty()
    assert rate.get_attribute("aria-describedby") == said.get_attribute("id")
    rate.fill("1")
    expect(said).to_be_empty()
    assert rate.get_attribute("aria-valuenow") == "1"


def test_number_is_stepped_by_keys_within_its_bounds(fields):
    one = fields.get_by_label("one")
    values = []
    for key in ("ArrowUp", "ArrowDown", "PageUp", "ArrowUp", "Control+ArrowDown"):
        one.press(key)
        values.append(read_value(one))
    assert values[:2] == ["6", "4"]
    assert values[2:] == ["10", "10", "10"]
    one.fill("11")
    expect(fields.locator(".field-one .gb-field-error")).to_contain_text("10")


def test_field_that_comes_later_is_one_of_numbers_too(fields):
    fields.evaluate("""() => document.querySelector("main").insertAdjacentHTML(
      "beforeend", '<div class="block"><input type="number" aria-label="late"></div>')""")
    late = fields.get_by_label("late")
    expect(late).to_have_attribute("role", "spinbutton")
    late.fill("1,5")
    assert read_value(late) == "1.5"
    late.evaluate("(field) => { field.value = 2; }")  # as Gradio sets it
    assert read_value(late) == "2"


def test_mistakes_of_pythons_are_said_at_their_fields(fields):
    tell = "(errors) => window.glassboxFields.tellErrors(errors, 'field-')"
    assert fields.evaluate(tell, {"one": "Too many.", "gone": "Not here."}) == ["Not here."]
    said = fields.locator(".field-one .gb-field-error")
    expect(said).to_have_text("Too many.")
    assert fields.evaluate(tell, {}) == []
    expect(said).to_be_empty()


def test_tabs_are_moved_between_by_keys_and_have_addresses(open_html):
    page = open_html(TABS, "ui/components/page.js", "startPage")
    page.locator("body[data-ready]").wait_for()
    page.get_by_role("tab", name="Descent").focus()
    places = []
    for key in ("ArrowLeft", "ArrowRight", "ArrowRight", "End", "Home"):
        page.keyboard.press(key)
        places.append(page.evaluate("[document.activeElement.dataset.tabId, location.search]"))
    names = ["sketchpad", "descent", "inspection", "sketchpad", "descent"]
    assert places == [[name, f"?tab={name}"] for name in names]
    for key in ("Alt+ArrowRight", "Control+End", "Shift+ArrowLeft", "Meta+ArrowRight"):
        page.keyboard.press(key)  # the browser's own
    assert page.evaluate("[document.activeElement.dataset.tabId, location.search]") == places[-1]
    page.evaluate("document.dispatchEvent(new CustomEvent('glassbox-open', { detail: 'runs' }))")
    assert page.evaluate("location.search") == "?tab=runs"
    page.get_by_role("tab", name="Conv").click()
    assert page.evaluate("location.search") == "?tab=inspection"
    page.keyboard.press("Tab")
    assert page.locator("#wide").get_attribute("tabindex") == "0"  # what scrolls can be reached
    page.locator(".gb-skip").press("Enter")
    expect(page.get_by_role("tabpanel")).to_be_focused()


def test_a_tab_opened_before_the_page_heard_of_it_is_known(open_html):
    opened = """
      document.querySelector("[data-tab-id=inspection]").ariaSelected = "true";
      document.querySelector("[role=tabpanel]").innerHTML = `<div id="gb-labs" role="tablist">
        <button role="tab" data-tab-id="window" aria-selected="true">Window</button>
        <button role="tab" data-tab-id="network">Network</button></div>`;"""
    page = open_html(TABS, "ui/components/page.js", "startPage", opened)
    page.locator("body[data-ready]").wait_for()
    assert page.evaluate("[location.search, history.length]") == ["?tab=inspection", 2]
    page.get_by_role("tab", name="Runs").click()
    page.get_by_role("tab", name="Network").click()  # a lab's press is always its own tab's
    assert page.evaluate("location.search") == "?tab=inspection&lab=network"


def test_the_key_that_presents_is_not_heard_in_a_dialog(open_html):
    html = '<button id="gb-present">Present</button><dialog><button>Close</button></dialog>'
    page = open_html(html + TABS, "ui/components/page.js", "startPage")
    page.locator("body[data-ready]").wait_for()
    presents = "document.body.classList.contains('gb-presents')"
    page.evaluate("document.querySelector('dialog').showModal()")
    page.keyboard.press("f")
    assert page.evaluate(presents) is False
    page.evaluate("document.querySelector('dialog').close()")
    page.keyboard.press("f")
    assert page.evaluate(presents) is True


def test_radios_are_one_stop_and_a_list_opens_by_keys(open_html):
    page = open_html(LISTS, "server/components/fields.js", "completeFieldKeys")
    page.evaluate("""() => {
      window.heard = [];
      const list = document.querySelector("[role=combobox]");
      for (const name of ["focus", "blur", "keydown"])
        list.addEventListener(name, (event) => window.heard.push(event.key ?? name));
    }""")
    page.get_by_label("a", exact=True).focus()
    page.keyboard.press("Tab")
    names = page.locator("[type=radio]").evaluate_all("(radios) => radios.map((radio) => radio.name)")
    assert names == ["a", "a"]
    page.locator("[role=combobox]").focus()
    for key in ("x", "Escape", "ArrowDown"):
        page.keyboard.press(key)
    # Gradio hears no letter, by which it would search, and the key that opens as a new focus.
    assert page.evaluate("window.heard") == ["focus", "Escape", "blur", "focus"]
    page.locator("[role=option]").click()
    assert (
        page.evaluate("document.activeElement.getAttribute('role')") == "combobox"
    )  # it gets the focus back


REFUSE = """
Object.defineProperty(navigator, "clipboard", { configurable: true, value: undefined });
document.execCommand = (name) => { window.asked = [name, document.activeElement.value]; return %s; };
"""


def test_text_is_copied_where_there_is_no_clipboard(open_html):
    page = open_html("<p>x</p>", "server/components/clipboard.js", "allowCopying", REFUSE % "true")
    page.evaluate("navigator.clipboard.writeText('a text')")
    assert page.evaluate("window.asked") == ["copy", "a text"]
    expect(page.locator("textarea")).to_have_count(0)


def test_text_that_cannot_be_copied_is_shown_selected(open_html):
    page = open_html("<p>x</p>", "server/components/clipboard.js", "allowCopying", REFUSE % "false")
    page.evaluate(
        "() => { navigator.clipboard.writeText('a text'); }"
    )  # nobody catches it: no mistake of the page
    shown = page.locator("dialog.gb-copy textarea")
    expect(shown).to_have_value("a text")
    assert shown.evaluate("(field) => field.selectionEnd - field.selectionStart") == len("a text")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("dialog")).to_have_count(0)


def test_on_paper_what_was_built_is_open_and_the_theme_is_light(open_html):
    page = open_html(SECTIONS, "server/components/paper.js", "preparePaper", theme="dark")
    page.evaluate("""() => {
      window.pressed = [];
      for (const head of document.querySelectorAll(".label-wrap"))
        head.addEventListener("click", () => window.pressed.push(head.textContent));
    }""")
    read = (
        "[document.querySelector('details').open, document.body.classList.contains('dark'), window.pressed]"
    )
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(read) == [True, False, ["Built"]]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(read) == [False, True, ["Built", "Built"]]
