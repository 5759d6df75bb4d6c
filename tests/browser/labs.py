"""The labs of Conv & pool: one of them is shown at a time."""

from tests.browser.showing import wait_for_fields

LABS = {"network": "Layer by layer", "microscope": "Dropout & batch norm", "architecture": "Architecture"}


def open_lab(page, name):
    """Show another lab than the window's, once its tab is open."""
    page.locator("#gb-labs").get_by_role("tab", name=LABS[name]).click()
    wait_for_fields(page)
