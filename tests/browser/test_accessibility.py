"""Every tab, in both themes and at both widths: nothing for axe-core to find, and no other host asked."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.browser.conftest import NARROW, WIDE
from tests.browser.labs import LABS, open_lab
from tests.browser.test_page import QUESTIONS, TABS

OPEN_SECTIONS = """() => {
  const heads = [...document.querySelectorAll("button.label-wrap:not(.open)")];
  for (const head of heads) if (head.offsetParent) head.click();
  for (const section of document.querySelectorAll("details:not([open])")) section.open = true;
}"""
# Whatever a section still draws or asks for when it is opened changes the tree.
WAIT_FOR_REST = """(restMs) => new Promise((resolve, reject) => {
  const done = () => { observer.disconnect(); resolve(); };
  setTimeout(() => reject(new Error("the page does not come to rest")), 20000);
  let rest = setTimeout(done, restMs);
  const observer = new MutationObserver(() => { clearTimeout(rest); rest = setTimeout(done, restMs); });
  observer.observe(document.body, { childList: true, subtree: true });
})"""
# No colour is on its way to another: a theme and an answer that is awaited change them bit by bit.
IS_STILL = """() => ![...document.querySelectorAll("[aria-busy=true]")].some((each) => each.checkVisibility())
  && !document.getAnimations().some((each) => each.playState === "running"
    && Number.isFinite(each.effect.getComputedTiming().endTime))"""
# axe-core walks through hidden tabs too; those that have been looked at are not needed any more.
TAKE_AWAY = """() => [...document.querySelectorAll("#gb-tabs [role=tabpanel]")]
  .filter((panel) => panel.checkVisibility() && !panel.parentElement.closest("[role=tabpanel]"))
  .map((panel) => panel.replaceChildren()).length"""
FIND = """async ([kinds, rules]) => {
  const include = kinds ? eval(kinds)() : [document.body];
  if (!include.length) return [];
  const { violations } = await axe.run({ include }, { resultTypes: ["violations"], ...rules });
  return violations.flatMap(({ id, impact, nodes }) =>
    nodes.map((node) => `${impact} ${id}: ${node.target} ${node.html.slice(0, 200)}`));
}"""
# Contrast takes axe-core longer than all its other rules. It depends on these alone, so that one text of each
# kind tells of all others, on this tab and on those that come. A single letter it leaves undecided.
ONE_TEXT_OF_EACH_NEW_KIND = """() => {
  window.knownKinds ??= new Set();
  const grounds = new Map([[null, ""]]);
  const readGround = (element) => {
    if (!grounds.has(element)) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(element);
      const own = [backgroundColor, backgroundImage, opacity].join();
      const isClear = own === "rgba(0, 0, 0, 0),none,1";
      grounds.set(element, readGround(element.parentElement) + (isClear ? "" : `/${own}`));
    }
    return grounds.get(element);
  };
  const kinds = new Map();
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    if (texts.currentNode.data.trim().length < 2 || !element.checkVisibility()) continue;
    const { color, fontSize, fontWeight, textShadow } = getComputedStyle(element);
    const isOff = element.closest(":disabled, [aria-disabled=true]") !== null;
    const kind = [color, fontSize, fontWeight, textShadow, isOff, readGround(element)].join();
    if (!window.knownKinds.has(kind)) kinds.set(kind, element);
    window.knownKinds.add(kind);
  }
  return [...kinds.values()];
}"""
# What a hand can point at, a key must reach, by a name. Three have their keys elsewhere: the ruler's
# band in the handles of its optimizers, a layer's filters in its maps, a block of a network's picture in
# its row.
FIND_UNREACHABLE = """() => {
  const field = "button, input, select, textarea, a[href], summary, [tabindex='0']";
  const elsewhere =
    ".gb-ruler-band, .gb-maps-sheet [role=img], .gb-build-flow g:not([data-key='0'])";
  const notForHands = ["auto", "default", "text", "help", "not-allowed"];
  return [...document.querySelectorAll(".gb-component *")].filter((element) => {
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.tabIndex === 0 && element.matches("[tabindex]"))
      return !element.getAttribute("aria-label") && !element.getAttribute("aria-labelledby");
    const isReached = element.closest(`${field}, ${elsewhere}`) || element.closest("label")?.control;
    return !isReached && !notForHands.includes(getComputedStyle(element).cursor);
  }).map((element) => `unreachable: ${element.outerHTML.slice(0, 200)}`);
}"""
# A table scrolls in no box while the window has room for it, neither down nor sideways.
FIND_CUT_TABLES = """() => [...document.querySelectorAll("table")].filter((table) => table.checkVisibility())
  .filter((table) => {
    for (let box = table; box && box.role !== "tabpanel"; box = box.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(box);
      if (/auto|scroll|hidden/.test(overflowX) && box.scrollWidth > box.clientWidth + 1) return true;
      if (/auto|scroll|hidden/.test(overflowY) && box.scrollHeight > box.clientHeight + 1) return true;
    }
    return false;
  }).map((table) => `cut: ${table.textContent.trim().slice(0, 80)}`)"""
# A fingertip covers 40 pixels.
FIND_SMALL = """() => [...document.querySelectorAll(".gb-component :is(button, select)")]
  .filter((target) => target.checkVisibility() && target.getBoundingClientRect().height < 40)
  .map((target) => target.outerHTML.slice(0, 120))"""
CONTRAST = {"runOnly": ["color-contrast"], "preload": False}
ALL_ELSE = {"rules": {"color-contrast": {"enabled": False}}}


def open_whole_tab(page, name):
    """Open a tab and all its sections, with a digit on the pad."""
    page.get_by_role("tab", name=TABS[name]).click()
    page.get_by_role("heading", name=QUESTIONS[name]).wait_for()
    if name == "sketchpad":
        page.get_by_role("button", name="Example", exact=True).click()
    page.evaluate(WAIT_FOR_REST, 300)
    if name == "inspection":  # all labs below each other
        for lab in LABS:
            open_lab(page, lab)
            page.evaluate(WAIT_FOR_REST, 300)
        page.add_style_tag(content="#gb-labs > [role=tabpanel] { display: block !important; }")
    page.evaluate(OPEN_SECTIONS)
    page.evaluate(WAIT_FOR_REST, 700)
    page.wait_for_function(IS_STILL)
    assert page.locator("button.label-wrap.open:visible, details[open]:visible").count() > 4


def set_theme(page, theme):
    page.evaluate("(isDark) => document.body.classList.toggle('dark', isDark)", theme == "dark")
    page.wait_for_function(IS_STILL)


def check_findings(findings):
    found = {str(where): found for where, found in findings.items() if found}
    assert not found, json.dumps(found, indent=1)


def check_hosts(page, asked_hosts):
    fonts = page.evaluate("[...document.fonts].map((font) => font.family)")
    assert all("KaTeX" in font or font == "glassbox" for font in fonts), fonts
    assert asked_hosts.read_text() == ""


def test_every_tab_is_for_everybody_and_asks_no_other_host(open_page, asked_hosts):
    page = open_page(reduced_motion="reduce")  # which notices whatever the page asks of another host
    page.evaluate(AXE_SCRIPT)
    findings = {}
    for name in TABS:
        page.set_viewport_size(WIDE)
        open_whole_tab(page, name)
        findings[name, "keys"] = page.evaluate(FIND_UNREACHABLE)
        findings[name, "tables"] = page.evaluate(FIND_CUT_TABLES)
        for width, viewport in (("wide", WIDE), ("narrow", NARROW)):
            page.set_viewport_size(viewport)
            # Until its script has heard of the new width, something may be wider than the window.
            page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
            findings[name, width, "small"] = page.evaluate(FIND_SMALL)
            page.keyboard.press("Tab")  # what scrolls is made to be reached by keys when they are used
            findings[name, width] = page.evaluate(FIND, [None, ALL_ELSE])
            for theme in ("dark", "light"):
                set_theme(page, theme)
                findings[name, width, theme] = page.evaluate(FIND, [ONE_TEXT_OF_EACH_NEW_KIND, CONTRAST])
        assert page.evaluate(TAKE_AWAY) == 1
    check_findings(findings)
    check_hosts(page, asked_hosts)


@pytest.mark.release
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_single_text_is_for_everybody(open_page, asked_hosts, viewport, theme):
    page = open_page(viewport=viewport, theme=theme, reduced_motion="reduce")
    page.evaluate(AXE_SCRIPT)
    findings = {}
    for name in TABS:
        open_whole_tab(page, name)
        page.keyboard.press("Tab")
        findings[name] = page.evaluate(FIND, [None, {}])
        assert page.evaluate(TAKE_AWAY) == 1
    check_findings(findings)
    check_hosts(page, asked_hosts)
