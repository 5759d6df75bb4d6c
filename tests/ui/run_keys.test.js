import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { keepRunKeys, readRunKeys } from "../../app/ui/components/run_keys.js";

let stored;

function installStorage(more = {}) {
  Object.defineProperty(globalThis, "localStorage", {
    configurable: true,
    value: {
      getItem: (name) => stored[name] ?? null,
      setItem: (name, text) => {
        stored[name] = text;
      },
      ...more,
    },
  });
}

beforeEach(() => {
  stored = {};
  globalThis.window = {};
  installStorage();
});

test("Keys that are kept are read again, by another window too", () => {
  keepRunKeys({ a: "1" });
  keepRunKeys({ b: "2" });
  globalThis.window = {};
  assert.deepEqual(readRunKeys(), { a: "1", b: "2" });
});

test("What is stored and damaged counts as nothing, and is mended by the next key", () => {
  for (const damaged of ["{", "null", "3", '"text"']) {
    globalThis.window = {};
    stored["glassbox-run-keys"] = damaged;
    assert.deepEqual(readRunKeys(), {});
    keepRunKeys({ a: "1" });
    assert.deepEqual(JSON.parse(stored["glassbox-run-keys"]), { a: "1" });
  }
});

test("Where the browser stores nothing, this window knows its keys", () => {
  const refuse = () => {
    throw new Error("blocked");
  };
  installStorage({ getItem: refuse, setItem: refuse });
  keepRunKeys({ a: "1" });
  assert.deepEqual(readRunKeys(), { a: "1" });
});

test("The oldest of more than a thousand go first", () => {
  keepRunKeys(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`run${index}`, "key"])));
  keepRunKeys({ newest: "key" });
  const kept = JSON.parse(stored["glassbox-run-keys"]);
  assert.equal(Object.keys(kept).length, 1000);
  assert.ok("newest" in kept && !("run0" in kept));
});
