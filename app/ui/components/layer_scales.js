// Where the numbers of the layers stand on their scales, and how they are written.

/** @import { LayerMoment } from "../payloads.js" */
/** @import { LayerScale } from "./types.js" */

import { formatNumber } from "./numbers.js";

export const [GRADIENT, UPDATE, STUCK, SPREAD] = [0, 1, 2, 3]; // the columns of app/ui/payloads.py
const LEAST_DECADES = 2; // so that a column of nearly equal numbers does not look like large differences

// Each column but the dead units has powers of ten between which all numbers of some moments lie; null where there is none.
/** @type {(moments: LayerMoment[]) => (LayerScale | null)[]} */
export function findScales(moments) {
  return [GRADIENT, UPDATE, STUCK, SPREAD].map((column) => {
    const values = moments.flatMap(({ layers }) => layers.map((row) => row[column]));
    const numbers = values.filter((value) => typeof value === "number" && value > 0).map(Number);
    if (!numbers.length) return null;
    const high = Math.ceil(Math.log10(Math.max(...numbers))) || 0; // and not -0
    return { low: Math.min(Math.floor(Math.log10(Math.min(...numbers))), high - LEAST_DECADES), high };
  });
}

// From 0 to 1, where a bar ends; null where there is no number. What is infinite or NaN fills its bar.
/** @type {(value: number | string | null, column: number, scales: (LayerScale | null)[], numUnits: number) => number | null} */
export function placeValue(value, column, scales, numUnits) {
  if (value === null) return null;
  if (typeof value === "string") return 1;
  if (column === STUCK) return Math.min(1, value / numUnits);
  const scale = scales[column];
  if (!scale || value <= 0) return 0;
  return (Math.log10(value) - scale.low) / (scale.high - scale.low);
}

/** @type {(value: number | string | null, column: number, numUnits: number) => string} */
export function describeValue(value, column, numUnits) {
  if (value === null) return "\u2013";
  if (typeof value === "string") return value;
  return column === STUCK ? `${formatNumber(value)} of ${formatNumber(numUnits)}` : formatNumber(value);
}
