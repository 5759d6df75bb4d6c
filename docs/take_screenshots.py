"""Takes the pictures of the four tabs in README and docs/teaching.md from the running page, in Chromium.

    uv run python docs/take_screenshots.py

It serves the page itself, with a folder of runs of its own. The training on its tab is done for the picture,
on MNIST where GLASSBOX_DATA has it, and on the built-in strokes otherwise.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

from benchmarks.server import serve_glassbox

FOLDER = Path(__file__).parent
SIZE: ViewportSize = {"width": 1400, "height": 900}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--force-color-profile=srgb"]
HEADER_PX = 92  # above the tabs; where it gives way, the arithmetic below comes into the picture
RACE = "problem=rosenbrock&steps=300"
WINDOW = "picture=digit&index=7&kernel=sobel_x&kernel_size=3&padding=1"
SEVEN = [[(70, 70), (212, 66), (160, 150), (118, 232)], [(96, 148), (190, 146)]]  # with a bar, in pad pixels


def show_descent(page: Page, address: str) -> None:
    """Bring four optimizers some steps down a curved valley."""
    page.goto(f"{address}/?__theme=light&tab=descent&{RACE}")
    page.locator("body[data-ready]").wait_for()
    page.locator("#descent-player output").filter(has_text="of 300").wait_for()
    page.locator("#descent-player .gb-transport input").fill("200")


def show_inspection(page: Page, address: str) -> None:
    """Open the window on one pixel of a vertical edge."""
    page.goto(f"{address}/?__theme=light&tab=inspection&{WINDOW}")
    page.locator("body[data-ready]").wait_for()
    page.locator("#window .gb-transport input").fill("344")


def show_runs(page: Page, address: str) -> None:
    """Train a network, and look at its curves when it has finished."""
    page.goto(f"{address}/?__theme=light&tab=runs")
    page.locator("body[data-ready]").wait_for()
    page.get_by_role("button", name="Start training").click()
    expect(page.get_by_text("Finished 2 epochs").first).to_be_visible(timeout=300_000)


def show_sketchpad(page: Page, address: str) -> None:
    """Draw a seven with a bar, with two networks beside the first."""
    page.goto(f"{address}/?__theme=light&tab=sketchpad")
    page.locator("body[data-ready]").wait_for()
    page.locator("#sketchpad-beside input").click()
    for label in ("ConvNet3 (notebook", "Logistic regression (notebook"):
        page.get_by_role("option", name=label).click()
    page.keyboard.press("Escape")
    box = page.locator("#pad .gb-pad-canvas").bounding_box()
    assert box is not None
    for stroke in SEVEN:
        for index, (x, y) in enumerate(stroke):
            page.mouse.move(box["x"] + x * box["width"] / 280, box["y"] + y * box["height"] / 280, steps=12)
            if index == 0:
                page.mouse.down()
        page.mouse.up()
    page.mouse.move(1390, 890)


SHOWN = {
    "descent": show_descent,
    "inspection": show_inspection,
    "runs": show_runs,
    "sketchpad": show_sketchpad,
}


def save_picture(png: bytes, path: Path) -> None:
    """Save a screenshot with every third level of each colour alone: no eye sees it, and it packs better."""
    with Image.open(io.BytesIO(png)) as picture:
        picture.convert("RGB").point(lambda level: 3 * round(level / 3)).save(path, optimize=True)


def main() -> None:
    """Take all pictures, or those named on the command line."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    with (
        tempfile.TemporaryDirectory() as runs,
        serve_glassbox(runs) as server,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        for name in sys.argv[1:] or SHOWN:
            page = browser.new_page(viewport=SIZE, reduced_motion="reduce")
            SHOWN[name](page, server.address)
            page.evaluate("document.activeElement.blur()")
            page.wait_for_timeout(2000)  # what follows from the last change is worked out at leisure
            page.evaluate("(px) => scrollTo(0, px)", 0 if name == "sketchpad" else HEADER_PX)
            page.wait_for_timeout(300)
            path = FOLDER / f"{name}.png"
            save_picture(page.screenshot(), path)
            print(f"{path.name}: {path.stat().st_size / 1000:.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
