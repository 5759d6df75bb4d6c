"""Gradio's dropdowns in the browser. A list that was open before may still be fading out beside the next."""


def open_list(box):
    """Click a dropdown's field and return the options of its own list."""
    box.click()
    return box.page.locator(f"#{box.get_attribute('aria-controls')}").get_by_role("option")


def take_option(box, name, exact=True):
    """Choose an option by what is read there, or by a pattern of it."""
    options = open_list(box)
    options.and_(box.page.get_by_role("option", name=name, exact=exact)).click()
