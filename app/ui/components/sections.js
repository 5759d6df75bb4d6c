// The sections of the page, Gradio's and our own: each has an id, and in an address its name, behind the names of those that
// it stands in: `question-3.the-graph-as-a-table`.

const SECTION = ":is(.gb-question, .block:has(> .label-wrap), details)[id]";
const SUFFIX = /-section$/; // as Python names them
const HOLD_MS = 3000; // what stands above a section may grow for so long after the page has opened
const LOOK_MS = 100;

/** @type {(name: string) => HTMLElement | null} */
export function findSection(name) {
  const found = document.getElementById(`${name}-section`) ?? document.getElementById(name);
  return found?.matches(SECTION) ? found : null;
}

/** @type {(section: Element) => string} */
export function nameSection(section) {
  const around = section.parentElement?.closest(SECTION);
  const name = section.id.replace(SUFFIX, "");
  return around ? `${nameSection(around)}.${name}` : name;
}

// Those in sight that stand in no other one and among no controls, in the page's order.
/** @type {(root: Element) => HTMLElement[]} */
export function listSections(root) {
  const all = /** @type {HTMLElement[]} */ ([...root.querySelectorAll(SECTION)]);
  return all.filter((each) => each.checkVisibility() && !each.parentElement?.closest(`${SECTION}, .gb-controls`));
}

/** @type {(section: Element) => string} */
export function titleSection(section) {
  const title = section.querySelector("h2, h3, .label-wrap > span, summary")?.textContent?.trim() ?? "";
  return title.startsWith("Question") ? title : title.split(":")[0];
}

// The section whose head was pressed.
/** @type {(target: Element) => HTMLElement | null} */
export function findPressed(target) {
  const section = target.closest(".label-wrap, summary")?.parentElement;
  return section?.matches(SECTION) ? section : null;
}

/** @type {(section: HTMLElement) => boolean} */
export const isOpen = (section) =>
  section instanceof HTMLDetailsElement ? section.open : Boolean(section.querySelector(":scope > .label-wrap.open"));

// Opens it, and whoever works with keys goes on from there.
/** @type {(section: HTMLElement) => void} */
export function openSection(section) {
  const head = /** @type {HTMLElement | null} */ (section.querySelector(":scope > .label-wrap, :scope > summary"));
  if (head && !isOpen(section)) head.click();
  if (!head) section.tabIndex = -1;
  (head ?? section).focus({ preventScroll: true });
  section.scrollIntoView({ block: "start" });
}

// The page has just opened and still grows: the section stays in sight until the visitor does something.
/** @type {(section: HTMLElement) => void} */
export function holdInSight(section) {
  const grown = new ResizeObserver(() => section.scrollIntoView({ block: "start" }));
  grown.observe(document.body);
  endWithAct(() => grown.disconnect());
}

// Gradio may build what stands in a section once more after it was first opened: what was opened in it is closed then.
/** @type {(name: string) => void} */
export function holdOpen(name) {
  const looking = setInterval(() => {
    const section = findSection(name);
    if (section?.checkVisibility() && !isOpen(section)) openSection(section);
  }, LOOK_MS);
  endWithAct(() => clearInterval(looking));
}

/** @type {(stop: () => void) => void} */
function endWithAct(stop) {
  const ended = new AbortController();
  const end = () => {
    stop();
    ended.abort();
  };
  const how = { signal: ended.signal, capture: true, passive: true };
  for (const type of ["wheel", "touchstart", "pointerdown", "keydown"]) addEventListener(type, end, how);
  setTimeout(end, HOLD_MS);
}
