// Thumbnails of kept drawings: a press puts one back on the pad; its label can be changed, and it can be deleted.
/** @import { Digit, KeptDigit, Stroke } from "./types.js" */

import { addNode } from "../../ui/components/nodes.js";
import { PAD_PX } from "./strokes.js";

const SVG = "http://www.w3.org/2000/svg";
const PEN_PX = 18; // as on the pad

/** @type {(digit: Digit) => SVGElement} */
function buildThumbnail({ size, strokes }) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-hidden", "true");
  const path = svg.appendChild(document.createElementNS(SVG, "path"));
  // A tap has no length, and a line of no length is not drawn.
  /** @type {(stroke: Stroke) => string} */
  const trace = (stroke) => `M${stroke.map((point) => point.join(" ")).join("L")}${stroke.length > 1 ? "" : "l.01 0"}`;
  path.setAttribute("d", strokes.map(trace).join(""));
  path.setAttribute("stroke-width", String((PEN_PX * size) / PAD_PX));
  return svg;
}

// A button with the thumbnail on it and, where it is given, a line beneath.
/** @type {<Shown extends Digit>(digit: Shown, words: string, caption: string, onPress: (digit: Shown) => void) => HTMLButtonElement} */
export function buildThumbnailButton(digit, words, caption, onPress) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "gb-mine-picture";
  button.title = "Put it back on the pad";
  button.setAttribute("aria-label", `${words}: put it back on the pad`);
  button.append(buildThumbnail(digit));
  if (caption) addNode(button, "span", "", caption);
  button.addEventListener("click", () => onPress(digit));
  return button;
}

// `list` is a <ul>; a digit's card stays the same as long as its drawing is there.
/** @type {(list: HTMLElement, owner: { onPress: (digit: KeptDigit) => void, onLabel: (id: string, label: number) => void, onDelete: (id: string) => void }) => (digits: KeptDigit[]) => void} */
export function createDigitCards(list, { onPress, onLabel, onDelete }) {
  /** @type {Map<string, ReturnType<typeof build>>} */
  const cards = new Map(); // a digit's id -> its card's parts

  /** @param {KeptDigit} digit */
  function build(digit) {
    const row = document.createElement("li");
    const thumbnail = row.appendChild(buildThumbnailButton(digit, "A kept drawing", "", onPress));
    const label = row.appendChild(document.createElement("select"));
    for (let each = 0; each < 10; each += 1) label.add(new Option(String(each), String(each)));
    const remove = /** @type {HTMLButtonElement} */ (addNode(row, "button", "gb-mine-delete", "\u00d7"));
    remove.type = "button";
    label.title = "The digit that was meant";
    remove.title = "Delete this drawing";
    label.addEventListener("change", () => onLabel(digit.id, Number(label.value)));
    remove.addEventListener("click", () => onDelete(digit.id));
    row.dataset.digit = digit.id;
    return { row, thumbnail, label, remove };
  }

  /** @type {(card: ReturnType<typeof build>, digit: KeptDigit) => void} */
  function fill({ thumbnail, label, remove }, digit) {
    const words = `A kept ${digit.label}`;
    label.value = String(digit.label);
    thumbnail.setAttribute("aria-label", `${words}: put it back on the pad`);
    label.setAttribute("aria-label", `${words}: the digit that was meant`);
    remove.setAttribute("aria-label", `${words}: delete it`);
  }

  // The latest first.
  return (digits) => {
    const ids = new Set(digits.map((digit) => digit.id));
    for (const [id, { row }] of cards) {
      if (ids.has(id)) continue;
      row.remove();
      cards.delete(id);
    }
    [...digits].reverse().forEach((digit, place) => {
      const parts = cards.get(digit.id) ?? build(digit);
      cards.set(digit.id, parts);
      fill(parts, digit);
      if (list.children[place] !== parts.row) list.insertBefore(parts.row, list.children[place] || null);
    });
  };
}
