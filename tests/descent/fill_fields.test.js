import assert from "node:assert/strict";
import test from "node:test";

import { fillFields } from "../../app/descent/components/fill_fields.js";

const NAMES = ["problem", "steps", "lr_2", "points"];
const TABLE = { headers: ["x", "y"], data: [[1, 2]] };
const SKIP = { __type__: "update" };

// Returns what the fields then hold, the races that were asked for, and what was noted as filled in.
function fill(fields, { sent = 0, typedAt = null, values = ["toy", 150, 0.5, TABLE] } = {}) {
  const asked = [];
  const page = typedAt && { typedAt, filled: {}, askForRace: (all) => asked.push(all) };
  globalThis.window = { glassboxDescent: page ?? undefined };
  return [fillFields(NAMES, { sent, fields }, ["Loss", ...values]), asked, page?.filled];
}

test("All fields of an answer are filled", () => {
  const points = [
    [3, 4],
    [5, 6],
  ];
  const fields = { problem: "line", steps: 100, lr_2: 0.25, points };
  const [filled, asked, noted] = fill(fields, { typedAt: {} });
  assert.deepEqual(filled, ["line", 100, 0.25, { ...TABLE, data: points }]);
  assert.deepEqual([asked, noted], [[], fields]);
});

test("While the player is not there, nobody has written anything", () => {
  assert.deepEqual(fill({ steps: 100 }), [[SKIP, 100, SKIP, SKIP], [], undefined]);
});

test("A field that was written in since keeps it, and the race is run anew with it", () => {
  const [filled, asked, noted] = fill({ steps: 100, lr_2: 0.25 }, { sent: 3, typedAt: { lr_2: 4, steps: 2 } });
  assert.deepEqual(filled, [SKIP, 100, SKIP, SKIP]);
  assert.deepEqual(asked, [["Loss", "toy", 100, 0.5, TABLE]]);
  assert.deepEqual(noted, { steps: 100 });
});

test("Where another problem was chosen since, its own answer will come", () => {
  const [filled, asked] = fill({ problem: "line", steps: 100 }, { sent: 3, typedAt: { problem: 4 } });
  assert.deepEqual(filled, [SKIP, 100, SKIP, SKIP]);
  assert.deepEqual(asked, []);
});

test("A field that is to be empty is emptied, also where Gradio shows 0 in it", () => {
  const [filled] = fill({ lr_2: null }, { values: ["toy", 150, null, TABLE] });
  assert.deepEqual(filled, [SKIP, SKIP, null, SKIP]);
});
