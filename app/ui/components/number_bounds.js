// What a field of one number takes, what it says of what it does not take, and how its arrow keys step. `bounds` are
// { low, high, step, isWhole, isAbove, byFactor, byDoubling }: `isAbove` leaves `low` itself out.
/** @import { Bounds } from "./types.js" */

import { readNumber } from "./read_number.js";

const LEAST = 1e-5; // where a number that grows by a factor leaves 0

/** @type {(value: number) => string} */
const write = (value) => value.toLocaleString("en-US", { maximumSignificantDigits: 15 });

/** @type {(value: number, bounds: Bounds) => boolean} */
function isWithin(value, { low, high, isAbove }) {
  return value <= high && (isAbove ? value > low : value >= low);
}

// What is wrong with a field's text, "" for nothing.
/** @type {(text: string, bounds: Bounds) => string} */
export function explainNumber(text, bounds) {
  if (text === "") return "";
  let value;
  try {
    value = readNumber(text);
  } catch (mistake) {
    return /** @type {Error} */ (mistake).message;
  }
  if (isWithin(value, bounds) && (!bounds.isWhole || Number.isInteger(value))) return "";
  return `This cannot be ${text}: enter ${bounds.isWhole ? "a whole number" : "a number"}${describeRange(bounds)}.`;
}

/** @type {(bounds: Bounds) => string} */
function describeRange({ low, high, isAbove }) {
  const [hasLow, hasHigh] = [low > -Infinity, high < Infinity];
  if (isAbove) return ` above ${write(low)}${hasHigh ? ` and at most ${write(high)}` : ""}`;
  if (hasLow && hasHigh) return ` from ${write(low)} to ${write(high)}`;
  if (hasLow) return ` of at least ${write(low)}`;
  return hasHigh ? ` of at most ${write(high)}` : "";
}

// The number after a step up (way 1) or down (-1), or after a long one, within the bounds.
/** @type {(value: number, way: 1 | -1, isLong: boolean, bounds: Bounds) => number} */
export function stepNumber(value, way, isLong, bounds) {
  const { low, high, isAbove, byFactor, byDoubling } = bounds;
  let stepped = value;
  for (let left = isLong ? (byFactor ? 3 : byDoubling ? 1 : 10) : 1; left > 0; left -= 1)
    stepped = stepOnce(stepped, way, bounds);
  return isAbove && stepped <= low ? value : Math.max(low, Math.min(high, stepped));
}

/** @type {(value: number, way: 1 | -1, bounds: Bounds) => number} */
function stepOnce(value, way, bounds) {
  if (bounds.byFactor || bounds.byDoubling) {
    const next = stepByFactor(value, way, bounds.byFactor);
    return bounds.byFactor && next < LEAST && way < 0 && isWithin(0, bounds) ? 0 : next;
  }
  const base = bounds.low > -Infinity ? bounds.low : 0;
  const places = (value - base) / bounds.step;
  const next = way > 0 ? Math.floor(places + 1e-9) + 1 : Math.ceil(places - 1e-9) - 1;
  return Number((base + next * bounds.step).toPrecision(12));
}

// The next of 1, 2, 5, 10, 20, … (`digits`), or of 1, 2, 4, 8, …; 0 is below the least of them.
/** @type {(value: number, way: 1 | -1, digits: boolean) => number} */
function stepByFactor(value, way, digits) {
  if (value <= 0) return way > 0 ? (digits ? LEAST : 1) : value;
  const power = digits ? Math.floor(Math.log10(value) + 1e-9) : 0;
  const steps = digits
    ? [-1, 0, 1].flatMap((by) => [1, 2, 5].map((digit) => Number(`${digit}e${power + by}`)))
    : [0, 1, 2].map((by) => 2 ** (Math.floor(Math.log2(value)) + by)).concat(2 ** (Math.ceil(Math.log2(value)) - 1));
  const near = value * 1e-9;
  return way > 0
    ? Math.min(...steps.filter((step) => step > value + near))
    : Math.max(...steps.filter((step) => step < value - near));
}
