"""An image on the pad: chosen, dropped or pasted, it is read like a drawing."""

import base64
import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.sketchpad.tab import build_example, build_sketch_pad
from tests.browser.pad import Pad

GIVE_FILE = """([text, kind]) => {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const data = new DataTransfer();
  data.items.add(new File([bytes], "digit", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const sheet = document.querySelector("#pad canvas");
  if (kind === "drop") sheet.dispatchEvent(new DragEvent("drop", { ...options, dataTransfer: data }));
  else document.body.dispatchEvent(new ClipboardEvent("paste", { ...options, clipboardData: data }));
}"""

pytestmark = pytest.mark.gate  # some seconds each


def draw_file(size_px):
    """Return a PNG of a dark vertical line on white paper."""
    pixels = np.full((size_px, size_px), 255, np.uint8)
    pixels[size_px // 5 : -size_px // 5, size_px * 9 // 20 : size_px * 11 // 20] = 0
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_an_image_is_read_and_is_a_step_like_any_other(open_harness):
    pad = Pad(open_harness(build_sketch_pad(), reduced_motion="reduce").page)
    pad.clear()
    pad.draw(build_example(0))
    assert pad.read() == "0"
    drawn = pad.wait_until_broadcast()
    file, chooser = draw_file(2000), pad.root.locator(".gb-pad-file")
    for way in ("drop", "paste", "file"):
        if way == "file":
            chooser.set_input_files({"name": "one.png", "mimeType": "image/png", "buffer": file})
        else:
            pad.page.evaluate(GIVE_FILE, [base64.b64encode(file).decode(), way])
        picture = pad.wait_until_broadcast("picture")["picture"]
        assert pad.read() == "1"
        sent = Image.open(io.BytesIO(base64.b64decode(picture.partition(",")[2])))
        assert sent.size == (1024, 1024)
        pad.press("Undo")
        assert pad.wait_until_broadcast() == drawn
    pad.press("Redo")
    assert pad.read() == "1"
    pad.draw([[[140, 40], [140, 240]]])  # takes the picture's place
    assert pad.wait_until_broadcast()["strokes"] == [[[140, 40], [140, 240]]]
    chooser.set_input_files({"name": "text.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(pad.verdict).to_contain_text("cannot be opened as an image")
