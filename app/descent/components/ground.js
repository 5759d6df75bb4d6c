// The landscape under the optimizers: shades and contour lines, or a curve. Python sends both ready to draw.
/** @import { Box, Colors, Context, Scale } from "../../ui/components/types.js" */
/** @import { ContourLine, Shades } from "../payloads.js" */
/** @import { Landscape } from "./types.js" */

import { clipToBox, drawAxes } from "../../ui/components/axes.js";
import { channelsOf, contextOf } from "../../ui/components/canvas.js";
import { formatNumber } from "../../ui/components/numbers.js";

const MAX_LEVEL_LABELS = 7;
const SHADE = 0.8; // how far the highest loss goes from the surface's colour to the line's

// One pixel a grid point; scaled up smoothly, so that the outermost points lie on the frame.
/** @type {(context: Context, shades: Shades, box: Box, colors: Colors) => void} */
function drawShades(context, { rows, columns, bytes }, box, colors) {
  const [low, high] = [channelsOf(colors.surface), channelsOf(colors.axis)];
  const bitmap = document.createElement("canvas");
  bitmap.width = columns;
  bitmap.height = rows;
  const pixels = new ImageData(columns, rows);
  const shades = atob(bytes);
  for (let r = 0; r < rows; r += 1) {
    for (let c = 0; c < columns; c += 1) {
      const share = (SHADE * shades.charCodeAt((rows - 1 - r) * columns + c)) / 255; // row 0 is the bottom
      for (let channel = 0; channel < 3; channel += 1) {
        pixels.data[4 * (r * columns + c) + channel] = low[channel] + (high[channel] - low[channel]) * share;
      }
      pixels.data[4 * (r * columns + c) + 3] = 255;
    }
  }
  contextOf(bitmap).putImageData(pixels, 0, 0);
  const cellX = (box.right - box.left) / Math.max(1, columns - 1);
  const cellY = (box.bottom - box.top) / Math.max(1, rows - 1);
  context.imageSmoothingEnabled = true;
  context.drawImage(bitmap, box.left - cellX / 2, box.top - cellY / 2, cellX * columns, cellY * rows);
}

/** @type {(context: Context, scale: Scale, piece: number[]) => void} */
function traceLine(context, scale, piece) {
  context.moveTo(scale.x(piece[0]), scale.y(piece[1]));
  for (let i = 2; i < piece.length; i += 2) context.lineTo(scale.x(piece[i]), scale.y(piece[i + 1]));
}

/** @type {(context: Context, lines: ContourLine[], scale: Scale, colors: Colors) => void} */
function drawLines(context, lines, scale, colors) {
  context.strokeStyle = colors.label;
  context.globalAlpha = 0.5;
  context.lineWidth = 1;
  context.beginPath();
  for (const line of lines) for (const piece of line.pieces) traceLine(context, scale, piece);
  context.stroke();
  context.globalAlpha = 1;
}

// A few levels, each at a point of its longest piece that keeps clear of the frame and of the other labels.
/** @type {(context: Context, lines: ContourLine[], scale: Scale, colors: Colors) => void} */
function drawLevels(context, lines, scale, colors) {
  const { box } = scale;
  /** @type {{ x: number, y: number, half: number }[]} */
  const taken = [];
  context.font = "11px ui-sans-serif, system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const every = Math.ceil(lines.length / MAX_LEVEL_LABELS);
  for (const line of lines.filter((_, index) => index % every === 0)) {
    const piece = line.pieces.reduce((longest, one) => (one.length > longest.length ? one : longest), []);
    const text = formatNumber(line.level, 3);
    const half = context.measureText(text).width / 2 + 6;
    for (const share of [0.5, 0.3, 0.7, 0.15, 0.85]) {
      const at = 2 * Math.floor((piece.length / 2) * share);
      const [x, y] = [scale.x(piece[at]), scale.y(piece[at + 1])];
      const isFree =
        x - half > box.left &&
        x + half < box.right &&
        y - 10 > box.top &&
        y + 10 < box.bottom &&
        taken.every((other) => Math.abs(other.x - x) > other.half + half + 8 || Math.abs(other.y - y) > 22);
      if (!isFree) continue;
      taken.push({ x, y, half });
      context.strokeStyle = colors.surface;
      context.lineWidth = 4;
      context.strokeText(text, x, y);
      context.fillStyle = colors.label;
      context.fillText(text, x, y);
      break;
    }
  }
}

/** @type {(context: Context, x: number, y: number, colors: Colors) => void} */
function drawMinimum(context, x, y, colors) {
  for (const { color, width } of [
    { color: colors.surface, width: 5 },
    { color: colors.text, width: 2 },
  ]) {
    context.strokeStyle = color;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - 5, y - 5);
    context.lineTo(x + 5, y + 5);
    context.moveTo(x - 5, y + 5);
    context.lineTo(x + 5, y - 5);
    context.stroke();
  }
}

/** @type {(context: Context, landscape: Landscape, scale: Scale, colors: Colors) => void} */
export function drawGround(context, landscape, scale, colors) {
  const { box } = scale;
  drawAxes(context, scale, landscape, colors);
  context.save();
  clipToBox(context, box);
  if (landscape.kind === "contours") {
    drawShades(context, landscape.shades, box, colors);
    drawLines(context, landscape.lines, scale, colors);
    drawLevels(context, landscape.lines, scale, colors);
  } else {
    context.strokeStyle = colors.label;
    context.lineWidth = 2;
    context.lineJoin = "round";
    context.beginPath();
    traceLine(context, scale, landscape.curve.flat());
    context.stroke();
  }
  if (landscape.kind === "contours" && landscape.valley) {
    context.strokeStyle = colors.text;
    context.lineWidth = 1.5;
    context.setLineDash([6, 5]);
    context.beginPath();
    traceLine(context, scale, landscape.valley.flat());
    context.stroke();
    context.setLineDash([]);
  }
  context.restore();
  if (landscape.kind === "contours") {
    context.strokeStyle = colors.axis;
    context.lineWidth = 1;
    context.strokeRect(box.left + 0.5, box.top + 0.5, box.right - box.left - 1, box.bottom - box.top - 1);
  }
  for (const [x, y] of /** @type {number[][]} */ (landscape.minima || []))
    drawMinimum(context, scale.x(x), scale.y(y), colors);
}
