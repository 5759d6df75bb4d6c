// Images of 28 × 28 pixels painted large, the drawing's outline upon them, and one pixel pointed at in all of them.
/** @import { Cell, Field, ShownMaps } from "./types.js" */
/** @import { MapsView } from "../payloads.js" */
/** @import { Colors, Ramps } from "../../ui/components/types.js" */

import { fitCanvas, offsetIn } from "../../ui/components/canvas.js";
import { setText } from "../../ui/components/nodes.js";
import { formatNumber } from "../../ui/components/numbers.js";
import { clamp, decode, paint } from "../../ui/components/sheets.js";

export const FIELD = 28;
const INK_EDGE = 128; // of 255: where the drawing's outline runs

/** @type {(text: string) => Float32Array} */
const decodeFloats = (text) => new Float32Array(decode(text).buffer);

// Paint an image of bytes as large as its figure, and return its context and how wide a pixel is.
/** @type {(canvas: HTMLCanvasElement, bytes: Uint8Array, ramp: Uint32Array) => Field | null} */
export function paintField(canvas, bytes, ramp) {
  const side = canvas.parentElement?.clientWidth ?? 0;
  if (side < 20) return null; // in a closed section
  canvas.style.width = canvas.style.height = `${side}px`;
  const context = fitCanvas(canvas, side, side);
  context.imageSmoothingEnabled = false;
  context.drawImage(paint(bytes, FIELD, ramp), 0, 0, side, side);
  return { context, cell: side / FIELD };
}

// The edge between ink and paper, so that a map can be laid against the drawing.
/** @type {(field: Field, bytes: Uint8Array, color: string) => void} */
export function traceInk({ context, cell }, bytes, color) {
  /** @type {(row: number, column: number) => boolean} */
  const isInk = (row, column) =>
    row >= 0 && row < FIELD && column >= 0 && column < FIELD && bytes[row * FIELD + column] >= INK_EDGE;
  context.beginPath();
  for (let row = 0; row <= FIELD; row += 1) {
    for (let column = 0; column <= FIELD; column += 1) {
      const here = isInk(row, column);
      const [x, y] = [column * cell, row * cell];
      if (here !== isInk(row - 1, column)) {
        context.moveTo(x, y);
        context.lineTo(x + cell, y);
      }
      if (here !== isInk(row, column - 1)) {
        context.moveTo(x, y);
        context.lineTo(x, y + cell);
      }
    }
  }
  context.strokeStyle = color;
  context.lineWidth = 1;
  context.stroke();
}

/** @type {(field: Field, colors: Colors, row: number, column: number, reach?: number) => void} */
function frameCells({ context, cell }, colors, row, column, reach = 0) {
  const [top, left] = [Math.max(0, row - reach), Math.max(0, column - reach)];
  const [bottom, right] = [Math.min(FIELD, row + reach + 1), Math.min(FIELD, column + reach + 1)];
  for (const [color, width] of /** @type {const} */ ([
    ["surface", 4],
    ["accent", 2],
  ])) {
    context.strokeStyle = colors[color];
    context.lineWidth = width;
    context.strokeRect(left * cell, top * cell, (right - left) * cell, (bottom - top) * cell);
  }
}

// The numbers of a pixel: the drawing's ink, the gradient, and how far the probability falls where it is covered.
/** @type {(shown: Pick<ShownMaps, "inkValues" | "patch"> & { maps: { values: Float32Array }[] }, place: Cell) => { text: string, title: string }} */
export function describePixel({ inkValues, maps, patch }, { row, column }) {
  const at = row * FIELD + column;
  const ink = inkValues[at];
  const [slope, fall] = maps.map((map) => map.values[at]);
  const size = Math.abs(fall) < 1e-4 ? (fall ? "less than 0.0001" : "nothing") : formatNumber(Math.abs(fall));
  const effect = Math.abs(fall) < 1e-4 ? "changes" : fall > 0 ? "lowers" : "raises";
  return {
    text:
      `Row ${row + 1}, column ${column + 1}: ink ${formatNumber(ink)}; gradient ${formatNumber(slope)}; ` +
      `covering the ${patch} \u00d7 ${patch} pixels around it ${effect} the probability by ${size}.`,
    title: `ink ${ink}, gradient ${slope}, fall of the probability ${fall}`,
  };
}

// The drawing and its two maps. `row` holds their figures and the keyboard's focus, `reading` describes the pixel.
/** @type {(row: HTMLElement, reading: HTMLElement, spoken: HTMLElement) => { show(answer: MapsView): void, draw(newRamps?: Ramps | null): void }} */
export function createMaps(row, reading, spoken) {
  const [drawing, gradient, occlusion] = row.querySelectorAll("canvas");
  /** @type {ShownMaps | null} */
  let shown = null; // what Python sent, its numbers decoded
  /** @type {Cell | null} */
  let pointed = null; // { row, column }
  /** @type {Ramps | null} */
  let ramps = null;

  /** @param {MapsView} answer */
  function show(answer) {
    shown = {
      ...answer,
      pixels: decode(answer.image),
      inkValues: decodeFloats(answer.ink),
      maps: [answer.gradient, answer.occlusion].map((map) => ({
        bytes: decode(map.bytes),
        values: decodeFloats(map.values),
      })),
    };
    const texts = [answer.verdict, answer.gradient.text, answer.occlusion.text];
    row.querySelectorAll("p").forEach((node, index) => {
      setText(node, texts[index]);
    });
    row.querySelectorAll("p")[1].title = answer.gradient.scale_title;
    row.querySelectorAll("p")[2].title = answer.occlusion.scale_title;
    row.setAttribute(
      "aria-label",
      `The drawing, its gradient map and its occlusion map for ${answer.digit}. Arrow keys choose a pixel.`,
    );
  }

  function draw(newRamps = ramps) {
    ramps = newRamps;
    if (!shown || !ramps) return;
    const { pixels, maps, patch } = shown;
    const { colors, ink, signed } = ramps;
    const images = [pixels, maps[0].bytes, maps[1].bytes];
    [drawing, gradient, occlusion].forEach((canvas, index) => {
      const field = paintField(canvas, images[index], index ? signed : ink);
      if (!field) return;
      if (index) traceInk(field, pixels, colors.ink);
      if (pointed) frameCells(field, colors, pointed.row, pointed.column, index === 2 ? (patch - 1) / 2 : 0);
    });
    showPixel();
  }

  function showPixel() {
    if (!shown || !pointed) return setText(reading, "Point at a pixel to read its numbers.");
    const { text, title } = describePixel(shown, pointed);
    setText(reading, text);
    reading.title = title;
  }

  /** @param {Cell} place */
  function point(place) {
    pointed = place;
    if (shown) draw();
  }

  /** @type {(event: PointerEvent) => void} */
  const onPointer = (event) => {
    const cell = /** @type {HTMLElement} */ (event.target).clientWidth / FIELD;
    point({
      row: clamp(Math.floor(offsetIn(event).y / cell), FIELD - 1),
      column: clamp(Math.floor(offsetIn(event).x / cell), FIELD - 1),
    });
  };
  for (const canvas of [drawing, gradient, occlusion]) {
    canvas.addEventListener("pointermove", onPointer);
    canvas.addEventListener("pointerdown", onPointer);
  }
  row.addEventListener("keydown", (event) => {
    const { row: down, column: across } = pointed || { row: 13, column: 13 };
    /** @type {Record<string, number[]>} */
    const moves = {
      ArrowUp: [down - 1, across],
      ArrowDown: [down + 1, across],
      ArrowLeft: [down, across - 1],
      ArrowRight: [down, across + 1],
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    point({ row: clamp(move[0], FIELD - 1), column: clamp(move[1], FIELD - 1) });
    spoken.textContent = reading.textContent;
  });
  return { show, draw };
}
