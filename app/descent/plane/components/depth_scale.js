// Where the numbers of a deep network's layers stand in a small picture, and how they are told.
/** @import { PlaneDepthCurve } from "../payloads.js" */

import { formatNumber, superscript } from "../../../ui/components/numbers.js";

const [LOW, HIGH] = [-10, 4]; // powers of ten that are drawn; what lies beyond stands at the edge
export const [WIDTH, HEIGHT] = [90, 56];

// Null where there is no number.
/** @type {(value: number | null) => number | null} */
export function placeSize(value) {
  if (value === null) return null;
  const power = value > 0 ? Math.min(HIGH, Math.max(LOW, Math.log10(value))) : LOW;
  return HEIGHT * (1 - (power - LOW) / (HIGH - LOW));
}

// The path of a curve over the layers, the first at the left and the `longest`th at the right.
/** @type {(values: (number | null)[], longest: number) => string} */
export function drawSizes(values, longest) {
  let path = "";
  let isOn = false;
  values.forEach((value, index) => {
    const y = placeSize(value);
    const x = (WIDTH * index) / (longest - 1);
    if (y !== null) path += `${isOn ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isOn = y !== null;
  });
  return path;
}

/** @type {(curve: PlaneDepthCurve, values: (number | null)[]) => string} */
export function tellSizes(curve, values) {
  const [first, last] = [values[0], values[values.length - 1]].map((value) =>
    value === null ? "no number" : formatNumber(value),
  );
  return `${curve.depth} layers: ${first} in the first, ${last} in the last`;
}

// How dark a curve is, by its place among those of a cell: the deepest network's darkest.
/** @type {(index: number, count: number) => string} */
export const shadeCurve = (index, count) => `${0.4 + (0.6 * index) / (count - 1)}`;

// What lies across and up in a picture.
/** @type {(longest: number) => string} */
export const tellAxes = (longest) =>
  `Across: the hidden layers, from the first at the left to layer ${longest} at the right edge. ` +
  `Up: powers of ten, from 10${superscript(LOW)} or less at the bottom to 10${superscript(HIGH)} or more at the top; ` +
  "the dashed line is at 1. A curve ends where its network does, or where a number is no longer finite.";
