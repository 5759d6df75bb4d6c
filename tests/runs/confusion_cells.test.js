import assert from "node:assert/strict";
import test from "node:test";

import {
  describeCell,
  describeShades,
  findWorst,
  moveCell,
  shadeCell,
  tellMistakes,
} from "../../app/runs/components/confusion_cells.js";

test("The most frequent mistake is found off the diagonal, the first of two that are equal", () => {
  assert.deepEqual(
    findWorst([
      [90, 1, 3],
      [3, 80, 0],
      [0, 2, 99],
    ]),
    [0, 2],
  );
  assert.deepEqual(
    findWorst([
      [9, 0],
      [0, 9],
    ]),
    [0, 0],
    "without a mistake, the first cell",
  );
});

test("Keys move within the matrix and stay at its edges", () => {
  const moves = [
    ["ArrowUp", [6, 7]],
    ["ArrowDown", [8, 7]],
    ["ArrowLeft", [7, 6]],
    ["ArrowRight", [7, 8]],
    ["Home", [7, 0]],
    ["End", [7, 9]],
  ];
  for (const [key, place] of moves) assert.deepEqual(moveCell([7, 7], key, 9), place);
  assert.deepEqual(moveCell([0, 0], "ArrowUp", 9), [0, 0]);
  assert.deepEqual(moveCell([9, 9], "ArrowRight", 9), [9, 9]);
  assert.equal(moveCell([0, 0], "Enter", 9), null);
});

test("A cell says what it counts", () => {
  assert.equal(describeCell([1, 1], 1120, ["0", "1"]), "1 read correctly: 1120");
  assert.equal(describeCell([0, 1], 3, ["shirt", "coat"]), "shirt read as coat: 3");
  assert.equal(describeShades(1), "1 mistake in a cell; the diagonal is what was read correctly");
  assert.match(describeShades(1234), /^1 to 1,234 mistakes/);
  assert.deepEqual([shadeCell(20, 20), shadeCell(5, 20)], ["50%", "18.5%"]);
});

test("Where no mistakes are shown, it says why", () => {
  const run = { has_answers: true, mistakes: [], most: 0 };
  assert.equal(tellMistakes(run), "There is no mistake.");
  assert.match(tellMistakes({ ...run, most: 4 }), /not on this machine/);
  assert.match(tellMistakes({ ...run, has_answers: false }), /kept no answers/);
  assert.equal(tellMistakes({ ...run, most: 4, mistakes: [{}] }), "");
});
