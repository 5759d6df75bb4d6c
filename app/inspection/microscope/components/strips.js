// Ten answers, one a digit, each a strip from 0 to 1. Python sends the probabilities and their words; this draws them.
/** @import { Colors, Context } from "../../../ui/components/types.js" */
/** @import { SpreadAnswer } from "../payload.js" */
/** @import { Row } from "./types.js" */

import { fitCanvas, readColors, redrawOnChange } from "../../../ui/components/canvas.js";
import { findPart, setText } from "../../../ui/components/nodes.js";

const STRIP_HEIGHT = 32;
const STRIP_COLORS = {
  trained: "--gb-positive",
  evaluated: "--gb-negative",
  track: "--gb-surface-sunk",
  line: "--gb-line-strong",
  halo: "--gb-surface",
};

// `root` is a .gb-strips; its data-trained is the head of the column for training mode.
/** @type {(root: HTMLElement) => { setRows(newRows: Row[], text: string): void }} */
export function createStrips(root) {
  const list = findPart(root, "ol");
  const verdict = findPart(root, ".gb-strips-verdict");
  /** @type {Row[]} */
  let rows = [];

  const head = document.createElement("div");
  head.className = "gb-strips-row gb-strips-head";
  head.setAttribute("aria-hidden", "true");
  const scale = document.createElement("span");
  scale.className = "gb-strips-scale";
  scale.append(...["0%", "50%", "100%"].map((text) => buildCell("span", text)));
  head.append(buildCell("b", ""), scale, buildCell("span", root.dataset.trained), buildCell("span", "evaluation"));
  list.before(head);

  /** @type {(tag: string, text?: string) => HTMLElement} */
  function buildCell(tag, text) {
    const cell = document.createElement(tag);
    cell.textContent = text ?? "";
    return cell;
  }

  function buildRow() {
    const row = document.createElement("li");
    row.className = "gb-strips-row";
    row.append(buildCell("b", ""), document.createElement("canvas"), buildCell("span", ""), buildCell("span", ""));
    row.children[1].setAttribute("aria-hidden", "true");
    return row;
  }

  // Each column has an answer of its own; the two may differ, and that is what there is to see.
  /** @type {(column: "trained" | "evaluated") => number} */
  function findAnswer(column) {
    const shares = rows.map((row) => row[column] ?? -1);
    const highest = Math.max(...shares);
    return highest < 0 ? -1 : shares.indexOf(highest);
  }

  /** @type {(newRows: Row[], text: string) => void} */
  function setRows(newRows, text) {
    rows = newRows;
    setText(verdict, text);
    while (list.children.length > rows.length) list.lastElementChild?.remove();
    while (list.children.length < rows.length) list.append(buildRow());
    const answers = { trained: findAnswer("trained"), evaluated: findAnswer("evaluated") };
    rows.forEach((row, index) => {
      const item = /** @type {HTMLElement} */ (list.children[index]);
      item.title = row.title;
      setText(item.children[0], String(row.digit));
      setText(item.children[2], row.trained_text);
      setText(item.children[3], row.evaluated_text);
      item.children[2].classList.toggle("is-answer", index === answers.trained);
      item.children[3].classList.toggle("is-answer", index === answers.evaluated);
      item.children[0].classList.toggle("is-answer", Object.values(answers).includes(index));
    });
    draw();
  }

  function draw() {
    const colors = readColors(root, STRIP_COLORS);
    rows.forEach((row, index) =>
      drawStrip(/** @type {HTMLCanvasElement} */ (list.children[index].children[1]), row, colors),
    );
  }

  /** @type {(canvas: HTMLCanvasElement, row: Row, colors: Colors) => void} */
  function drawStrip(canvas, row, colors) {
    const width = canvas.clientWidth;
    if (width < 40) return; // in a closed tab; the size observer calls again
    const context = fitCanvas(canvas, width, STRIP_HEIGHT);
    const margin = 8;
    const middle = STRIP_HEIGHT / 2;
    /** @type {(share: number) => number} */
    const at = (share) => margin + share * (width - 2 * margin);
    context.clearRect(0, 0, width, STRIP_HEIGHT);
    context.fillStyle = colors.track;
    context.beginPath();
    context.roundRect(0, middle - 12, width, 24, 6);
    context.fill();
    context.fillStyle = colors.line;
    for (const share of [0, 0.5, 1]) context.fillRect(at(share) - 0.5, middle - 12, 1, 24);
    if ("dots" in row) drawSpread(context, row, colors, at, middle);
    // A halo in the ground's colour keeps each mark apart from what it lies on.
    context.lineWidth = 2;
    context.strokeStyle = colors.halo;
    context.fillStyle = colors.evaluated;
    context.save();
    context.translate(at(row.evaluated), middle);
    context.rotate(Math.PI / 4);
    context.strokeRect(-5, -5, 10, 10);
    context.fillRect(-5, -5, 10, 10);
    context.restore();
    if (row.trained === null) return;
    for (const { color, thickness } of [
      { color: colors.halo, thickness: 6 },
      { color: colors.trained, thickness: 3 },
    ]) {
      context.strokeStyle = color;
      context.lineWidth = thickness;
      context.beginPath();
      context.arc(at(row.trained), middle, 6.5, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  /** @type {(context: Context, row: SpreadAnswer, colors: Colors, at: (share: number) => number, middle: number) => void} */
  function drawSpread(context, row, colors, at, middle) {
    context.fillStyle = colors.trained;
    context.globalAlpha = 0.22;
    context.beginPath();
    context.roundRect(at(row.low) - 2, middle - 10, at(row.high) - at(row.low) + 4, 20, 4);
    context.fill();
    context.globalAlpha = 0.5;
    row.dots.forEach((share, number) => {
      context.beginPath();
      context.arc(at(share), middle - 8 + 16 * ((number * 0.618) % 1), 1.6, 0, 2 * Math.PI); // apart, to be counted
      context.fill();
    });
    context.globalAlpha = 1;
    context.fillRect(at(row.median) - 1, middle - 10, 2, 20);
  }

  redrawOnChange(root, draw);
  return { setRows };
}
