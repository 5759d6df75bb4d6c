// Points that a visitor sets by hand: each is x, y and its class.
/** @import { PlanePoints } from "../payloads.js" */
/** @import { Kind } from "./types.js" */

import { RANGE, roundPlace } from "./plane_place.js";

const KEPT = 0.8; // of the most that there may be, so that there is room to paint
export const NUM_CLASSES = 4;

// The points that are shown, to go on from; of very many the first ones. A value counts as class 1 above 0.
/** @type {(points: PlanePoints, kind: Kind, limit: number) => number[][]} */
export function copyPoints({ x, y, labels }, kind, limit) {
  const count = x.length > limit ? Math.floor(KEPT * limit) : x.length;
  return Array.from({ length: count }, (_, index) => [
    roundPlace(x[index]),
    roundPlace(y[index]),
    kind === "values" ? Number(labels[index] > 0) : labels[index],
  ]);
}

// As they are drawn until Python says which ones are for testing: those that were still are.
/** @type {(own: number[][], before: PlanePoints) => PlanePoints} */
export function showOwn(own, before) {
  const tested = new Set(before.x.flatMap((x, index) => (before.is_test[index] ? [nameOf(x, before.y[index])] : [])));
  return {
    x: own.map(([x]) => x),
    y: own.map(([, y]) => y),
    labels: own.map(([, , label]) => label),
    is_test: own.map(([x, y]) => tested.has(nameOf(x, y))),
  };
}

/** @type {(x: number, y: number) => string} */
const nameOf = (x, y) => `${roundPlace(x)},${roundPlace(y)}`;

// The place in the list of the nearest point; −1 where none is so near.
/** @type {(own: number[][], at: number[], within: number) => number} */
export function findNearest(own, [x, y], within) {
  let [nearest, least] = [-1, within];
  own.forEach((point, index) => {
    const distance = Math.hypot(point[0] - x, point[1] - y);
    if (distance <= least) [nearest, least] = [index, distance];
  });
  return nearest;
}

// Rows pasted from a spreadsheet, x, y and class each, with or without a line of headings. Null where the text is no table;
// throws an Error that says what to paste instead.
/** @type {(text: string, readNumber: (text: string) => number, limit: number) => number[][] | null} */
export function readPastedClasses(text, readNumber, limit) {
  const lines = text.split(/\r\n|\r|\n/).filter((line) => line.trim());
  const separator = [/\t/, /;/, / +/].find((one) => one.test(text.trim()));
  if (lines.length < 2 || !separator) return null;
  const rows = lines.map((line) => line.trim().split(separator));
  /** @type {(cell: string) => number} */
  const read = (cell) => {
    try {
      return readNumber(cell);
    } catch {
      return Number.NaN;
    }
  };
  if (rows[0].every((cell) => Number.isNaN(read(cell)))) rows.shift();
  const odd = rows.find((row) => row.length !== 3);
  if (odd) throw new Error(`What was pasted has a row of ${odd.length} columns: copy three, x, y and class.`);
  if (rows.length < 2 || rows.length > limit)
    throw new Error(`What was pasted has ${rows.length} points: copy 2 to ${limit}.`);
  return rows.map((row, index) => {
    const [x, y, label] = row.map(read);
    for (const [name, value, cell] of /** @type {[string, number, string][]} */ ([
      ["x", x, row[0]],
      ["y", y, row[1]],
    ])) {
      if (!(Math.abs(value) <= RANGE))
        throw new Error(
          `Row ${index + 1} of what was pasted: ${name} is '${cell}', and may be \u2212${RANGE} to ${RANGE}.`,
        );
    }
    if (!Number.isInteger(label) || label < 0 || label >= NUM_CLASSES)
      throw new Error(
        `Row ${index + 1} of what was pasted: the class is '${row[2]}', and may be 0 to ${NUM_CLASSES - 1}.`,
      );
    return [roundPlace(x), roundPlace(y), label];
  });
}
