"""Markup from a visitor, wherever a text of theirs is shown, stays text."""

import json
import secrets
import shutil

import torch
from playwright.sync_api import expect
from safetensors.torch import save

from models.checkpoints.file import SHIPPED_FOLDER
from tests.browser.dropdown import take_option
from tests.browser.pad import CHOSEN, Pad

MARKUP = '<img src=x onerror="window.struck=1">'


def test_markup_from_a_visitor_stays_text(open_page, served_page, served_runs):
    run_id = secrets.token_hex(16)
    folder = served_runs / run_id
    shutil.copytree(SHIPPED_FOLDER / "example-run", folder)
    shutil.copy(SHIPPED_FOLDER / "mlp.safetensors", folder / "checkpoint.safetensors")
    (folder / "meta.json").write_text(json.dumps({"created": 1.0, "name": MARKUP, "group": MARKUP}))
    remembered = [{"name": "glassbox-run-ids", "value": json.dumps([run_id])}]
    storage = {"cookies": [], "origins": [{"origin": served_page, "localStorage": remembered}]}

    def check(page):
        """No element has come of the text."""
        assert page.evaluate("window.struck") is None
        assert page.locator('img[src="x"]').count() == 0

    # The name of a run: in the list, above its curves, in the comparison, among the networks, as an answer
    page = open_page("runs", storage_state=storage)
    page.locator(f'#runs .gb-runs-focus[data-run="{run_id}"]').wait_for()
    expect(page.locator("#runs").get_by_text(MARKUP).nth(1)).to_be_attached()
    page.locator(f'#runs li[data-run="{run_id}"] input[type="checkbox"]').first.check()
    page.get_by_text(MARKUP).last.scroll_into_view_if_needed()
    check(page)
    page.get_by_role("tab", name="Sketchpad").click()
    pad = Pad(page)
    take_option(page.locator(CHOSEN), MARKUP, exact=False)
    pad.clear()
    pad.draw([[[140, 60], [140, 140], [140, 220]]])
    pad.wait_until_shown()
    check(page)

    # The name of a file
    broken = {"name": f"{MARKUP}.png", "mimeType": "image/png", "buffer": b"no picture"}
    pad.root.locator(".gb-pad-file").set_input_files(broken)
    page.get_by_role("tab", name="Conv & pool").click()
    page.get_by_label("An upload").check()
    page.locator("#window-controls input[type=file]").set_input_files(broken)
    page.locator("#window-controls .gb-field-error").get_by_text("cannot be read as an image").wait_for()
    check(page)

    # A field, whose mistake is shown with what stands in it
    page.get_by_label("My numbers").check()
    page.get_by_label(", one row a line").fill(MARKUP.replace(" ", "/"))
    page.locator("#window-controls .gb-field-error").get_by_text("is not a number").wait_for()
    check(page)

    # The name of a file of weights, and of a tensor in it
    page.get_by_role("tab", name="Training runs").click()
    page.get_by_role("button", name="Bring weights of your own").click()
    take_option(page.locator("#run-import-network input"), "ConvNet")
    weights = save({MARKUP: torch.zeros(1)})
    page.locator("#run-import-place input[type=file]").set_input_files(
        {"name": f"{MARKUP}.safetensors", "mimeType": "application/octet-stream", "buffer": weights}
    )
    page.locator("#run-import-error").get_by_text("unknown to convnet").wait_for()
    check(page)
