// What lies under the window, and the sum that it gives, as a person writes it. It computes no result: the numbers after
// the equals signs are those that Python sent. A `link` says how the panels hang together, as window.js has it.
/** @import { Cell } from "../../../ui/components/types.js" */
/** @import { Link, WindowCell } from "./types.js" */

import { numColumns, numRows } from "../../../ui/components/grids.js";
import { formatNumber } from "../../../ui/components/numbers.js";

// The cells of the window that gives one output pixel, in the order of the kernel.
/** @type {(link: Link, place: Cell) => WindowCell[]} */
export function windowCells(link, { row, column }) {
  const cells = [];
  for (let i = 0; i < link.size; i += 1) {
    for (let j = 0; j < link.size; j += 1) {
      const r = row * link.stride - link.padding + i * link.dilation;
      const c = column * link.stride - link.padding + j * link.dilation;
      const inside = r >= 0 && c >= 0 && r < numRows(link.input) && c < numColumns(link.input);
      cells.push({
        row: r,
        column: c,
        inside,
        value: inside ? link.input.values[r][c] : 0,
        weight: link.kernel ? link.kernel.values[i][j] : null,
      });
    }
  }
  return cells;
}

// The output pixels whose windows hold one input pixel, each with the place in the kernel that lies on it.
/** @type {(link: Link, place: Cell) => { row: number, column: number, i: number, j: number }[]} */
export function fedOutputs(link, { row, column }) {
  /** @type {(at: number, count: number) => [number, number][]} */
  const places = (at, count) => {
    /** @type {[number, number][]} */
    const found = [];
    for (let k = 0; k < link.size; k += 1) {
      const start = at + link.padding - k * link.dilation;
      if (start >= 0 && start % link.stride === 0 && start / link.stride < count) found.push([start / link.stride, k]);
    }
    return found.sort(([a], [b]) => a - b);
  };
  const across = places(column, numColumns(link.outputs[0]));
  return places(row, numRows(link.outputs[0])).flatMap(([r, i]) =>
    across.map(([c, j]) => ({ row: r, column: c, i, j })),
  );
}

/** @type {(value: number, digits: number) => string} */
const inBrackets = (value, digits) => (value < 0 ? `(${formatNumber(value, digits)})` : formatNumber(value, digits));
/** @type {(place: Cell) => string} */
export const tellPlace = ({ row, column }) => `row ${row + 1}, column ${column + 1}`;

// Parts are texts; a part with a sign is a weight and takes its colour.
/** @type {(line: HTMLElement, className: string, parts: [text: string, sign?: number][], title?: string) => void} */
function addTerm(line, className, parts, title) {
  const term = document.createElement("span");
  term.className = className;
  term.title = title || "";
  for (const [text, sign] of parts) {
    const piece = document.createElement(sign === undefined ? "span" : "b");
    piece.textContent = text;
    if (sign) piece.className = sign > 0 ? "is-positive" : "is-negative";
    term.appendChild(piece);
  }
  line.appendChild(term);
}

/** @type {(line: HTMLElement, index: number, value: number, weight: number, title: string) => void} */
function spellProduct(line, index, value, weight, title) {
  const isZero = value === 0 || weight === 0;
  addTerm(
    line,
    isZero ? "is-zero" : "",
    [
      [(index ? "+ " : "") + (index ? inBrackets(value, 3) : formatNumber(value, 3)) + "\u00b7"],
      [inBrackets(weight, 3), isZero ? 0 : Math.sign(weight)],
    ],
    title,
  );
}

/** @type {(line: HTMLElement, value: number) => void} */
function spellResult(line, value) {
  addTerm(line, "is-result", [[`= ${formatNumber(value)}`]], String(value));
}

// One output pixel: its products, or the numbers that compete; then, for a layer of several channels, their sum.
/** @type {(link: Link, lines: HTMLElement[], place: Cell) => void} */
export function spellOutput(link, lines, place) {
  const cells = windowCells(link, place);
  /** @type {<Value>(values: Value[][]) => Value} */
  const read = (values) => values[place.row][place.column];
  const result = read(link.outputs[0].values);
  if (link.kind === "max") {
    const known = cells.filter((cell) => cell.inside);
    const [row, column] = read(link.winners);
    addTerm(lines[0], "is-joined", [["max("]]);
    known.forEach((cell, index) =>
      addTerm(
        lines[0],
        cell.row === row && cell.column === column ? "is-winner" : "",
        [[formatNumber(cell.value, 3) + (index < known.length - 1 ? "," : ")")]],
        String(cell.value),
      ),
    );
    return spellResult(lines[0], result);
  }
  if (link.kind === "average") {
    addTerm(lines[0], "is-joined", [["("]]);
    cells.forEach((cell, index) =>
      addTerm(
        lines[0],
        cell.value === 0 ? "is-zero" : "",
        [[(index ? "+ " : "") + formatNumber(cell.value, 3) + (index < cells.length - 1 ? "" : ")")]],
        cell.inside ? String(cell.value) : "0 (padding)",
      ),
    );
    addTerm(lines[0], "", [[`/ ${cells.length}`]]);
    return spellResult(lines[0], result);
  }
  cells.forEach((cell, index) =>
    spellProduct(
      lines[0],
      index,
      cell.value,
      cell.weight ?? 0,
      `${cell.inside ? cell.value : "0 (padding)"} \u00b7 ${cell.weight}`,
    ),
  );
  /** @type {[string][]} */
  const bias = [[`+ ${inBrackets(link.bias, 3)} (bias)`]];
  if (!link.sums) {
    addTerm(lines[0], "", bias, `bias ${link.bias}`);
    return spellResult(lines[0], result);
  }
  spellResult(lines[0], read(link.outputs[1].values));
  link.sums.forEach(({ label, values }, index) =>
    addTerm(
      lines[1],
      label === link.looked ? "is-winner" : "",
      [[`${index ? "+ " : ""}${label} ${inBrackets(read(values), 3)}`]],
      String(read(values)),
    ),
  );
  addTerm(lines[1], "", bias, `bias ${link.bias}`);
  spellResult(lines[1], result);
}

// One input pixel: the products in which it stands.
/** @type {(link: Link, lines: HTMLElement[], place: Cell) => number} */
export function spellInput(link, lines, place) {
  const value = link.input.values[place.row][place.column];
  const fed = fedOutputs(link, place);
  if (!fed.length) addTerm(lines[0], "", [["No window reads this pixel."]]);
  if (link.kind === "convolution") {
    fed.forEach((output, index) =>
      addTerm(
        lines[0],
        "",
        [
          [`${formatNumber(value, 3)}\u00b7`],
          [inBrackets(link.kernel.values[output.i][output.j], 3), Math.sign(link.kernel.values[output.i][output.j])],
          [` in (${output.row + 1}, ${output.column + 1})${index < fed.length - 1 ? "," : ""}`],
        ],
        `${value} \u00b7 ${link.kernel.values[output.i][output.j]}`,
      ),
    );
    return fed.length;
  }
  /** @type {(output: Cell) => boolean} */
  const wins = (output) => {
    const [row, column] = link.winners[output.row][output.column];
    return row === place.row && column === place.column;
  };
  fed.forEach((output, index) =>
    addTerm(lines[0], link.winners && wins(output) ? "is-winner" : "", [
      [
        `${link.winners ? (wins(output) ? "wins" : "loses") : `${formatNumber(value, 3)} / ${link.size ** 2}`} in (${output.row + 1}, ${output.column + 1})${index < fed.length - 1 ? "," : ""}`,
      ],
    ]),
  );
  return fed.length;
}
