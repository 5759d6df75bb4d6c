import assert from "node:assert/strict";
import test from "node:test";

import { skipIdleLoads } from "../../app/server/components/idle_loads.js";

// As Gradio describes functions: 1 reads two parameters, 4 all; 2 follows 1, and 3 follows 2.
const describe = () => [
  {
    id: 1,
    targets: [
      [0, "load"],
      [7, "click"],
    ],
    address_names: ["a", "b"],
  },
  { id: 2, targets: [[null, "then"]], trigger_after: 1 },
  { id: 3, targets: [[null, "then"]], trigger_after: 2 },
  { id: 4, targets: [[0, "load"]], address_names: [] },
  { id: 5, targets: [[0, "load"]] },
];

/** Which functions the page's load raises at an address. */
const raise = (query) => {
  const functions = describe();
  skipIdleLoads(functions, query);
  assert.ok(functions.every((each) => !("address_names" in each)));
  assert.deepEqual(functions[0].targets.at(-1), [7, "click"]);
  return functions.filter(({ targets }) => targets.some(([, event]) => event === "load")).map(({ id }) => id);
};

test("A function is asked where the address has one of its parameters, or any if it reads all", () => {
  for (const query of ["?a=1", "?b=", "?c=2&b=1", "?%61"]) assert.deepEqual(raise(query), [1, 4, 5]);
});

test("Elsewhere what follows it comes in its place", () => {
  assert.deepEqual(raise(""), [2, 5]);
  for (const query of ["?c=a", "?A=1&aa=b"]) assert.deepEqual(raise(query), [2, 4, 5]);
});

test("Functions of which nothing is known are left as they are", () => {
  const functions = describe().map(({ address_names: _, ...each }) => each);
  const before = structuredClone(functions);
  skipIdleLoads(functions, "");
  assert.deepEqual(functions, before);
});
