// Makes a card of what stands around a button: its picture, tables, settings and link, as they are seen.
/** @import { SentCard, SentPicture, SentTable } from "../payloads.js" */

import { paintPlace } from "./painting.js";

const MAX_TABLES = 4;
const MAX_ROWS = 300;
const MAX_COLUMNS = 60;
const MAX_SETTINGS = 60;
const MAX_LINE = 400;
const MAX_TEXT = 5000;
const SHOWN = "canvas, svg, table";

/** @type {(element: Element) => boolean} */
const isSeen = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility !== "hidden";

/** @type {(text: string | null | undefined) => string} */
const tidy = (text) => (text ?? "").replace(/\s+/g, " ").trim().slice(0, MAX_LINE);

/** @type {(button: HTMLElement) => Promise<SentCard>} */
export async function collectCard(button) {
  const place = findPlace(button);
  const settings = collectSettings(place);
  const { kind = "note", title } = button.dataset;
  const alt = tidy(title || findTitle(place));
  const picture = await paintPlace(place, alt);
  const text = collectText(place);
  const seed = settings.find(([name]) => /seed/i.test(name))?.[1] ?? text.match(/\bseed (\d+)/)?.[1];
  return {
    kind,
    title: alt || "Untitled",
    link: findLink(place),
    settings,
    seed: place.dataset.seed || seed || "",
    pictures: /** @type {SentPicture[]} */ (picture ? [picture] : []),
    tables: collectTables(place),
    text,
    comment: "",
  };
}

/** @type {(button: HTMLElement) => HTMLElement} */
function findPlace(button) {
  const marked = /** @type {HTMLElement | null} */ (button.closest("[data-card]"));
  if (marked) return marked;
  let place = button.parentElement ?? button;
  while (place.parentElement && ![...place.querySelectorAll(SHOWN)].some(isSeen)) place = place.parentElement;
  return place;
}

// The heading in the place itself, or the nearest before it.
/** @type {(place: HTMLElement) => string} */
function findTitle(place) {
  for (let around = /** @type {HTMLElement | null} */ (place); around; around = around.parentElement) {
    const heading = around.querySelector("h2, h3, summary, .label-wrap");
    if (heading) return heading.textContent ?? "";
  }
  return "";
}

// As the page restores it: what the place itself says, a run's own, or the page's address, which follows the settings.
/** @type {(place: HTMLElement) => string} */
function findLink(place) {
  const here = `${location.origin}${location.pathname}`;
  if (place.dataset.cardLink) return new URL(place.dataset.cardLink, here).href;
  const run = /** @type {HTMLElement | null} */ (place.closest("[data-run]") ?? place.querySelector("[data-run]"));
  if (run?.dataset.run && /^[0-9a-f]{32}$/.test(run.dataset.run)) return `${here}?tab=runs&run=${run.dataset.run}`;
  const panel = place.closest('[role="tabpanel"]');
  const address = new URL(location.href);
  address.searchParams.delete("__theme"); // the reader has a theme of his own
  const tab = panel?.id.match(/descent|inspection|runs|sketchpad/)?.[0];
  if (tab && !address.searchParams.has("tab")) address.searchParams.set("tab", tab);
  return address.href;
}

// What stands in the controls beside a stage, and what a place says of itself.
/** @type {(place: HTMLElement) => string[][]} */
function collectSettings(place) {
  // The controls beside a run are those of the next one.
  const controls =
    place.dataset.card === "alone" ? null : place.closest(".gb-experiment")?.querySelector(".gb-controls");
  /** @type {string[][]} */
  const settings = [];
  for (const label of controls?.querySelectorAll('[data-testid="block-info"]') ?? []) {
    const block = label.closest(".block");
    if (!block || !isSeen(label)) continue;
    const chosen = block.querySelector('input[type="radio"]:checked');
    const field = /** @type {HTMLInputElement | null} */ (
      block.querySelector('input:not([type="radio"], [type="checkbox"], [type="range"]), textarea')
    );
    const value = chosen ? chosen.closest("label")?.textContent : field?.value;
    if (value?.trim() && value.trim() !== "–") settings.push([tidy(label.textContent), tidy(value)]);
  }
  for (const box of controls?.querySelectorAll('input[type="checkbox"]') ?? []) {
    const label = box.closest("label");
    if (label && isSeen(label))
      settings.push([tidy(label.textContent), /** @type {HTMLInputElement} */ (box).checked ? "yes" : "no"]);
  }
  return settings.slice(0, MAX_SETTINGS);
}

/** @type {(place: HTMLElement) => SentTable[]} */
function collectTables(place) {
  return [...place.querySelectorAll("table")]
    .filter((table) => isSeen(table) && table.rows.length > 1)
    .slice(0, MAX_TABLES)
    .map((table) => {
      const lines = [...table.rows].filter((row) => isSeen(row)).map((row) => [...row.cells].map(readCell));
      const width = Math.min(MAX_COLUMNS, Math.max(...lines.map((line) => line.length)));
      const [columns, ...rows] = lines.map((line) => Array.from({ length: width }, (_, index) => line[index] ?? ""));
      return { columns, rows: shorten(rows) };
    });
}

// A table that is too long says in its last row how much of it is left out.
/** @type {(rows: string[][]) => string[][]} */
function shorten(rows) {
  if (rows.length <= MAX_ROWS) return rows;
  const numLeftOut = rows.length - MAX_ROWS + 1;
  const last = rows[0].map((_, index) => (index ? "" : `… and ${numLeftOut} more rows`));
  return [...rows.slice(0, MAX_ROWS - 1), last];
}

// What is drawn in a cell is told by its label.
/** @type {(cell: Element) => string} */
const readCell = (cell) => tidy(readText(cell)) || tidy(cell.querySelector("[aria-label]")?.ariaLabel);

// A formula that is drawn has its LaTeX within; its letters one by one would stand there twice.
/** @type {(element: Element, plain?: string | null) => string} */
function readText(element, plain = element.textContent) {
  if (!element.querySelector("annotation, mtable")) return plain ?? "";
  const copy = /** @type {Element} */ (element.cloneNode(true));
  for (const formula of copy.querySelectorAll(".katex")) {
    formula.replaceWith(formula.querySelector("annotation")?.textContent ?? "");
  }
  for (const cell of copy.querySelectorAll("mtd")) cell.append(" ");
  for (const row of copy.querySelectorAll("mtr:not(:last-child)")) row.append("; ");
  return copy.textContent ?? "";
}

// What the place says in sentences, where its template marks them.
/** @type {(place: HTMLElement) => string} */
function collectText(place) {
  return [...place.querySelectorAll("[data-card-text], .gb-card-text")]
    .filter(isSeen)
    .map((part) => {
      const field = /** @type {HTMLInputElement | null} */ (part.matches("input, textarea") ? part : null);
      return tidy(field ? field.value : readText(part, [...part.childNodes].map((node) => node.textContent).join(" ")));
    })
    .concat(place.dataset.cardNote ?? "")
    .filter(Boolean)
    .join("\n")
    .slice(0, MAX_TEXT);
}
