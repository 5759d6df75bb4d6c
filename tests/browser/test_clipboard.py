"""Copying where the browser has no clipboard, as over plain http in a classroom, and where it refuses all."""

from playwright.sync_api import expect

TAKE_PASTED = """() => {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.addEventListener("paste", ({ clipboardData }) => {
    field.remove();
    window.pasted = clipboardData.getData("text");
  });
  window.pasted = null;
  field.focus();
}"""


def test_everything_is_copied_without_a_clipboard_and_what_cannot_be_is_shown(open_page):
    page = open_page("inspection", reduced_motion="reduce")
    # What a browser leaves out at an address that is neither this machine's own nor https.
    page.context.add_init_script("delete Navigator.prototype.clipboard")
    page.reload()
    page.locator("body[data-ready]").wait_for()
    page.get_by_role("button", name="Take it away: this convolution").click()

    def read():
        """Paste what was copied last."""
        page.evaluate(TAKE_PASTED)
        page.keyboard.press("Control+v")
        return page.wait_for_function("window.pasted").json_value()

    page.locator("#window-script").get_by_role("button", name="Copy").click()
    assert read().startswith('"""The convolution that Glassbox showed')
    page.locator("#window-link").get_by_role("button", name="Copy").click()
    assert read() == page.locator("#window-link textarea").input_value()

    page.evaluate("() => { document.execCommand = () => false; }")
    page.locator("#window-script").get_by_role("button", name="Copy").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Ctrl+C")
    assert page.evaluate("getSelection().toString()").startswith('"""The convolution that Glassbox showed')
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
