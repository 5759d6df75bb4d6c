// The weights of the first layer: which one is read, and how it is told. A place is { index, row, column }, its filter's
// number and where in it the weight stands, all counted from 0.
/** @import { Epochs } from "../payloads.js" */
/** @import { WeightPlace } from "./types.js" */

import { formatNumber, keepWithin } from "../../ui/components/numbers.js";

export const FIRST_WEIGHT = { index: 0, row: 0, column: 0 };

// Where a key leads from a place, null for a key that leads nowhere. `shape` is { count, rows, columns }.
/** @type {(place: WeightPlace, key: string, shape: { count: number, rows: number, columns: number }) => WeightPlace | null} */
export function moveWeight({ index, row, column }, key, { count, rows, columns }) {
  /** @type {Record<string, number[]>} */
  const moves = {
    ArrowUp: [index, row - 1, column],
    ArrowDown: [index, row + 1, column],
    ArrowLeft: [index, row, column - 1],
    ArrowRight: [index, row, column + 1],
    PageUp: [index - 1, row, column],
    PageDown: [index + 1, row, column],
  };
  const move = moves[key];
  return move
    ? {
        index: keepWithin(move[0], 0, count - 1),
        row: keepWithin(move[1], 0, rows - 1),
        column: keepWithin(move[2], 0, columns - 1),
      }
    : null;
}

// `values` are those of a filter after every epoch, one after the other.
/** @type {(values: Float32Array, shape: { rows: number, columns: number }, place: WeightPlace, epoch: number) => number} */
export function findWeight(values, { rows, columns }, { row, column }, epoch) {
  return values[(epoch * rows + row) * columns + column];
}

// A weight now and at first, "…" for a filter whose `values` are still on their way.
/** @type {(run: Epochs, place: WeightPlace, values: Float32Array | undefined, epoch: number) => string} */
export function describeWeight(run, place, values, epoch) {
  const { count, rows, classes, epochs } = run;
  const isOfClass = count === classes.length && rows === 28; // a layer with one unit a class, which sees the whole image
  const name = isOfClass ? `Unit for ${classes[place.index]}` : `No. ${place.index + 1}`;
  /** @type {(at: number) => string} */
  const tell = (at) => `${values ? formatNumber(findWeight(values, run, place, at)) : "\u2026"} ${epochs[at].label}`;
  return `${name}, row ${place.row + 1}, column ${place.column + 1}: ${tell(epoch)}${epoch && values ? `, ${tell(0)}` : ""}`;
}
