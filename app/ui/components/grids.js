// Pixel grids: numbers as colours on canvases side by side, with one legend. Values come from Python; this script paints
// them. What is marked on them is the caller's.
/** @import { Cell, CellBox, Context, GridMarks, Grids, Panel, SentPanel } from "./types.js" */

import { channelsOf, contextOf, fitCanvas, offsetIn, readColors } from "./canvas.js";
import { findPart } from "./nodes.js";
import { formatNumber, isNumber } from "./numbers.js";

const GAP_PX = 28;
const NUMBER_CELL_PX = 34; // cells of this size hold their number
const NUMBER_SIZES_PX = [11, 10, 9, 8];
const GRID_COLORS = {
  zero: "--gb-zero",
  positive: "--gb-positive",
  negative: "--gb-negative",
  sunk: "--gb-surface-sunk",
  ink: "--gb-ink",
  line: "--gb-line",
  lineStrong: "--gb-line-strong",
  accent: "--gb-accent",
  halo: "--gb-surface",
};

/** @type {(panel: SentPanel) => number} */
export const numRows = (panel) => panel.values.length;
/** @type {(panel: SentPanel) => number} */
export const numColumns = (panel) => (panel.values[0] || []).length;

// Give the context the largest font in which every number keeps within its cell; returns its digits, one where two are
// too many. What is wider even so is drawn narrower.
/** @type {(context: Context, values: number[], width: number) => number} */
export function fitNumbers(context, values, width) {
  for (const digits of [2, 1]) {
    for (const size of NUMBER_SIZES_PX) {
      context.font = `${size}px ui-sans-serif, system-ui, sans-serif`;
      if (values.every((value) => context.measureText(formatNumber(value, digits)).width <= width)) return digits;
    }
  }
  return 1;
}

// `attach` gets each new canvas with its place in the row, `mark` draws upon a panel, `describe` adds to its label.
/** @type {(row: HTMLElement, legend: HTMLElement, marks?: GridMarks) => Grids} */
export function createGrids(row, legend, { attach = () => {}, mark = () => {}, describe = () => "" } = {}) {
  /** @type {Panel[]} */
  let panels = []; // { id, title, note, values, scale, max, ring, small } with each its canvas
  /** @type {Record<string, any>} */
  let colors = {};

  /** @type {(given: SentPanel[]) => void} */
  function setPanels(given) {
    const drawable = given.filter((panel) => Array.isArray(panel.values));
    panels = drawable.map((panel) => /** @type {Panel} */ ({ ring: [0, 0, 0, 0], ...panel }));
    // What is there stays where it is: taken out and put in again, it would lose the focus.
    panels.forEach((panel, index) => {
      const kept = row.children[index];
      const figure = kept || row.appendChild(document.createElement("figure"));
      if (!kept) {
        figure.className = "gb-grids-panel";
        const canvas = document.createElement("canvas");
        figure.append(document.createElement("figcaption"), canvas);
        attach(canvas, index);
      }
      const note = document.createElement("small");
      note.textContent = panel.note || "\u00a0";
      findPart(figure, "figcaption").replaceChildren(String(panel.title || ""), note);
      panel.canvas = /** @type {HTMLCanvasElement} */ (figure.lastChild);
      panel.canvas.setAttribute("role", "img");
      panel.canvas.setAttribute(
        "aria-label",
        `${panel.title || "Grid"}, ${numRows(panel)} by ${numColumns(panel)} pixels${describe(panel)}`,
      );
    });
    while (row.children.length > panels.length) row.lastElementChild?.remove();
    redraw();
  }

  // Small grids, such as kernels, get cells that hold a number; the others share the rest of the row.
  function layOut() {
    const available = row.clientWidth;
    if (available < 40) return false;
    /** @type {(panel: Panel) => number} */
    const smallWidth = (panel) => Math.min(available * 0.4, Math.max(96, Math.min(numColumns(panel) * 48, 240)));
    const large = panels.filter((panel) => !panel.small);
    const taken = panels.filter((panel) => panel.small).reduce((sum, panel) => sum + smallWidth(panel) + GAP_PX, 0);
    let width = (available - taken - (large.length - 1) * GAP_PX) / Math.max(1, large.length);
    for (const perRow of [4, 3, 2]) {
      if (width < 170 && perRow <= large.length) width = (available - (perRow - 1) * GAP_PX) / perRow;
    }
    width = Math.min(available, Math.max(width, Math.min(140, available)), 420);
    // Grids of about one size get one size of cell, so that a ring of padding does not shrink the grid beside it.
    /** @type {(panel: Panel) => number} */
    const across = (panel) => numColumns(panel) + panel.ring[1] + panel.ring[3];
    const widest = Math.max(...large.map(across));
    for (const panel of panels) {
      const target = panel.small ? smallWidth(panel) : width;
      const cell = target / Math.max(!panel.small && across(panel) > 0.7 * widest ? widest : across(panel), 1);
      panel.cell = Math.min(64, cell >= 10 ? Math.floor(cell) : Math.floor(cell * 10) / 10);
      panel.width = panel.cell * across(panel);
      panel.height = panel.cell * (numRows(panel) + panel.ring[0] + panel.ring[2]);
      panel.canvas.style.width = `${panel.width}px`;
      panel.canvas.style.height = `${panel.height}px`;
      /** @type {HTMLElement} */ (panel.canvas.parentNode).style.maxWidth = `${Math.max(panel.width, 120)}px`;
    }
    return true;
  }

  /** @type {(value: number, panel: Panel) => number[]} */
  function colorOf(value, panel) {
    const share = Math.min(1, Math.abs(value) / (panel.max || 1));
    const [from, to] =
      panel.scale === "signed"
        ? [colors.zero, value < 0 ? colors.negative : colors.positive]
        : [colors.sunk, colors.ink];
    return from.map(
      (/** @type {number} */ channel, /** @type {number} */ index) => channel + (to[index] - channel) * share,
    );
  }

  // One pixel a cell, painted once for each value or theme; the screen's copy is scaled up from it.
  /** @type {(panel: Panel) => void} */
  function paintCells(panel) {
    const [rows, columns] = [numRows(panel), numColumns(panel)];
    panel.bitmap = document.createElement("canvas");
    panel.bitmap.width = Math.max(1, columns);
    panel.bitmap.height = Math.max(1, rows);
    const context = contextOf(panel.bitmap);
    const pixels = context.createImageData(Math.max(1, columns), Math.max(1, rows));
    panel.values.forEach((line, r) =>
      line.forEach((value, c) => {
        if (isNumber(value)) pixels.data.set([...colorOf(value, panel), 255], 4 * (r * columns + c));
      }),
    );
    context.putImageData(pixels, 0, 0);
  }

  // Everything but the marks, kept until values, size or theme change.
  /** @type {(panel: Panel) => void} */
  function paintBase(panel) {
    const { cell, width, height } = panel;
    panel.base = document.createElement("canvas");
    const context = fitCanvas(panel.base, width, height);
    const [top, left] = [panel.ring[0] * cell, panel.ring[3] * cell];
    const [inner, outer] = [numColumns(panel) * cell, numRows(panel) * cell];
    context.imageSmoothingEnabled = false;
    context.drawImage(panel.bitmap, left, top, inner, outer);
    context.lineWidth = 1;
    context.strokeStyle = colors.line;
    if (cell >= 10) {
      context.beginPath();
      for (let x = left; x <= left + inner + 0.1; x += cell) {
        context.moveTo(Math.min(x + 0.5, width - 0.5), top);
        context.lineTo(Math.min(x + 0.5, width - 0.5), top + outer);
      }
      for (let y = top; y <= top + outer + 0.1; y += cell) {
        context.moveTo(left, Math.min(y + 0.5, height - 0.5));
        context.lineTo(left + inner, Math.min(y + 0.5, height - 0.5));
      }
      context.stroke();
    }
    context.strokeStyle = colors.lineStrong;
    context.strokeRect(left + 0.5, top + 0.5, inner - 1, outer - 1);
    if (panel.ring.some(Boolean)) {
      context.setLineDash([3, 3]);
      context.strokeRect(0.5, 0.5, width - 1, height - 1);
      context.setLineDash([]);
    }
    if (cell >= NUMBER_CELL_PX) drawNumbers(context, panel, left, top);
  }

  /** @type {(panel: Panel) => void} */
  function draw(panel) {
    const { width, height } = panel;
    const context = fitCanvas(panel.canvas, width, height);
    context.clearRect(0, 0, width, height);
    context.drawImage(panel.base, 0, 0, width, height);
    mark(context, panel, colors);
  }

  /** @type {(context: Context, panel: Panel, left: number, top: number) => void} */
  function drawNumbers(context, panel, left, top) {
    const width = panel.cell - 4;
    const digits = fitNumbers(context, panel.values.flat().filter(isNumber), width);
    context.textAlign = "center";
    context.textBaseline = "middle";
    panel.values.forEach((line, r) =>
      line.forEach((value, c) => {
        if (!isNumber(value)) return;
        const [red, green, blue] = colorOf(value, panel);
        context.fillStyle = 0.3 * red + 0.59 * green + 0.11 * blue > 140 ? "#101620" : "#ffffff";
        context.fillText(
          formatNumber(value, digits),
          left + (c + 0.5) * panel.cell,
          top + (r + 0.5) * panel.cell,
          width,
        );
      }),
    );
  }

  function fillLegend() {
    /** @type {Map<string, Panel[]>} */
    const groups = new Map();
    for (const panel of panels) {
      const key = `${panel.scale}|${panel.max}`;
      groups.set(key, [...(groups.get(key) || []), panel]);
    }
    /** @type {(color: number[]) => string} */
    const css = (color) => `rgb(${color.join(" ")})`;
    legend.replaceChildren(
      ...[...groups.values()].map((members) => {
        const { scale, max = 1 } = members[0];
        const entry = document.createElement("div");
        entry.className = "gb-grids-scale";
        const stops = scale === "signed" ? [colors.negative, colors.zero, colors.positive] : [colors.sunk, colors.ink];
        const limits = scale === "signed" ? [-max, 0, max] : [0, max / 2, max];
        const title = document.createElement("em");
        title.textContent = members.map((panel) => panel.title).join(", ");
        const bar = document.createElement("i");
        bar.style.background = `linear-gradient(to right, ${stops.map(css).join(", ")})`;
        entry.append(
          title,
          bar,
          ...limits.map((limit) => {
            const number = document.createElement("span");
            number.textContent = formatNumber(limit, 3);
            return number;
          }),
        );
        return entry;
      }),
    );
  }

  function redraw() {
    colors = readColors(row, GRID_COLORS);
    for (const key of ["zero", "positive", "negative", "sunk", "ink"]) colors[key] = channelsOf(colors[key]);
    fillLegend();
    if (!layOut()) return;
    for (const panel of panels) {
      paintCells(panel);
      paintBase(panel);
      draw(panel);
    }
  }

  // What the marks have moved on: the pixels stay.
  function drawMarks() {
    for (const panel of panels) if (panel.base) draw(panel);
  }

  // The cell under a pointer, counted from the panel's first value; beyond it in the rings.
  /** @type {(panel: Panel, event: MouseEvent) => Cell} */
  function cellAt(panel, event) {
    return {
      row: Math.floor(offsetIn(event).y / panel.cell) - panel.ring[0],
      column: Math.floor(offsetIn(event).x / panel.cell) - panel.ring[3],
    };
  }

  return {
    setPanels,
    redraw,
    drawMarks,
    cellAt,
    find: (/** @type {string} */ id) => panels.find((panel) => panel.id === id),
    at: (/** @type {number} */ index) => panels[index],
  };
}

// Outline boxes of cells on a panel, seen on every value: a light edge around a dark one. Many boxes cost as little as one.
/** @type {(context: Context, panel: Panel, colors: Record<string, any>, boxes: CellBox[], thickness?: number) => void} */
export function outline(context, panel, colors, boxes, thickness = 3) {
  for (const [color, size] of [
    [colors.halo, thickness + 2],
    [colors.accent, thickness],
  ]) {
    context.strokeStyle = color;
    context.lineWidth = size;
    context.beginPath();
    for (const { row, column, rows = 1, columns = 1 } of boxes) {
      const [x, y] = [(column + panel.ring[3]) * panel.cell, (row + panel.ring[0]) * panel.cell];
      const left = Math.max(size / 2, x - 1);
      const top = Math.max(size / 2, y - 1);
      const right = Math.min(panel.width - size / 2, x + columns * panel.cell + 1);
      const bottom = Math.min(panel.height - size / 2, y + rows * panel.cell + 1);
      context.rect(left, top, right - left, bottom - top);
    }
    context.stroke();
  }
}
