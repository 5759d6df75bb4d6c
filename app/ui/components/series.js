// What tells optimizers apart: a colour and, for eyes that do not tell these colours apart, a shape.
/** @import { Context } from "./types.js" */

export const SERIES_COLORS = [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `--gb-series-${number}`);
export const SERIES_SHAPES = [
  "M6 0A6 6 0 1 1 -6 0A6 6 0 1 1 6 0Z",
  "M-5.2 -5.2H5.2V5.2H-5.2Z",
  "M0 -7L6.6 5H-6.6Z",
  "M0 -7.2L7.2 0L0 7.2L-7.2 0Z",
  "M0 7L6.6 -5H-6.6Z",
  "M-2.2 -6.8H2.2V-2.2H6.8V2.2H2.2V6.8H-2.2V2.2H-6.8V-2.2H-2.2Z",
  "M0 -7.4L2 -2.4L7 -2.3L3 1L4.4 6.2L0 3.2L-4.4 6.2L-3 1L-7 -2.3L-2 -2.4Z",
  "M-6.6 -3.4H6.6V3.4H-6.6Z",
];
export const ARROW_HEAD = "M4 0L-9 7L-5 0L-9 -7Z";
/** @type {Record<string, Path2D>} */
const PATHS = {}; // made when a shape is first drawn

// `shape` is one of these texts.
/** @type {(context: Context, shape: string, x: number, y: number, look: { color: string, halo: string, size?: number, angle?: number }) => void} */
export function drawShape(context, shape, x, y, { color, halo, size = 1, angle = 0 }) {
  const path = (PATHS[shape] ??= new Path2D(shape));
  context.save();
  context.translate(x, y);
  context.rotate(angle);
  context.scale(size, size);
  context.lineJoin = "round";
  context.lineWidth = 3 / size;
  context.strokeStyle = halo;
  context.stroke(path);
  context.fillStyle = color;
  context.fill(path);
  context.restore();
}

/** @type {(slot: number) => SVGElement} */
export function buildSwatch(slot) {
  const space = "http://www.w3.org/2000/svg";
  const swatch = document.createElementNS(space, "svg");
  const shape = swatch.appendChild(document.createElementNS(space, "path"));
  swatch.setAttribute("viewBox", "-9 -9 18 18");
  swatch.setAttribute("aria-hidden", "true");
  shape.setAttribute("d", SERIES_SHAPES[slot]);
  shape.style.fill = `var(${SERIES_COLORS[slot]})`;
  return swatch;
}
