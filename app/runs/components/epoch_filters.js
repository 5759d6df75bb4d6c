// The filters of a run's first layer after each of its epochs.

/** @import { Epochs, UnitWeights } from "../payloads.js" */
/** @import { Ramps, Sheet } from "../../ui/components/types.js" */
/** @import { WeightPlace } from "./types.js" */
/**
 * @typedef {object} Filters
 * @property {(newRun: Epochs, isOther: boolean) => void} setRun
 * @property {(answer: UnitWeights & { error?: string }) => void} setUnit
 * @property {(newRamps: Ramps) => void} setRamps
 * @property {(newEpoch: number) => void} showEpoch
 * @property {(node: unknown) => boolean} hasKeys
 */

import { fitCanvas, offsetIn } from "../../ui/components/canvas.js";
import { findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { MINUS } from "../../ui/components/numbers.js";
import {
  arrange,
  decode,
  drawSheet,
  MAP_SIDES,
  paint,
  placeOf,
  readRamps,
  unitAt,
} from "../../ui/components/sheets.js";
import { describeWeight, FIRST_WEIGHT, findWeight, moveWeight } from "./filter_weights.js";

const SHEET_LIMIT_PX = 420;
const GAP_PX = 6;

// `host` is a .gb-learning. askForUnit(unit) asks Python for the weights of one filter.
/** @type {(host: HTMLElement, askForUnit: (unit: number) => void) => Filters} */
export function createEpochFilters(host, askForUnit) {
  const find = (/** @type {string} */ selector) => findPart(host, selector);
  const holder = find(".gb-learning-sheet");
  const canvas = findCanvas(holder);
  const mark = findPart(holder, "i");
  const reading = find(".gb-learning-reading");
  const scale = find(".gb-learning-scale");

  /** @type {Epochs} */
  let run; // the run's epochs, as Python sent them; none at first
  let epoch = 0; // which of the kept weights are shown
  /** @type {{ bytes: Uint8Array, bitmap: HTMLCanvasElement | null }[]} */
  let frames = []; // their bytes, and their bitmaps in the theme's colours
  /** @type {Ramps | null} */
  let ramps = null; // these colours
  /** @type {Sheet | null} */
  let sheet = null; // how the maps stand on their canvas
  /** @type {WeightPlace | null} */
  let pointed = null; // the place of the weight that is read
  /** @type {Map<number, Float32Array>} */
  let units = new Map(); // unit -> its weights after every epoch, in full

  /** @type {(newRun: Epochs, isOther: boolean) => void} */
  function setRun(newRun, isOther) {
    run = newRun;
    units = new Map();
    if (isOther) pointed = null;
    frames = run.frames.map((text) => ({ bytes: decode(text), bitmap: null }));
    setText(find(".gb-learning-halves > :last-child h4"), run.layer);
  }

  /** @type {(answer: UnitWeights & { error?: string }) => void} */
  function setUnit({ unit, values, error }) {
    if (error) return setText(reading, error);
    const weights = new Float32Array(decode(values).buffer);
    if (weights.length < run.epochs.length * run.rows * run.columns) return askForUnit(unit); // an epoch has come since
    units.set(unit, weights);
    showReading();
  }

  /** @type {(newRamps: Ramps) => void} */
  function setRamps(newRamps) {
    ramps = newRamps;
    for (const frame of frames) frame.bitmap = null;
  }

  /** @type {(newEpoch: number) => void} */
  function showEpoch(newEpoch) {
    epoch = newEpoch;
    draw();
    showReading();
  }

  function draw() {
    const available = holder.clientWidth;
    const frame = frames[epoch];
    if (!frame || available < 40) return; // in a closed tab; the size observer calls again
    const { signed, colors } = (ramps ??= readRamps(host));
    frame.bitmap ??= paint(frame.bytes, run.columns, signed);
    const arranged = arrange(
      { count: run.count, rows: run.rows, columns: run.columns },
      available,
      MAP_SIDES,
      SHEET_LIMIT_PX,
      GAP_PX,
    );
    sheet = arranged;
    canvas.style.width = `${arranged.width}px`;
    canvas.style.height = `${arranged.height}px`;
    const context = fitCanvas(canvas, arranged.width, arranged.height);
    context.clearRect(0, 0, arranged.width, arranged.height);
    drawSheet(context, frame.bitmap, sheet);
    canvas.setAttribute(
      "aria-label",
      `${run.layer}, ${run.epochs[epoch].label}. Arrow keys choose a weight, ` + "Page Up and Page Down a filter.",
    );
    const [low, bar, high] = /** @type {HTMLElement[]} */ ([...scale.children]);
    low.textContent = MINUS + run.scale_text;
    bar.style.background = `linear-gradient(to right, ${colors.negative}, ${colors.zero}, ${colors.positive})`;
    high.textContent = run.scale_text;
  }

  /** @type {(place: WeightPlace) => void} */
  function point(place) {
    pointed = place;
    if (!units.has(place.index)) askForUnit(place.index);
    showReading();
  }

  function showReading() {
    mark.hidden = !pointed || !sheet;
    if (!pointed || !sheet) return setText(reading, "Point at a filter to read its weights.");
    const [left, top] = placeOf(sheet, pointed.index);
    mark.style.cssText = `transform: translate(${left}px, ${top}px); width: ${sheet.columns * sheet.cell}px; height: ${sheet.rows * sheet.cell}px`;
    const values = units.get(pointed.index);
    setText(reading, describeWeight(run, pointed, values, epoch));
    reading.title = values ? String(findWeight(values, run, pointed, epoch)) : "";
  }

  const pointWithMouse = (/** @type {MouseEvent} */ event) => {
    if (sheet) point(unitAt(sheet, offsetIn(event).x, offsetIn(event).y));
  };
  canvas.addEventListener("pointermove", pointWithMouse);
  canvas.addEventListener("pointerdown", pointWithMouse);
  canvas.addEventListener("keydown", (event) => {
    const place = moveWeight(pointed ?? FIRST_WEIGHT, event.key, run);
    if (!place || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    point(place);
    find(".gb-learning-spoken").textContent = reading.textContent;
  });
  return { setRun, setUnit, setRamps, showEpoch, hasKeys: (node) => node === canvas };
}
