import assert from "node:assert/strict";
import test from "node:test";

import {
  describeOrder,
  FIRST_SORTING,
  keepSorting,
  orderRows,
  turnSorting,
} from "../../app/runs/components/table_order.js";

const ROWS = [
  ["Adam", 0.9],
  ["SGD", null],
  ["adam W", 0.97],
  ["Momentum", 0.9],
].map((cells) => cells.map((value) => ({ value })));
const [NAME, ACCURACY, AS_TICKED] = [0, 1, -1];

test("At first rows stand as they were ticked; a press on Run turns them round, and back", () => {
  assert.deepEqual(orderRows(FIRST_SORTING, ROWS), [0, 1, 2, 3]);
  const turned = turnSorting(FIRST_SORTING, AS_TICKED, ROWS);
  assert.deepEqual(orderRows(turned, ROWS), [3, 2, 1, 0]);
  assert.deepEqual(orderRows(turnSorting(turned, AS_TICKED, ROWS), ROWS), [0, 1, 2, 3]);
});

test("Numbers begin with the largest; of two that are equal the one ticked first stands first; what is unknown comes last", () => {
  const sorting = turnSorting(FIRST_SORTING, ACCURACY, ROWS);
  assert.deepEqual(orderRows(sorting, ROWS), [2, 0, 3, 1]);
  assert.deepEqual(orderRows(turnSorting(sorting, ACCURACY, ROWS), ROWS), [0, 3, 2, 1]);
});

test("Words begin with the first of them", () => {
  const sorting = turnSorting(FIRST_SORTING, NAME, ROWS);
  assert.deepEqual(orderRows(sorting, ROWS), [0, 2, 3, 1]);
  assert.deepEqual(orderRows(turnSorting(sorting, NAME, ROWS), ROWS), [1, 3, 2, 0]);
});

test("A column that is there no more sorts nothing", () => {
  const sorting = turnSorting(FIRST_SORTING, ACCURACY, ROWS);
  assert.equal(keepSorting(sorting, 2), sorting);
  assert.equal(keepSorting(sorting, 1), FIRST_SORTING);
});

test("A screen reader hears which column is sorted, and how", () => {
  const sorting = turnSorting(FIRST_SORTING, ACCURACY, ROWS);
  assert.deepEqual(
    [AS_TICKED, NAME, ACCURACY].map((column) => describeOrder(sorting, column)),
    ["none", "none", "descending"],
  );
  assert.equal(describeOrder(FIRST_SORTING, AS_TICKED), "ascending");
});
