import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { allowStorage } from "../../app/server/components/storage.js";

const forbidden = {
  configurable: true,
  get() {
    throw new DOMException("no", "SecurityError");
  },
};

beforeEach(() => {
  globalThis.document = { documentElement: { dataset: {} } };
  globalThis.window = {};
});

test("Where storage is allowed it is the browser's own", () => {
  const own = { getItem: () => null };
  Object.assign(window, { localStorage: own, sessionStorage: own });
  allowStorage();
  assert.equal(window.localStorage, own);
  assert.equal("forgets" in document.documentElement.dataset, false);
});

test("Where it is forbidden the page remembers until it is closed, and knows so", () => {
  for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, forbidden);
  allowStorage();
  const { localStorage, sessionStorage } = window;
  localStorage.setItem("a", 1);
  localStorage.setItem("b", "two");
  assert.equal(localStorage.getItem("a"), "1");
  assert.equal(localStorage.getItem("c"), null);
  assert.deepEqual([localStorage.length, localStorage.key(1), localStorage.key(2)], [2, "b", null]);
  assert.equal(sessionStorage.length, 0);
  localStorage.removeItem("a");
  assert.equal(localStorage.getItem("a"), null);
  localStorage.clear();
  assert.equal(localStorage.length, 0);
  assert.equal("forgets" in document.documentElement.dataset, true);
});
