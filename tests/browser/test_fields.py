"""What a key reaches and where the focus stays; and in what language the page says that it is."""

from playwright.sync_api import expect

from tests.browser.dropdown import open_list, take_option


def test_a_list_keeps_the_focus_and_closes_when_it_is_left(open_page):
    page = open_page("descent", reduced_motion="reduce")
    box, after = page.get_by_label("What to minimise"), page.get_by_label("Optimizer 1", exact=True)
    options = page.locator('[role="listbox"]')
    box.focus()
    expect(options).to_have_count(1)
    page.keyboard.press("Tab")  # to the next list, which opens; that one closes, and stays so
    expect(after).to_be_focused()
    expect(after).to_have_attribute("aria-expanded", "true")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Shift+Tab")
    expect(options.get_by_role("option")).to_have_count(8)  # Shift alone is no search
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(box).to_have_value("A line through points")
    expect(box).to_be_focused()
    expect(options).to_have_count(0)
    for key in ("Enter", "ArrowDown", " "):  # by each of them it opens again, by Escape it closes
        page.keyboard.press(key)
        expect(box).to_have_attribute("aria-expanded", "true")
        page.keyboard.press("Escape")
        expect(options).to_have_count(0)
    take_option(box, "Quadratic valley")
    expect(box).to_have_value("Quadratic valley")
    expect(box).to_be_focused()
    expect(options).to_have_count(0)
    expect(open_list(box)).to_have_count(8)  # a press opens it where it has the focus
    page.keyboard.press("Tab")
    expect(options).to_have_count(0)


def test_radios_are_one_stop_and_arrows_move_within(open_page):
    page = open_page("inspection", reduced_motion="reduce", locale="fr-FR")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the open tab")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("tabpanel").first).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Window")).to_be_focused()
    page.get_by_label("Convolution", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("A digit", exact=True)).to_be_focused()  # the next group's
    page.keyboard.press("Tab")
    expect(page.get_by_label("Digit from")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Max pooling", exact=True)).to_be_focused()
    expect(page.get_by_label("Max pooling", exact=True)).to_be_checked()
    expect(page.get_by_label("A digit", exact=True)).to_be_checked()
    expect(page.locator("#window .gb-window-terms").first).to_contain_text("max(")  # Python has heard of it
