"""What was closed or hidden before, shown for the first time."""

import re

from playwright.sync_api import expect


def wait_for_fields(page):
    """Wait until the fields that were just shown keep what is typed.

    In the first frame, before anybody sees them, Gradio gives them what the page was loaded with.
    """
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def open_section(head):
    """Open a section by its head, and wait until its fields are there to stay."""
    head.click()
    expect(head).to_have_class(re.compile("open"))
    wait_for_fields(head.page)
