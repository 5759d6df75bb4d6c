// The filters of a run's first layer after each of its epochs.

import { fitCanvas } from "../../ui/components/canvas.js";
import { setText } from "../../ui/components/nodes.js";
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
export function createEpochFilters(host, askForUnit) {
  const find = (selector) => host.querySelector(selector);
  const holder = find(".gb-learning-sheet");
  const canvas = holder.querySelector("canvas");
  const mark = holder.querySelector("i");
  const reading = find(".gb-learning-reading");
  const scale = find(".gb-learning-scale");

  let run = null; // the run's epochs, as Python sent them
  let epoch = 0; // which of the kept weights are shown
  let frames = []; // their bytes, and their bitmaps in the theme's colours
  let ramps = null; // these colours
  let sheet = null; // how the maps stand on their canvas
  let pointed = null; // the place of the weight that is read
  let units = new Map(); // unit -> its weights after every epoch, in full

  function setRun(newRun, isOther) {
    run = newRun;
    units = new Map();
    if (isOther) pointed = null;
    frames = run.frames.map((text) => ({ bytes: decode(text), bitmap: null }));
    setText(find(".gb-learning-halves > :last-child h4"), run.layer);
  }

  function setUnit({ unit, values, error }) {
    if (error) return setText(reading, error);
    const weights = new Float32Array(decode(values).buffer);
    if (weights.length < run.epochs.length * run.rows * run.columns) return askForUnit(unit); // an epoch has come since
    units.set(unit, weights);
    showReading();
  }

  function setRamps(newRamps) {
    ramps = newRamps;
    for (const frame of frames) frame.bitmap = null;
  }

  function showEpoch(newEpoch) {
    epoch = newEpoch;
    draw();
    showReading();
  }

  function draw() {
    const available = holder.clientWidth;
    const frame = frames[epoch];
    if (!frame || available < 40) return; // in a closed tab; the size observer calls again
    ramps ??= readRamps(host);
    frame.bitmap ??= paint(frame.bytes, run.columns, ramps.signed);
    sheet = arrange(
      { count: run.count, rows: run.rows, columns: run.columns },
      available,
      MAP_SIDES,
      SHEET_LIMIT_PX,
      GAP_PX,
    );
    canvas.style.width = `${sheet.width}px`;
    canvas.style.height = `${sheet.height}px`;
    const context = fitCanvas(canvas, sheet.width, sheet.height);
    context.clearRect(0, 0, sheet.width, sheet.height);
    drawSheet(context, frame.bitmap, sheet);
    canvas.setAttribute(
      "aria-label",
      `${run.layer}, ${run.epochs[epoch].label}. Arrow keys choose a weight, ` + "Page Up and Page Down a filter.",
    );
    const colors = ["negative", "zero", "positive"].map((name) => ramps.colors[name]);
    scale.children[0].textContent = MINUS + run.scale_text;
    scale.children[1].style.background = `linear-gradient(to right, ${colors.join(", ")})`;
    scale.children[2].textContent = run.scale_text;
  }

  function point(place) {
    pointed = place;
    if (!units.has(place.index)) askForUnit(place.index);
    showReading();
  }

  function showReading() {
    mark.hidden = !pointed || !sheet;
    if (mark.hidden) return setText(reading, "Point at a filter to read its weights.");
    const [left, top] = placeOf(sheet, pointed.index);
    mark.style.cssText = `transform: translate(${left}px, ${top}px); width: ${sheet.columns * sheet.cell}px; height: ${sheet.rows * sheet.cell}px`;
    const values = units.get(pointed.index);
    setText(reading, describeWeight(run, pointed, values, epoch));
    reading.title = values ? String(findWeight(values, run, pointed, epoch)) : "";
  }

  const pointWithMouse = (event) => point(unitAt(sheet, event.offsetX, event.offsetY));
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
