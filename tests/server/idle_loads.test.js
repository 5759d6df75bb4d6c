import assert from "node:assert/strict";
import test from "node:test";

import { skipIdleLoads } from "../../app/server/components/idle_loads.js";

const reading = { names: [], stored: [], usual: {} };
// As Gradio describes functions: 1 reads two parameters, 4 all; 2 follows 1, and 3 follows 2. 6 reads what is stored too, and
// 7 all but a tab that there is.
const describe = () => [
  {
    id: 1,
    targets: [
      [0, "load"],
      [7, "click"],
    ],
    reading: { ...reading, names: ["a", "b"] },
  },
  { id: 2, targets: [[null, "then"]], trigger_after: 1 },
  { id: 3, targets: [[null, "then"]], trigger_after: 2 },
  { id: 4, targets: [[0, "load"]], reading },
  { id: 5, targets: [[0, "load"]] },
  { id: 6, targets: [[0, "load"]], reading: { ...reading, names: ["layers"], stored: ["network"] } },
  { id: 7, targets: [[0, "load"]], reading: { ...reading, usual: { tab: ["runs", "descent"] } } },
];

/** Which functions the page's load raises at an address. */
const raise = (query, stored = []) => {
  const functions = describe();
  skipIdleLoads(functions, query, (key) => stored.includes(key));
  assert.ok(functions.every((each) => !("reading" in each)));
  assert.deepEqual(functions[0].targets.at(-1), [7, "click"]);
  return functions.filter(({ targets }) => targets.some(([, event]) => event === "load")).map(({ id }) => id);
};

test("A function is asked where the address has one of its parameters, or any if it reads all", () => {
  for (const query of ["?a=1", "?b=", "?c=2&b=1", "?%61"]) assert.deepEqual(raise(query), [1, 4, 5, 7]);
});

test("Elsewhere what follows it comes in its place", () => {
  assert.deepEqual(raise(""), [2, 5]);
  for (const query of ["?c=a", "?A=1&aa=b"]) assert.deepEqual(raise(query), [2, 4, 5, 7]);
});

test("What the browser keeps is reason enough", () => {
  assert.deepEqual(raise("", ["network", "other"]), [2, 5, 6]);
  assert.deepEqual(raise("?layers=x"), [2, 4, 5, 6, 7]);
});

test("A value that tells a function nothing is no reason, unless it stands there twice", () => {
  assert.deepEqual(raise("?tab=runs"), [2, 4, 5]);
  for (const query of ["?tab=none", "?tab=runs&c=1", "?tab=runs&tab=descent", "?tab="]) {
    assert.deepEqual(raise(query), [2, 4, 5, 7]);
  }
});

test("Functions of which nothing is known are left as they are", () => {
  const functions = describe().map(({ reading: _, ...each }) => each);
  const before = structuredClone(functions);
  skipIdleLoads(functions, "", () => false);
  assert.deepEqual(functions, before);
});
