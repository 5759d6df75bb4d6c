// What Gradio's tabs lack: arrow keys between them, a way past them, a list of what stands on them, and an address for each
// tab, lab and section, with Back and Forward. What scrolls can be scrolled by keys. And where the browser stores nothing,
// the page says so.
/** @import { Place, Places } from "./types.js" */

import { PARTED, TABS, writeAddress } from "./address.js";
import { createContents } from "./contents.js";
import { followPlaces } from "./history.js";
import { watchNumberFields } from "./number_fields.js";
import { watchPresentation } from "./presentation.js";
import { findPressed, findSection, holdInSight, holdOpen, isOpen, nameSection, openSection } from "./sections.js";
import { lockAnswers } from "./solutions.js";

export function startPage() {
  lockAnswers();

  const findTabs = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('#gb-tabs [role="tab"]')]);

  // The tab of the page whose labs or benches a tab is one of; none for the page's own tabs.
  /** @type {(tab: HTMLElement) => string | undefined} */
  const findParted = (tab) => Object.keys(PARTED).find((name) => tab.closest(`#${PARTED[name].row}`));

  // A tab of the page, or of the parts of one.
  /** @type {(name: string, parted?: string) => HTMLElement | undefined} */
  const findTab = (name, parted) => findTabs().find((tab) => tab.dataset.tabId === name && findParted(tab) === parted);

  /** @type {(act: () => void) => void} */
  const waitForTabs = (act) => {
    if (findTabs().length >= TABS.length) act();
    else requestAnimationFrame(() => waitForTabs(act));
  };

  /** @type {Place | undefined} */
  let goal; // where the page is going: tab, lab and section come one after the other
  /** @type {Set<string>} */
  let opened = new Set(); // what was opened on the way there: once, as a visitor may close it again
  let isOpening = true; // until the page's own address is shown

  // Press tab and lab, and open the section once it is there.
  const approach = () => {
    if (!goal) return;
    const parted = PARTED[goal.tab];
    for (const tab of [findTab(goal.tab), ...(parted ? [findTab(goal[parted.name], goal.tab)] : [])]) {
      if (!tab) return;
      if (tab.getAttribute("aria-selected") !== "true") tab.click();
    }
    const names = goal.open.split(".");
    const section = goal.open ? findSection(names[names.length - 1]) : null;
    if (goal.open && !section?.checkVisibility()) return openAround(names.slice(0, -1));
    goal = undefined;
    if (section) openSection(section);
    if (names.length > 1) holdOpen(names[names.length - 1]);
    if (section && isOpening) holdInSight(section);
    isOpening = false;
  };

  // A section in others is built when these are opened, and some only when they are seen.
  /** @type {(names: string[]) => void} */
  const openAround = (names) => {
    const next = names.find((name) => !opened.has(name)) ?? "";
    const section = findSection(next);
    if (!section?.checkVisibility()) return;
    opened.add(next);
    openSection(section);
    requestAnimationFrame(approach);
  };

  /** @type {(place: Place) => void} */
  const show = (place) => {
    goal = place;
    opened = new Set();
    approach();
    contents?.mark(place.open);
    contents?.refresh();
  };

  const places = (window.glassboxPlaces = followPlaces(show));
  /** @type {ReturnType<typeof createContents> | undefined} */
  let contents;

  /** @type {Places["go"]} */
  const go = (to, how) => {
    places.go(to, how);
    show(places.where());
  };

  /** @type {(tab: HTMLElement) => void} */
  const rememberTab = (tab) => {
    const name = tab.dataset.tabId ?? "";
    const parted = findParted(tab);
    go(parted ? { tab: parted, [PARTED[parted].name]: name } : { tab: name });
  };

  // The tab that a visitor has opened before the page heard of it.
  const noteOpened = () => {
    const opened = findTabs().filter((tab) => tab.ariaSelected === "true");
    const here = places.where();
    const found = { tab: here.tab, lab: here.lab, bench: here.bench };
    for (const tab of opened) {
      const parted = findParted(tab);
      found[parted ? PARTED[parted].name : "tab"] = tab.dataset.tabId ?? "";
    }
    const isElsewhere = found.tab !== here.tab || found.lab !== here.lab || found.bench !== here.bench;
    if (isElsewhere) places.go(found, { replaces: true });
  };

  /** @type {(event: Event) => void} */
  const skipToPanel = (event) => {
    event.preventDefault();
    const panels = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('#gb-tabs [role="tabpanel"]')]);
    const panel = panels.find((each) => each.checkVisibility());
    if (!panel) return;
    panel.tabIndex = -1;
    panel.focus();
  };

  const tellForgetting = () => {
    if (!("forgets" in document.documentElement.dataset)) return;
    const note = document.createElement("p");
    note.id = "gb-forgets";
    note.setAttribute("role", "status");
    note.textContent =
      "This browser lets the page store nothing: your runs, digits and drawing are forgotten when it is closed or reloaded. Allow cookies for this site to keep them.";
    document.querySelector(".gb-header-text")?.append(note);
  };

  // Text that is wider or taller than its box scrolls; without a link or a field in it, no key would reach it. They are
  // looked for when Tab is pressed: what is shown by then counts, and nothing runs until then.
  /** @type {(event: KeyboardEvent) => void} */
  const letScrollersBeReached = (event) => {
    if (event.key !== "Tab") return;
    const boxes = ".gb-numbers, .prose table, .prose pre, .cm-scroller, .gb-lesson .block, math[display=block]";
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(boxes))) {
      const overflows = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflow);
      if (overflows && scrolls) box.tabIndex = 0;
    }
  };

  /** @type {(event: KeyboardEvent) => void} */
  const moveWithKeys = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return; // the browser's own: Alt+Left goes back
    const focused = /** @type {HTMLElement} */ (document.activeElement);
    const row = focused.closest('[role="tablist"]');
    const tabs = findTabs().filter((tab) => tab.offsetParent !== null && tab.closest('[role="tablist"]') === row);
    const here = tabs.indexOf(focused);
    if (here < 0) return;
    const last = tabs.length - 1;
    /** @type {Record<string, number>} */
    const targets = {
      ArrowRight: here === last ? 0 : here + 1,
      ArrowLeft: here === 0 ? last : here - 1,
      Home: 0,
      End: last,
    };
    const there = targets[event.key];
    if (there === undefined) return;
    event.preventDefault();
    tabs[there].click();
    tabs[there].focus();
    rememberTab(tabs[there]);
  };

  // A click of ours, by Back say, must not make new history.
  /** @type {(event: Event) => void} */
  const onClick = (event) => {
    const pressed = /** @type {Element} */ (event.target);
    if (pressed.closest(".gb-skip")) return skipToPanel(event);
    if (!event.isTrusted) return;
    /** @type {HTMLElement | null} */
    const tab = pressed.closest('#gb-tabs [role="tab"]');
    if (tab) return rememberTab(tab);
    const section = findPressed(pressed);
    if (section) setTimeout(() => noteSection(section)); // by then it is open, or closed
  };

  /** @type {(section: HTMLElement) => void} */
  const noteSection = (section) => {
    const name = nameSection(section);
    const around = name.split(".").slice(0, -1).join(".");
    const open = isOpen(section) ? name : around;
    goal = undefined;
    if (open !== name && !`${places.where().open}.`.startsWith(`${name}.`)) return;
    places.go({ open }, { replaces: true });
    contents?.mark(open);
  };

  waitForTabs(() => {
    if (new URLSearchParams(location.search).has("tab")) show(places.where());
    else noteOpened();
    document.addEventListener("keydown", moveWithKeys);
    document.addEventListener("keydown", letScrollersBeReached, { capture: true });
    document.addEventListener("click", onClick);
    // A section that sends its visitor to another tab names it, and its lab or bench.
    document.addEventListener("glassbox-open", (event) => {
      const [tab, part] = /** @type {CustomEvent<string>} */ (event).detail.split("/");
      go(part ? { tab, [PARTED[tab].name]: part } : { tab });
    });
    const nav = document.getElementById("gb-contents");
    if (nav)
      contents = createContents(nav, {
        write: (name) => writeAddress({ ...places.where(), open: name }),
        onChoose: (name) => {
          places.go({ open: name });
          show(places.where());
        },
        onListed: approach,
      });
    contents?.mark(places.where().open);
    const presenting = document.getElementById("gb-present");
    if (presenting) watchPresentation(presenting);
    tellForgetting();
    document.body.dataset.ready = ""; // from now on, keys are heard and clicks remembered
  });

  watchNumberFields();
}
