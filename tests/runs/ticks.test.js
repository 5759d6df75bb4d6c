import assert from "node:assert/strict";
import test from "node:test";

import { findSlot, keepTickable, MAX_TICKED, tick } from "../../app/runs/components/ticks.js";

test("Runs are compared in the order in which they were ticked; who leaves makes room", () => {
  let ticked = [];
  for (const id of ["b", "a", "c"]) ticked = tick(ticked, id, true);
  assert.deepEqual(ticked, ["b", "a", "c"]);
  ticked = tick(ticked, "b", false);
  assert.deepEqual(ticked, ["a", "c"]);
  assert.deepEqual(findSlot(ticked, "c"), { slot: 1, isFull: false });
});

test("No more are ticked than can be told apart", () => {
  const ids = Array.from({ length: 10 }, (_, number) => `run ${number}`);
  const ticked = keepTickable(ids, () => true);
  assert.equal(ticked.length, MAX_TICKED);
  assert.deepEqual(findSlot(ticked, "run 9"), { slot: -1, isFull: true });
  assert.deepEqual(findSlot(ticked, "run 7"), { slot: 7, isFull: false }, "one that is ticked can be taken back");
});

test("What has left the list is ticked no more", () => {
  assert.deepEqual(
    keepTickable(["a", "b", "c"], (id) => id !== "b"),
    ["a", "c"],
  );
});
