// A visitor's digits as data: what one has to be, and a file of them.
/** @import { Digit, KeptDigit, Stroke } from "./types.js" */

import { isNumber, keepWithin, WHOLE } from "../../ui/components/numbers.js";
import { PAD_PX, roundTenth, thinStroke } from "./strokes.js";

export const SCHEMA = "glassbox-digits-1";
export const MAX_DIGITS = 500;
const MAX_STROKES = 500;
const MAX_POINTS = 5_000; // of one drawing
const THIN_PX = 0.25; // a point nearer to the line between its neighbours than this is left out

/** @type {(digit: number) => string} */
export const nameDigit = (digit) => (digit === 8 ? "an 8" : `a ${digit}`);
/** @type {(count: number, noun: string) => string} */
export const countWords = (count, noun) => `${WHOLE.format(count)} ${noun}${count === 1 ? "" : "s"}`;

// What somebody wrote instead of what was wanted, short.
/** @type {(value: unknown) => string} */
function quote(value) {
  try {
    return String(JSON.stringify(value) ?? value).slice(0, 24);
  } catch {
    return "a list in lists without end"; // deeper than the browser can follow
  }
}

// ---- One drawing

// Check what claims to be a kept drawing. Returns { digit }, in pad pixels, or { error }, a sentence.
/** @type {(entry: any) => { digit: Digit, error?: undefined } | { digit?: undefined, error: string }} */
export function checkDigit(entry) {
  if (typeof entry !== "object" || entry === null) return { error: "it is no drawing." };
  const { label, size, strokes, time } = entry;
  if (!Number.isInteger(label) || label < 0 || label > 9) {
    return { error: `its label is ${quote(label)}; it must be a whole number from 0 to 9.` };
  }
  if (!isNumber(size) || size < 1 || size > 10_000) {
    return { error: `its size is ${quote(size)}; it must be a number from 1 to 10,000.` };
  }
  if (time !== undefined && !(typeof time === "string" && Number.isFinite(Date.parse(time)))) {
    return { error: `its time is ${quote(time)}; it must be like ${quote("2026-01-31T12:00:00Z")}.` };
  }
  const { taken, error } = checkStrokes(strokes, size);
  if (!taken) return { error };
  const when = new Date(time === undefined ? Date.now() : time).toISOString();
  return { digit: { label, size: PAD_PX, time: when, strokes: taken } };
}

/** @type {(strokes: any, size: number) => { taken: Stroke[], error?: undefined } | { taken?: undefined, error: string }} */
function checkStrokes(strokes, size) {
  if (!Array.isArray(strokes) || !strokes.length) return { error: "it has no strokes." };
  if (strokes.length > MAX_STROKES) return { error: `it has more than ${MAX_STROKES} strokes.` };
  if (!strokes.every((stroke) => Array.isArray(stroke) && stroke.length)) {
    return { error: "one of its strokes is no list of points." };
  }
  if (strokes.reduce((sum, stroke) => sum + stroke.length, 0) > MAX_POINTS) {
    return { error: `it has more than ${WHOLE.format(MAX_POINTS)} points.` };
  }
  /** @type {(point: any) => boolean} */
  const isPoint = (point) =>
    Array.isArray(point) &&
    point.length === 2 &&
    point.every((value) => isNumber(value) && value >= -size && value <= 2 * size);
  const wrong = strokes.flat().find((point) => !isPoint(point));
  if (wrong !== undefined) return { error: `it has the point ${quote(wrong)}; x and y must be from 0 to ${size}.` };
  const scale = PAD_PX / size;
  /** @type {(value: number) => number} */
  const place = (value) => keepWithin(roundTenth(value * scale), 0, PAD_PX);
  return {
    taken: strokes.map((/** @type {Stroke} */ stroke) =>
      thinStroke(
        stroke.map(([x, y]) => [place(x), place(y)]),
        THIN_PX,
      ),
    ),
  };
}

// What makes two drawings the same one.
/** @param {Digit} digit */
const write = ({ label, strokes }) => `${label}${JSON.stringify(strokes)}`;

/** @type {(one: Digit, other: Digit) => boolean} */
export function isSameDrawing(one, other) {
  return write(one) === write(other);
}

export function newId() {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}

// ---- As a file

/** @param {Digit[]} digits */
export function writeExport(digits) {
  const lines = digits.map(({ label, size, time, strokes }) => JSON.stringify({ label, size, time, strokes }));
  const exported = new Date().toISOString();
  return `{"schema": "${SCHEMA}", "exported": "${exported}", "digits": [\n${lines.join(",\n")}\n]}\n`;
}

// Read a file's text. Returns { digits, known, errors } or { error }: the drawings to add, how many of those in the file
// are in `present` already, and for each entry that is wrong a sentence.
/** @type {(text: string, present: Digit[]) => { error: string, digits?: undefined } | { digits: KeptDigit[], known: number, errors: string[], error?: undefined }} */
export function readExport(text, present) {
  let file;
  try {
    file = JSON.parse(text);
  } catch {
    return { error: "it is not JSON. Choose a file that Export has written." };
  }
  if (typeof file !== "object" || file === null || file.schema !== SCHEMA || !Array.isArray(file.digits)) {
    return { error: `it does not hold digits: its schema is ${quote(file?.schema)}, not ${quote(SCHEMA)}.` };
  }
  /** @type {KeptDigit[]} */
  const digits = [];
  /** @type {string[]} */
  const errors = [];
  let known = 0;
  const seen = new Set(present.map(write));
  for (const [index, entry] of file.digits.entries()) {
    const { digit, error } = checkDigit(entry);
    if (!digit) {
      errors.push(`Entry ${index + 1}: ${error}`);
      continue;
    }
    const mark = write(digit);
    if (seen.has(mark)) known += 1;
    else if (present.length + digits.length >= MAX_DIGITS) {
      errors.push(`Entry ${index + 1} and those after it: ${MAX_DIGITS} drawings are kept at most.`);
      break;
    } else {
      seen.add(mark);
      digits.push({ id: newId(), ...digit });
    }
  }
  return { digits, known, errors };
}
