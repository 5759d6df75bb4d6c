"""The window of the conv & pool tab in the browser: controls, arithmetic, mistakes, links."""

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.dropdown import take_option

WINDOW = "#window .gb-window"
AWAY = "Take it away: this convolution or pooling"


class Window:
    """The section as a visitor sees it."""

    def __init__(self, page):
        self.page = page
        self.host = page.locator(WINDOW)
        self.place = self.host.locator(".gb-window-place")
        self.error = page.locator("#window-controls .gb-field-error:visible")
        self.missing = self.host.locator(".gb-window-missing")
        self.link = page.locator("#window-link :is(textarea, input)").first
        self.host.locator("canvas").first.wait_for()

    def wait_for(self, text):
        """Wait until the sentence under the picture says so."""
        self.page.locator("#window-status").get_by_text(text).wait_for()

    def wait_for_error(self, text):
        self.page.locator("#window-controls .gb-field-error").get_by_text(text).wait_for()

    def set_slider(self, label, value):
        field = self.page.locator("#window-controls").get_by_role(
            "spinbutton", name=f"number input for {label}", exact=True
        )
        field.fill(str(value))
        field.press("Enter")

    def choose(self, label, option):
        take_option(self.page.locator("#window-controls").get_by_label(label, exact=True), option)

    def panel(self, title):
        return self.host.locator("figure", has=self.page.locator("figcaption", has_text=title))

    def hover(self, title, x, y):
        """Point at a share of a panel's width and height."""
        box = self.panel(title).locator("canvas").bounding_box()
        self.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])

    def wait_for_place(self, text):
        """Wait until the line above the sum says so, and nothing else."""
        expect(self.place).to_have_text(text)

    def terms(self):
        return self.host.locator(".gb-window-terms").first.inner_text()

    def press(self, move):
        self.host.locator(f"[data-move='{move}']").click()


@pytest.fixture
def window(open_page):
    return Window(open_page("inspection", reduced_motion="reduce"))


def test_every_kind_of_control_reaches_the_window_and_a_mistake_stands_at_its_field(window, tmp_path):
    window.set_slider("Stride", 4)
    window.wait_for("7 × 7 pixels")
    kernel = window.panel("Kernel")
    before = kernel.inner_text()
    window.set_slider("Seed of the kernel's random numbers", 3)
    expect(kernel).not_to_have_text(before, use_inner_text=True)
    window.set_slider("Number in the data set", 1)
    window.panel("Image").get_by_text("28 × 28, a 2").wait_for()
    window.page.get_by_role("button", name="Its max pooling").click()
    window.wait_for("each the largest of 4 × 4")
    views = window.host.get_attribute("data-views")
    window.set_slider("Padding", 5)
    window.wait_for_error("more than half the kernel size 4: choose a padding from 0 to 2")
    assert window.host.get_attribute("data-views") == views
    window.set_slider("Padding", 2)
    window.wait_for("8 × 8 pixels")
    expect(window.error).to_have_count(0)
    window.page.get_by_label("Convolution", exact=True).check()

    # Numbers of one's own
    window.page.get_by_label("My numbers").check()
    window.page.get_by_label("Image, one row a line").fill("1 2 3\n4 5 6\n7 8 9")
    window.choose("Kernel", "Typed in")
    window.set_slider("Stride", 1)
    window.set_slider("Padding", 0)
    window.page.get_by_label("Kernel, one row a line").fill("1,0 0\n0 -1")
    window.wait_for("2 × 2 pixels")
    window.host.locator(".gb-window-terms", has_text="= −4").first.wait_for()
    window.page.get_by_label("Kernel, one row a line").fill("1 0\n0")
    window.wait_for_error("1 numbers in row 2 and 2 in row 1")
    window.page.get_by_label("Kernel, one row a line").fill("1 0\n0 -1")

    # An image of one's own
    Image.new("L", (200, 100), 40).save(tmp_path / "grey.png")
    (tmp_path / "bad.png").write_bytes(b"no picture")
    window.page.get_by_label("An upload").check()
    window.missing.get_by_text("There is no upload yet").wait_for()  # which is no mistake
    expect(window.error).to_have_count(0)
    chooser = window.page.locator("#window-controls input[type=file]")
    chooser.set_input_files(tmp_path / "grey.png")
    window.panel("Image").get_by_text("25 × 50, yours").wait_for()
    chooser.set_input_files(tmp_path / "bad.png")
    window.wait_for_error("cannot be read as an image")


TAKE_PASTED = """() => {
  const field = document.body.appendChild(document.createElement("textarea"));
  field.addEventListener("paste", ({ clipboardData }) => {
    field.remove();
    window.pasted = clipboardData.getData("text");
  });
  window.pasted = null;
  field.focus();
}"""


def paste(page):
    """Return what was copied last."""
    page.evaluate(TAKE_PASTED)
    page.keyboard.press("Control+v")
    return page.wait_for_function("window.pasted").json_value()


def test_what_is_shown_is_compared_with_pytorch_and_taken_away_where_there_is_no_clipboard(window):
    page = window.page
    page.get_by_role("button", name="By hand against PyTorch").click()
    page.locator("#window-comparison").get_by_text("Gradient of the kernel").wait_for()
    page.locator("#window-grids canvas").nth(4).wait_for()
    page.locator("#window-source").get_by_text("convolve_by_hand").first.wait_for()
    page.get_by_role("button", name="Its zoom: past the edge").click()
    page.locator("#window-comparison").get_by_text("they are off by up to").wait_for()
    page.get_by_role("button", name="How large the result is").click()
    page.locator("#window-sizes math").first.wait_for()
    page.get_by_role("button", name="Dilation", exact=True).click()
    window.wait_for("each 9 products")
    page.get_by_role("button", name=AWAY).click()
    expect(window.link).to_have_value(re.compile("^http.*kernel=blur"))

    # The link restores it, on a page that lacks what a browser leaves out at an address that is neither this
    # machine's own nor https.
    page.context.add_init_script("delete Navigator.prototype.clipboard")
    other = page.context.new_page()
    other.goto(window.link.input_value())
    restored = Window(other)
    restored.wait_for("each 9 products")
    restored.panel("Image").get_by_text("a 4").wait_for()
    expect(other.get_by_role("spinbutton", name="number input for Dilation").first).to_have_value("3")
    other.get_by_role("button", name=AWAY).click()
    expect(restored.link).to_have_value(window.link.input_value())
    copy_script = other.locator("#window-script").get_by_role("button", name="Copy")
    copy_script.click()
    script = paste(other)
    assert script.startswith('"""The convolution that Glassbox showed')
    other.locator("#window-link").get_by_role("button", name="Copy").click()
    assert paste(other) == window.link.input_value()
    other.evaluate("() => { document.execCommand = () => false; }")  # a browser that lets nothing be copied
    copy_script.click()
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("Ctrl+C")
    assert other.evaluate("getSelection().toString()") == script
    other.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
