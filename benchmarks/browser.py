"""The Chromium in which pages are measured."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


def open_chromium(playwright: Playwright, *flags: str) -> Browser:
    """Start the system's Chromium, which asks nobody for anything by itself; with further flags."""
    return playwright.chromium.launch(executable_path=shutil.which("chromium"), args=[*FLAGS, *flags])
