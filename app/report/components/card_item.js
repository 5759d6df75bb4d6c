// One card of the report on its page. It stays the same element while others come, go and move.
/** @import { Words } from "../payloads.js" */
/** @import { KeptCard } from "./types.js" */

import { addNode, setText } from "../../ui/components/nodes.js";
import { addButton } from "./buttons.js";
import { KINDS } from "./kinds.js";

const PAUSE_MS = 500; // after the last letter
const MAX_WORDS = 5000;

/**
 * @typedef {object} Acts
 * @property {(by: -1 | 1) => Promise<unknown>} move
 * @property {() => unknown} remove
 * @property {(comment: string) => Promise<boolean>} write Says whether it is kept.
 * @property {(text: string) => Promise<Words & { error?: string }>} render
 */

/**
 * @typedef {object} CardItem
 * @property {HTMLElement} item
 * @property {(card: KeptCard, place: number, count: number) => void} update
 */

/** @type {(card: KeptCard, acts: Acts) => CardItem} */
export function createCardItem(card, acts) {
  const item = document.createElement("li");
  const top = addNode(item, "div", "gb-report-top");
  addNode(top, "h3", "", card.title);
  addNode(top, "span", "gb-report-kind", KINDS[card.kind] ?? card.kind);
  const up = addButton(top, "Move up", () => move(-1, up));
  const down = addButton(top, "Move down", () => move(1, down));
  addButton(top, "Take out", acts.remove);

  // Moving an element takes its focus away.
  /** @type {(by: -1 | 1, pressed: HTMLButtonElement) => Promise<void>} */
  async function move(by, pressed) {
    await acts.move(by);
    (pressed.disabled ? (pressed === up ? down : up) : pressed).focus();
  }

  if (/^https?:\/\//.test(card.link)) {
    const link = /** @type {HTMLAnchorElement} */ (addNode(item, "a", "gb-report-link", card.link));
    link.href = card.link;
  }
  if (card.seed) addNode(item, "p", "gb-report-kind", `Seed: ${card.seed}`);
  for (const { png, alt } of card.pictures) {
    const image = /** @type {HTMLImageElement} */ (addNode(item, "img"));
    Object.assign(image, { src: `data:image/png;base64,${png}`, alt });
  }
  if (card.text) addNode(item, "p", "gb-report-said", card.text);
  if (card.settings.length) showTable(item, "Settings", ["Setting", "Value"], card.settings);
  for (const { columns, rows } of card.tables) showTable(item, `Table of ${rows.length} rows`, columns, rows);
  const updateWords = showWords(item, acts);

  return {
    item,
    update({ comment }, place, count) {
      up.disabled = place === 0;
      down.disabled = place === count - 1;
      updateWords(comment);
    },
  };
}

// Returns what shows the words as they are kept, unless others are being written.
/** @type {(item: HTMLElement, acts: Acts) => (comment: string) => void} */
function showWords(item, acts) {
  const label = addNode(item, "label", "gb-report-words", "In your own words (Markdown, formulas between $ signs)");
  const field = /** @type {HTMLTextAreaElement} */ (addNode(label, "textarea"));
  Object.assign(field, { rows: 3, maxLength: MAX_WORDS });
  const rendered = addNode(item, "div", "gb-report-rendered");
  let isKept = true;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;

  async function render() {
    const text = field.value;
    if (!text.trim()) return rendered.replaceChildren();
    const { html, error } = await acts.render(text);
    if (text !== field.value) return;
    if (error) setText(rendered, error);
    else rendered.innerHTML = html; // rendered by Python, which lets no markup through
  }
  async function keep() {
    clearTimeout(pause);
    if (isKept) return; // after the pause already
    render();
    const comment = field.value;
    if ((await acts.write(comment)) && comment === field.value) isKept = true;
  }
  field.addEventListener("input", () => {
    isKept = false;
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE_MS);
  });
  field.addEventListener("change", keep);
  return (comment) => {
    if (!isKept || field.value === comment) return;
    field.value = comment;
    render();
  };
}

/** @type {(place: HTMLElement, name: string, columns: string[], rows: string[][]) => void} */
function showTable(place, name, columns, rows) {
  const details = addNode(place, "details");
  addNode(details, "summary", "", name);
  const table = addNode(addNode(details, "div", "gb-report-scroll"), "table");
  const head = addNode(addNode(table, "thead"), "tr");
  for (const cell of columns) addNode(head, "th", "", cell).setAttribute("scope", "col");
  const body = addNode(table, "tbody");
  for (const row of rows) {
    const line = addNode(body, "tr");
    for (const cell of row) addNode(line, "td", "", cell);
  }
}
