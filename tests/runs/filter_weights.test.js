import assert from "node:assert/strict";
import test from "node:test";

import { describeWeight, FIRST_WEIGHT, findWeight, moveWeight } from "../../app/runs/components/filter_weights.js";
import { findNextIndex, readIndex } from "../../app/runs/components/image_index.js";

const EPOCHS = [{ label: "before training" }, { label: "after epoch 1" }];
const RUN = { count: 8, rows: 2, columns: 3, classes: ["a", "b"], epochs: EPOCHS };
const VALUES = Float32Array.from([0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15]); // two epochs of one filter

test("Keys move between weights and filters, and stay at the edges", () => {
  const place = { index: 3, row: 1, column: 1 };
  const moves = {
    ArrowUp: { row: 0 },
    ArrowDown: {},
    ArrowLeft: { column: 0 },
    ArrowRight: { column: 2 },
    PageUp: { index: 2 },
    PageDown: { index: 4 },
  };
  for (const [key, change] of Object.entries(moves))
    assert.deepEqual(moveWeight(place, key, RUN), { ...place, ...change });
  assert.deepEqual(moveWeight(FIRST_WEIGHT, "PageUp", RUN), FIRST_WEIGHT);
  assert.equal(moveWeight(place, "a", RUN), null);
});

test("A weight is found after each epoch, and told with what it began as", () => {
  const place = { index: 2, row: 1, column: 0 };
  assert.deepEqual(
    [0, 1].map((epoch) => findWeight(VALUES, RUN, place, epoch)),
    [3, 13],
  );
  assert.equal(describeWeight(RUN, place, VALUES, 0), "No. 3, row 2, column 1: 3 before training");
  assert.equal(describeWeight(RUN, place, VALUES, 1), "No. 3, row 2, column 1: 13 after epoch 1, 3 before training");
  assert.equal(describeWeight(RUN, place, undefined, 1), "No. 3, row 2, column 1: \u2026 after epoch 1");
});

test("A unit that sees the whole image for one class has its name", () => {
  const run = { ...RUN, count: 2, rows: 28, columns: 28 };
  assert.match(describeWeight(run, { index: 1, row: 0, column: 0 }, undefined, 0), /^Unit for b, row 1/);
});

test("An image's number as it is typed", () => {
  assert.equal(readIndex("12"), 12);
  assert.equal(readIndex("-3"), -3, "Python says what is wrong with it");
  assert.equal(readIndex(""), null);
  assert.equal(readIndex("1,5x"), "1,5x");
  assert.deepEqual(
    [
      ["7", 999],
      ["", 999],
      ["-9", 999],
      ["2.6", 999],
      ["x", 999],
      ["999", 999],
    ].map((given) => findNextIndex(...given)),
    [8, 1, 1, 4, 1, 999],
  );
});
