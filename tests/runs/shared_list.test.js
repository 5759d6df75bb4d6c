import assert from "node:assert/strict";
import test from "node:test";

import { createSharedList, REMOVED_KEY, SHARED_KEY } from "../../app/runs/components/shared_list.js";

// A browser's storage, as each of its windows has it.
function buildBrowser(first = {}) {
  const kept = new Map(Object.entries(first));
  const localStorage = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
  return { window: { localStorage }, read: (key) => JSON.parse(kept.get(key) ?? "null") };
}

test("Each run stands once in the list, which is stored", () => {
  const { window, read } = buildBrowser();
  const list = createSharedList(window);
  list.set(["a", "b", "a"]);
  assert.deepEqual(list.read(), ["a", "b"]);
  assert.deepEqual(read(SHARED_KEY), ["a", "b"]);
  assert.ok(list.has("a") && !list.has("c"));
});

test("Python's list comes after what this window or another has started since", () => {
  const { window } = buildBrowser({ [SHARED_KEY]: '["old", "theirs"]' });
  const list = createSharedList(window);
  list.merge(["old", "mine"]);
  assert.deepEqual(list.read(), ["theirs", "old", "mine"]);
});

test("What was taken off the list is remembered, until it is asked for again", () => {
  const { window, read } = buildBrowser();
  const list = createSharedList(window);
  list.set(["a", "b"]);
  list.remove(["a", "c"]);
  assert.deepEqual(list.read(), ["b"]);
  assert.deepEqual(read(REMOVED_KEY), ["a", "c"]);
  list.set(["b", "a"]);
  assert.deepEqual(read(REMOVED_KEY), ["c"]);
});

test("At most a thousand are remembered, the latest", () => {
  const { window, read } = buildBrowser();
  const list = createSharedList(window);
  list.remove(Array.from({ length: 1500 }, (_, number) => `run ${number}`));
  assert.equal(read(REMOVED_KEY).length, 1000);
  assert.equal(read(REMOVED_KEY).at(-1), "run 1499");
});

test("A window adopts the list that another one has stored", () => {
  const { window } = buildBrowser();
  const [one, other] = [createSharedList(window), createSharedList(window)];
  one.set(["a", "b"]);
  other.adopt(window.localStorage.getItem(SHARED_KEY));
  assert.deepEqual(other.read(), ["a", "b"]);
});

for (const damaged of ["", "{", "null", "7", '"a"', '{"a": 1}', '[1, null, ["a"], {}]']) {
  test(`Stored nonsense is no list: ${damaged}`, () => {
    const { window, read } = buildBrowser({ [SHARED_KEY]: damaged, [REMOVED_KEY]: damaged });
    const list = createSharedList(window);
    list.adopt(damaged);
    assert.deepEqual(list.read(), []);
    list.merge(["a"]);
    assert.deepEqual(list.read(), ["a"]);
    list.remove(["a"]);
    assert.deepEqual(read(REMOVED_KEY), ["a"]);
  });
}

test("Where a browser stores nothing, the window is alone", () => {
  const forbidding = {
    get localStorage() {
      throw new DOMException("no", "SecurityError");
    },
  };
  const full = {
    localStorage: {
      getItem: () => null,
      setItem() {
        throw new DOMException("full", "QuotaExceededError");
      },
    },
  };
  for (const window of [forbidding, full]) {
    const list = createSharedList(window);
    list.merge(["a", "b"]);
    list.remove(["a"]);
    assert.deepEqual(list.read(), ["b"]);
  }
});

test("What is read of the list is a copy", () => {
  const list = createSharedList({});
  list.set(["a"]);
  list.read().push("b");
  assert.deepEqual(list.read(), ["a"]);
});
