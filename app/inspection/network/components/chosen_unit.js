// What is pointed at: the part of the digit that the unit sees, its map, its weights, and these in words.

/** @import { Sheet } from "../../../ui/components/types.js" */
/** @import { Layer, LayerSheet, MapsState } from "./types.js" */

import { findCanvas, findPart } from "../../../ui/components/nodes.js";
import { formatNumber, MINUS } from "../../../ui/components/numbers.js";
import {
  decode,
  drawFrame,
  drawSheet,
  fitSquare,
  isCells,
  openSquare,
  paint,
  placeOf,
} from "../../../ui/components/sheets.js";

export const SIDE = 28; // of the image, in pixels
const REST_MS = 400; // a unit is chosen this long before it is spoken

/** @type {(unit: { layer: string, channel: number }) => string} */
export const keyOf = ({ layer, channel }) => `${layer}/${channel}`;

// `maps` is a .gb-maps, `state` what maps.js knows. It only reads that.
/** @type {(maps: HTMLElement, state: MapsState) => { show: () => void, mapSheet: () => Sheet }} */
export function createChosenUnit(maps, state) {
  const [digitFigure, mapFigure, weightsFigure] = maps.querySelectorAll("figure");
  const spoken = findPart(maps, ".gb-maps-spoken");
  const mapCanvas = findCanvas(mapFigure);
  const openButton = /** @type {HTMLButtonElement} */ (maps.querySelector('[data-move="open"]'));
  let rest = 0; // timer until the chosen unit is spoken
  /** @type {Sheet} */
  let mapSheet; // how the chosen map stands in its square, once it is drawn

  function show() {
    const layer = state.layerOf(state.chosen.layer);
    for (const each of state.layers) {
      each.row.classList.toggle("is-chosen", each === layer);
      for (const parts of [each.parts.sheet, each.parts.filters]) if (parts) showMark(parts, each === layer);
    }
    if (maps.clientWidth < 40) return;
    drawDigit(layer);
    drawMap(layer);
    drawWeights();
    const place = layer.is_answer
      ? `the logit of digit ${state.chosen.channel}`
      : isCells(layer)
        ? layer.is_vector
          ? `number ${state.chosen.channel + 1} of ${layer.count}`
          : `map ${state.chosen.channel + 1} of ${layer.count}`
        : `map ${state.chosen.channel + 1}, row ${state.chosen.row + 1}, column ${state.chosen.column + 1}`;
    const text = { place: `Layer ${layer.name}, ${place}`, number: tellNumber(layer), sees: tellSpan(layer) };
    for (const [name, line] of Object.entries(text)) findPart(maps, `.gb-maps-${name}`).textContent = line;
    openButton.disabled = !layer.openable;
    clearTimeout(rest);
    rest = setTimeout(() => {
      if (maps.contains(document.activeElement)) spoken.textContent = `${text.place}: ${text.number}. ${text.sees}`;
    }, REST_MS);
  }

  /** @type {(parts: LayerSheet, isChosen: boolean) => void} */
  function showMark({ mark, sheet }, isChosen) {
    mark.hidden = !isChosen || !sheet;
    if (mark.hidden || !sheet) return;
    const [x, y] = placeOf(sheet, state.chosen.channel);
    mark.style.cssText = `transform: translate(${x}px, ${y}px); width: ${sheet.columns * sheet.cell}px; height: ${sheet.rows * sheet.cell}px`;
  }

  /** @type {(layer: Layer) => string} */
  function tellNumber(layer) {
    const numbers = state.exact.get(layer.name);
    if (!numbers) return "\u2026";
    const number =
      numbers[(state.chosen.channel * layer.rows + state.chosen.row) * layer.columns + state.chosen.column];
    return Number.isNaN(number)
      ? "NaN"
      : Number.isFinite(number)
        ? formatNumber(number)
        : number > 0
          ? "\u221e"
          : `${MINUS}\u221e`;
  }

  // First and last pixel of what the chosen unit sees, counted from 0; null for the whole image.
  /** @type {(layer: Layer) => { rows: number[], columns: number[] } | null} */
  function findSpan(layer) {
    if (!layer.sees) return null;
    const [rows, columns] = [layer.sees.rows[state.chosen.row], layer.sees.columns[state.chosen.column]];
    const isWhole = [rows, columns].every(([first, last]) => first === 0 && last === SIDE - 1);
    return isWhole ? null : { rows, columns };
  }

  /** @type {(layer: Layer) => string} */
  function tellSpan(layer) {
    const span = findSpan(layer);
    if (!span) return "Sees the whole digit.";
    /** @type {(span: number[], one: string, many: string) => string} */
    const tell = ([first, last], one, many) =>
      first === last ? `${one} ${first + 1}` : `${many} ${first + 1}\u2013${last + 1}`;
    return `Sees ${tell(span.rows, "row", "rows")}, ${tell(span.columns, "column", "columns")}.`;
  }

  /** @type {(layer: Layer) => void} */
  function drawDigit(layer) {
    const [context, side] = openSquare(digitFigure);
    const cell = side / SIDE;
    context.imageSmoothingEnabled = false;
    context.drawImage(state.passage.bitmap, 0, 0, side, side);
    const span = findSpan(layer);
    const [[top, bottom], [left, right]] = span
      ? [span.rows, span.columns]
      : [
          [0, SIDE - 1],
          [0, SIDE - 1],
        ];
    /** @type {[number, number, number, number]} */
    const box = [left * cell, top * cell, (right + 1 - left) * cell, (bottom + 1 - top) * cell];
    // What it does not see is dimmed.
    context.globalAlpha = 0.6;
    context.fillStyle = state.ramps.colors.surface;
    context.beginPath();
    context.rect(0, 0, side, side);
    context.rect(...box);
    context.fill("evenodd");
    context.globalAlpha = 1;
    drawFrame(context, state.ramps.colors, box, side);
    findCanvas(digitFigure).setAttribute("aria-label", `The digit: ${state.passage.caption}. ${tellSpan(layer)}`);
  }

  /** @type {(layer: Layer) => void} */
  function drawMap(layer) {
    const [context, side] = openSquare(mapFigure);
    const caption = findPart(mapFigure, "figcaption");
    caption.textContent = isCells(layer)
      ? `All ${layer.count} numbers of ${layer.kind}`
      : `Map ${state.chosen.channel + 1} of ${layer.count}\n${layer.rows} × ${layer.columns}`;
    mapCanvas.setAttribute("aria-label", `${caption.textContent}. Arrow keys choose a unit.`);
    const { rows, columns } = layer;
    mapSheet = fitSquare({ count: isCells(layer) ? layer.count : 1, rows, columns }, side);
    if (!layer.bitmap) return;
    drawSheet(context, layer.bitmap, mapSheet, isCells(layer) ? 0 : state.chosen.channel);
    const [x, y] = placeOf(mapSheet, isCells(layer) ? state.chosen.channel : 0);
    const { cell } = mapSheet;
    drawFrame(
      context,
      state.ramps.colors,
      [x + state.chosen.column * cell, y + state.chosen.row * cell, cell, cell],
      side,
    );
  }

  function drawWeights() {
    const known = state.weights.get(keyOf(state.chosen));
    if (!known) return; // those of the last unit stay until these are there
    const [context, side] = openSquare(weightsFigure);
    findPart(weightsFigure, "figcaption").textContent = known.note;
    findCanvas(weightsFigure).setAttribute("aria-label", known.note);
    if (!known.weights) return;
    const { count, rows, columns, bytes } = known.weights;
    drawSheet(context, paint(decode(bytes), columns, state.ramps.signed), fitSquare({ count, rows, columns }, side));
  }

  return { show, mapSheet: () => mapSheet };
}
