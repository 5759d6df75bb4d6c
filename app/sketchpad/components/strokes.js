// Strokes: lists of points [x, y] in the pad's own pixels. What is measured, cut and left out of them.
/** @import { Point, Stroke } from "./types.js" */

import { keepWithin } from "../../ui/components/numbers.js";

export const PAD_PX = 280; // side of the pad, in the pixels that a stroke's coordinates count
const CUT_PX = 2; // a stroke is cut to about this
const SHORTEST_PX = 3; // a shorter piece that is left over is no stroke

/** @type {(value: number) => number} */
export const roundTenth = (value) => Math.round(value * 10) / 10;
/** @type {(strokes: Stroke[]) => Stroke[]} */
export const copyStrokes = (strokes) => strokes.map((stroke) => stroke.map(([x, y]) => [x, y]));

/** @type {(stroke: Stroke) => number} */
export function measureStroke(stroke) {
  return stroke.reduce((sum, [x, y], i) => (i ? sum + Math.hypot(x - stroke[i - 1][0], y - stroke[i - 1][1]) : 0), 0);
}

// Distance of a point from the way between two points.
/** @type {(point: Point, from: Point, to: Point) => number} */
export function measureDistance([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy;
  const share = length ? keepWithin(((x - x0) * dx + (y - y0) * dy) / length, 0, 1) : 0;
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}

// The same line with points close enough to be cut anywhere.
/** @type {(stroke: Stroke) => Stroke} */
export function refineStroke(stroke) {
  const fine = [stroke[0]];
  for (let i = 1; i < stroke.length; i += 1) {
    const [[x0, y0], [x1, y1]] = [stroke[i - 1], stroke[i]];
    const parts = Math.ceil(Math.hypot(x1 - x0, y1 - y0) / CUT_PX);
    for (let part = 1; part < parts; part += 1) {
      fine.push([roundTenth(x0 + ((x1 - x0) * part) / parts), roundTenth(y0 + ((y1 - y0) * part) / parts)]);
    }
    fine.push(stroke[i]);
  }
  return fine;
}

// What is left of strokes where a circle has passed from one point to another; null where it touched none.
/** @type {(strokes: Stroke[], from: Point, to: Point, radius: number) => Stroke[] | null} */
export function eraseAlong(strokes, from, to, radius) {
  let isTouched = false;
  /** @type {Stroke[]} */
  const left = [];
  for (const stroke of strokes) {
    const fine = refineStroke(stroke);
    const keeps = fine.map((point) => measureDistance(point, from, to) > radius);
    if (keeps.every(Boolean)) {
      left.push(stroke);
      continue;
    }
    isTouched = true;
    /** @type {Stroke} */
    let piece = [];
    fine.forEach((point, i) => {
      if (keeps[i]) piece.push(point);
      if (!keeps[i] || i === fine.length - 1) {
        if (measureStroke(piece) >= SHORTEST_PX) left.push(piece);
        piece = [];
      }
    });
  }
  return isTouched ? left : null;
}

// The first `count` points of strokes, in the order in which they were drawn.
/** @type {(strokes: Stroke[], count: number) => Stroke[]} */
export function takePoints(strokes, count) {
  /** @type {Stroke[]} */
  const taken = [];
  for (const stroke of strokes) {
    if (count > 0) taken.push(stroke.slice(0, count));
    count -= stroke.length;
  }
  return taken;
}

// The points of a stroke without those nearer than this to the way between others (Ramer, Douglas and Peucker).
/** @type {(points: Stroke, nearest: number) => Stroke} */
export function thinStroke(points, nearest) {
  const isKept = new Uint8Array(points.length);
  const open = [[0, points.length - 1]];
  for (let span = open.pop(); span; span = open.pop()) {
    const [first, last] = span;
    isKept[first] = isKept[last] = 1;
    let farthest = -1;
    let most = nearest;
    for (let i = first + 1; i < last; i += 1) {
      const distance = measureDistance(points[i], points[first], points[last]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest > 0) open.push([first, farthest], [farthest, last]);
  }
  return points.filter((_, i) => isKept[i]);
}
