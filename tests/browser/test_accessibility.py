"""Every tab in both themes: nothing serious for axe-core, and no other host asked, by page or server."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.test_page import QUESTIONS, TABS

OPEN_SECTIONS = """() => {
  const heads = [...document.querySelectorAll("button.label-wrap:not(.open)")];
  for (const head of heads) if (head.offsetParent) head.click();
  for (const section of document.querySelectorAll("details:not([open])")) section.open = true;
}"""
# Contrast is the theme's own; all else is the same in both.
RULES = {"light": {}, "dark": {"runOnly": ["color-contrast"]}}
FIND = """async (rules) => (await axe.run(document.body, { resultTypes: ["violations"], ...rules }))
  .violations.filter(({ impact }) => ["serious", "critical"].includes(impact))
  .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target} ${node.html.slice(0, 200)}`))"""


@pytest.mark.release
@pytest.mark.slow  # axe-core measures the contrast of every word: four seconds a tab
@pytest.mark.parametrize("theme", RULES)
def test_every_tab_is_for_everybody_and_asks_no_other_host(open_page, asked_hosts, theme):
    page = open_page(theme=theme)  # which notices whatever the page asks of another host
    page.evaluate(AXE_SCRIPT)
    findings = {}
    for name, label in TABS.items():
        page.get_by_role("tab", name=label).click()
        page.get_by_role("heading", name=QUESTIONS[name]).wait_for()
        page.wait_for_timeout(1000)
        page.evaluate(OPEN_SECTIONS)
        page.wait_for_timeout(2000)
        page.keyboard.press("Tab")  # what scrolls is made to be reached by keys when they are used
        assert page.locator("button.label-wrap.open:visible, details[open]:visible").count() > 4
        if found := page.evaluate(FIND, RULES[theme]):
            findings[name] = found
    assert not findings, json.dumps(findings, indent=1)
    fonts = page.evaluate("[...document.fonts].map((font) => font.family)")
    assert all("KaTeX" in font or font == "glassbox" for font in fonts), fonts
    assert asked_hosts.read_text() == ""
