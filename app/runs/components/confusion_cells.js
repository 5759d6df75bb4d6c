// Cells of a confusion matrix: a row for what was shown, a column for what was answered.
/** @import { Results } from "../payloads.js" */
/** @import { CellPlace } from "./types.js" */

import { formatNumber, keepWithin } from "../../ui/components/numbers.js";

// The most frequent mistake, as [row, column]; the first of two that are equally frequent.
/** @type {(matrix: number[][]) => CellPlace} */
export function findWorst(matrix) {
  /** @type {CellPlace} */
  let worst = [0, 0];
  let most = 0;
  for (const [row, counts] of matrix.entries()) {
    for (const [column, count] of counts.entries()) {
      if (row === column || count <= most) continue;
      most = count;
      worst = [row, column];
    }
  }
  return worst;
}

// Where a key leads from a cell, null for a key that leads nowhere.
/** @type {(place: CellPlace, key: string, last: number) => CellPlace | null} */
export function moveCell([row, column], key, last) {
  /** @type {Record<string, CellPlace>} */
  const moves = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [row, 0],
    End: [row, last],
  };
  const move = moves[key];
  return move ? [keepWithin(move[0], 0, last), keepWithin(move[1], 0, last)] : null;
}

// How much of a cell's colour is seen.
/** @type {(count: number, most: number) => string} */
export function shadeCell(count, most) {
  return `${8 + (42 * count) / most}%`;
}

/** @type {(place: CellPlace, count: number, classes: string[]) => string} */
export function describeCell([row, column], count, classes) {
  return row === column
    ? `${classes[row]} read correctly: ${count}`
    : `${classes[row]} read as ${classes[column]}: ${count}`;
}

/** @type {(most: number) => string} */
export function describeShades(most) {
  return most === 1
    ? "1 mistake in a cell; the diagonal is what was read correctly"
    : `1 to ${formatNumber(most)} mistakes in a cell; the diagonal is what was read correctly`;
}

// Why no mistakes are shown, "" where they are.
/** @type {(run: Pick<Results, "has_answers" | "mistakes" | "most">) => string} */
export function tellMistakes({ has_answers: hasAnswers, mistakes, most }) {
  if (!hasAnswers) return "This run has kept no answers, only their counts. A new run keeps them.";
  if (mistakes.length) return "";
  return most ? "The test images are not on this machine, so they cannot be shown." : "There is no mistake.";
}
