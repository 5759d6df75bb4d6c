// The order of the comparison's rows.
/** @import { Cells, Sorting } from "./types.js" */

const AS_TICKED = -1; // in place of a column

export const FIRST_SORTING = { column: AS_TICKED, isAscending: true };

// `rows` are lists of cells { value }, one of each run. A column that is not there any more sorts nothing.
/** @type {(sorting: Sorting, numColumns: number) => Sorting} */
export function keepSorting(sorting, numColumns) {
  return sorting.column < numColumns ? sorting : FIRST_SORTING;
}

// A press on a column's head: words begin with the first of them, numbers with the largest; a second press turns it round.
/** @type {(sorting: Sorting, column: number, rows: Cells[]) => Sorting} */
export function turnSorting(sorting, column, rows) {
  const isText = column === AS_TICKED || rows.some((row) => typeof row[column].value === "string");
  return { column, isAscending: sorting.column === column ? !sorting.isAscending : isText };
}

// The rows' places in their new order. What is known comes first, whichever way it is sorted.
/** @type {(sorting: Sorting, rows: Cells[]) => number[]} */
export function orderRows({ column, isAscending }, rows) {
  /** @type {(place: number) => any} */
  const findValue = (place) => (column === AS_TICKED ? place : rows[place][column].value);
  /** @type {(a: any, b: any) => number} */
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b) * (isAscending ? 1 : -1);
  return rows
    .map((_, place) => place)
    .sort((one, other) => {
      const [a, b] = [findValue(one), findValue(other)];
      return Number(a === null) - Number(b === null) || (a === null ? 0 : compare(a, b)) || one - other;
    });
}

// How a screen reader names the order of a column.
/** @type {(sorting: Sorting, column: number) => string} */
export function describeOrder(sorting, column) {
  if (column !== sorting.column) return "none";
  return sorting.isAscending ? "ascending" : "descending";
}
