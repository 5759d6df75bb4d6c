// What Gradio's tabs lack: arrow keys between them, a way past them, and an address for each (`/?tab=sketchpad`), with
// Back and Forward. What scrolls can be scrolled by keys. And where the browser stores nothing, the page says so.

import { watchNumberFields } from "./number_fields.js";

const TABS = ["descent", "inspection", "runs", "sketchpad"];

export function startPage() {
  const findTabs = () => /** @type {HTMLElement[]} */ ([...document.querySelectorAll('#gb-tabs [role="tab"]')]);

  /** @type {(name: string) => HTMLElement | undefined} */
  const findTab = (name) => findTabs().find((tab) => tab.dataset.tabId === name);

  /** @type {(act: () => void) => void} */
  const waitForTabs = (act) => {
    if (findTabs().length >= TABS.length) act();
    else requestAnimationFrame(() => waitForTabs(act));
  };

  const openAddressedTab = () => {
    const name = new URLSearchParams(location.search).getAll("tab").pop() ?? ""; // as Python takes what stands there twice
    findTab(TABS.includes(name) ? name : TABS[0])?.click();
  };

  /** @type {(tab: HTMLElement) => void} */
  const rememberTab = (tab) => {
    const name = TABS.find((each) => findTab(each) === tab);
    if (!name) return;
    const address = new URL(location.href);
    if (address.searchParams.get("tab") === name) return;
    address.searchParams.set("tab", name);
    history.pushState(history.state, "", address);
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
    const boxes = ".gb-numbers, .prose table, .prose pre, .cm-scroller, .gb-lesson .block";
    for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(boxes))) {
      const overflows = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      const scrolls = /auto|scroll/.test(getComputedStyle(box).overflow);
      if (overflows && scrolls) box.tabIndex = 0;
    }
  };

  /** @type {(event: KeyboardEvent) => void} */
  const moveWithKeys = (event) => {
    const tabs = findTabs().filter((tab) => tab.offsetParent !== null);
    const here = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
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

  waitForTabs(() => {
    // Without an address, the tab stays that a visitor may have opened already.
    if (new URLSearchParams(location.search).has("tab")) openAddressedTab();
    document.addEventListener("keydown", moveWithKeys);
    document.addEventListener("keydown", letScrollersBeReached, { capture: true });
    window.addEventListener("popstate", openAddressedTab);
    document.addEventListener("click", (event) => {
      const pressed = /** @type {Element} */ (event.target);
      if (pressed.closest(".gb-skip")) return skipToPanel(event);
      /** @type {HTMLElement | null} */
      const tab = pressed.closest('#gb-tabs [role="tab"]');
      if (tab && event.isTrusted) rememberTab(tab); // a click of ours, by Back say, must not make new history
    });
    // A section that sends its visitor to another tab names it.
    document.addEventListener("glassbox-open", (event) => {
      const { detail } = /** @type {CustomEvent<string>} */ (event);
      const tab = findTab(detail);
      if (!tab) return;
      tab.click();
      rememberTab(tab);
    });
    tellForgetting();
    document.body.dataset.ready = ""; // from now on, keys are heard and clicks remembered
  });

  watchNumberFields();
}
