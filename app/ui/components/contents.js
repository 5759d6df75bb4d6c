// The contents list: the sections of the open tab and lab, in sight at all times; on a narrow screen a button opens it.

import { listSections, nameSection, titleSection } from "./sections.js";

const REST_MS = 200; // after a change of the page until the list is made anew

// `write` gives a section's address, `onChoose` hears its name, `onListed` that the sections may be others.
/** @type {(nav: HTMLElement, how: { write: (name: string) => string, onChoose: (name: string) => void, onListed: () => void }) => { mark: (name: string) => void, refresh: () => void }} */
export function createContents(nav, { write, onChoose, onListed }) {
  const toggle = document.createElement("button");
  toggle.type = "button";
  toggle.textContent = "Contents";
  toggle.setAttribute("aria-expanded", "false");
  toggle.setAttribute("aria-controls", "gb-contents-list");
  const list = document.createElement("ul");
  list.id = "gb-contents-list";
  nav.append(toggle, list);
  let listed = "";
  let marked = "";
  let isDue = false; // to be made anew

  /** @type {(isOpen: boolean) => void} */
  function setOpen(isOpen) {
    toggle.setAttribute("aria-expanded", `${isOpen}`);
    nav.classList.toggle("is-open", isOpen);
  }

  function refresh() {
    const root = document.querySelector("#gb-tabs");
    const sections = root ? listSections(root) : [];
    const now = sections.map((each) => `${write(nameSection(each))} ${titleSection(each)}`).join("\n");
    if (now !== listed) {
      listed = now;
      list.replaceChildren(...sections.map(buildEntry));
      nav.hidden = sections.length === 0;
      mark(marked);
    }
    onListed();
  }

  /** @type {(section: HTMLElement) => HTMLElement} */
  function buildEntry(section) {
    const entry = document.createElement("li");
    const link = document.createElement("a");
    link.textContent = titleSection(section);
    link.dataset.section = nameSection(section);
    link.href = write(nameSection(section));
    entry.append(link);
    return entry;
  }

  /** @type {(name: string) => void} */
  function mark(name) {
    marked = name;
    const [outermost] = name.split("."); // those within others are not listed
    for (const link of list.querySelectorAll("a")) {
      if (link.dataset.section === outermost) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  toggle.addEventListener("click", () => setOpen(!nav.classList.contains("is-open")));
  list.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return; // in a window of its own
    event.preventDefault();
    setOpen(false);
    onChoose(link.dataset.section ?? "");
  });
  nav.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !nav.classList.contains("is-open")) return;
    setOpen(false);
    toggle.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!nav.contains(/** @type {Node} */ (event.target))) setOpen(false);
  });
  // Gradio builds a tab when it is first shown, piece by piece.
  new MutationObserver(() => {
    if (isDue) return;
    isDue = true;
    setTimeout(() => {
      isDue = false;
      refresh();
    }, REST_MS);
  }).observe(document.querySelector("#gb-tabs") ?? document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["aria-selected"],
  });
  refresh();
  return { mark, refresh };
}
