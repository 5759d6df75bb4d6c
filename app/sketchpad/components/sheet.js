// The sheet: strokes or a picture, overlays, the keyboard's pen and the eraser, painted.
/** @import { Circle, Drawing, Look, Overlay, Stroke } from "./types.js" */
/** @import { PadAnswer } from "../payloads.js" */
/** @import { Context } from "../../ui/components/types.js" */

import { fitCanvas, readColors } from "../../ui/components/canvas.js";
import { findCanvas, findPart, setText } from "../../ui/components/nodes.js";
import { paintBoxes, placePicture } from "./found_digits.js";
import { EDGE_COLOR } from "./overlays.js";
import { PAD_PX } from "./strokes.js";

const COLORS = { sheet: "--pad-sheet", ink: "--pad-ink" };

/**
 * @typedef {object} Sheet
 * @property {(look: Look, overlays: Overlay[], answer: PadAnswer | undefined) => void} paint the drawing, with the hand's
 *   tool, and over it these overlays of the last answer
 * @property {() => void} measure how wide it is now; asked at every point of a stroke, the browser would lay the page out anew
 */

/** @type {(pad: HTMLElement, drawing: Drawing) => Sheet} */
export function createSheet(pad, drawing) {
  const sheet = findPart(pad, ".gb-pad-sheet");
  const canvas = findCanvas(sheet);
  const hint = findPart(sheet, ".gb-pad-hint");

  let width = 0; // 0 in a closed tab

  function measure() {
    width = sheet.clientWidth;
  }

  /** @type {Sheet["paint"]} */
  function paint({ brushPx, circle }, overlays, answer) {
    if (!width) measure();
    if (!width) return;
    const strokes = drawing.visibleStrokes();
    const picture = drawing.picture();
    const context = fitCanvas(canvas, width, width);
    const colors = readColors(pad, COLORS);
    context.fillStyle = colors.sheet; // on paper, what shines through a canvas is white
    context.fillRect(0, 0, width, width);
    context.scale(width / PAD_PX, width / PAD_PX);
    if (picture) paintPicture(context, picture.image);
    if (picture && answer?.found) paintBoxes(context, answer.found, picture.image);
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = brushPx;
    context.strokeStyle = colors.ink;
    for (const stroke of strokes) traceStroke(context, stroke);
    for (const overlay of overlays) if (answer) overlay.paint(context, answer, strokes);
    if (circle) paintCircle(context, circle);
    hint.hidden = drawing.hasInk() || Boolean(circle?.isPen);
    setText(hint, overlays.at(-1)?.hint ?? "Draw a digit");
  }

  return { paint, measure };
}

/** @type {(context: Context, stroke: Stroke) => void} */
function traceStroke(context, stroke) {
  context.beginPath();
  context.moveTo(stroke[0][0], stroke[0][1]);
  // Midpoints joined by quadratic curves: smooth, and through the middle of every pair of points.
  for (let i = 1; i < stroke.length - 1; i += 1) {
    const [x, y] = stroke[i];
    context.quadraticCurveTo(x, y, (x + stroke[i + 1][0]) / 2, (y + stroke[i + 1][1]) / 2);
  }
  const last = stroke[stroke.length - 1];
  context.lineTo(last[0] + (stroke.length === 1 ? 0.01 : 0), last[1]); // a tap leaves a dot: a line of no length none
  context.stroke();
}

/** @type {(context: Context, image: HTMLCanvasElement) => void} */
function paintPicture(context, image) {
  const { left, top, width, height } = placePicture(image);
  context.drawImage(image, left, top, width, height);
}

/** @type {(context: Context, circle: Circle) => void} */
function paintCircle(context, { x, y, radius, isFilled }) {
  context.lineWidth = 2;
  context.strokeStyle = EDGE_COLOR;
  context.fillStyle = isFilled ? EDGE_COLOR : "transparent";
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
