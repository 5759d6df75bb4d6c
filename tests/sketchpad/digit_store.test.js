import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createDigitStore } from "../../app/sketchpad/components/digit_store.js";
import { checkDigit } from "../../app/sketchpad/components/digits.js";
import { keepDrawing, readKeptDrawing } from "../../app/sketchpad/components/kept_drawing.js";
import { readOwnRuns, shareOwnRun } from "../../app/sketchpad/components/own_runs.js";

const KEY = "glassbox-digits";
const GOOD = {
  id: "a",
  ...checkDigit({
    label: 7,
    size: 280,
    time: "2026-01-31T12:00:00Z",
    strokes: [
      [
        [60, 50],
        [200, 50],
      ],
    ],
  }).digit,
};
const OTHER = { ...GOOD, id: "b", label: 1 };

// A browser's storage, which may be full, or closed to the page.
class Storage {
  kept = {};
  isFull = false;
  isBlocked = false;

  getItem(key) {
    if (this.isBlocked) throw new DOMException("denied", "SecurityError");
    return this.kept[key] ?? null;
  }

  setItem(key, text) {
    if (this.isBlocked || this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.kept[key] = text;
  }

  removeItem(key) {
    delete this.kept[key];
  }
}

let storage;

beforeEach(() => {
  storage = globalThis.localStorage = globalThis.sessionStorage = new Storage();
});

function open() {
  const told = [];
  return { store: createDigitStore((digits) => told.push(digits)), told };
}

const add = (digit) => (digits) => [...digits, digit];

test("What is kept is there when the page is opened anew, and nowhere else", () => {
  const { store, told } = open();
  assert.deepEqual(store.list(), []);
  assert.equal(store.change(add(GOOD)), "");
  assert.deepEqual([store.list(), told], [[GOOD], [[GOOD]]]);
  assert.deepEqual(open().store.list(), [GOOD]);
  assert.deepEqual(Object.keys(storage.kept), [KEY]);
});

test("Another window's list is the one that is changed", () => {
  const [here, there] = [open(), open()];
  here.store.change(add(GOOD));
  there.store.change(add(OTHER));
  assert.deepEqual(there.store.list(), [GOOD, OTHER]);
  here.store.takeNews("another key");
  assert.deepEqual(here.store.list(), [GOOD]);
  here.store.takeNews(KEY);
  assert.deepEqual(here.told.at(-1), [GOOD, OTHER]);
  storage.kept = {};
  here.store.takeNews(null);
  assert.deepEqual(here.store.list(), [], "all that was stored is gone");
});

test("Of what is damaged the whole entries are read, and the rest is set aside before it is written over", () => {
  for (const [text, whole] of [
    ["{", []],
    ["null", []],
    ['{"digits": 3}', []],
    [JSON.stringify({ digits: [GOOD, { ...OTHER, label: 99 }] }), [GOOD]],
    [JSON.stringify({ digits: [{ ...GOOD, id: 5 }, OTHER] }), [OTHER]],
  ]) {
    storage.kept = { [KEY]: text };
    const { store } = open();
    assert.deepEqual(store.list(), whole, text);
    assert.match(store.describe(), /cannot be read. It is set aside, not deleted/);
    assert.deepEqual(storage.kept, { [KEY]: text }, "nothing is touched by reading");
    store.change(add({ ...GOOD, id: "c" }));
    assert.equal(storage.kept["glassbox-digits-damaged"], text);
    assert.equal(store.describe(), "");
  }
});

test("A full storage is told, and nothing has changed", () => {
  const { store, told } = open();
  store.change(add(GOOD));
  storage.isFull = true;
  assert.match(store.change(add(OTHER)), /storage for this page is full/);
  assert.deepEqual([store.list(), told.length], [[GOOD], 1]);
});

test("Where the browser stores nothing, the list lasts as long as the page", () => {
  storage.isBlocked = true;
  const { store } = open();
  assert.match(store.describe(), /^This browser stores nothing for this page/);
  assert.equal(store.change(add(GOOD)), "");
  assert.deepEqual(store.list(), [GOOD]);
});

test("Five hundred and one megabyte are the most; what takes some away is let through", () => {
  const { store } = open();
  const many = Array.from({ length: 500 }, (_, i) => ({ ...GOOD, id: `${i}` }));
  assert.equal(
    store.change(() => many),
    "",
  );
  assert.match(store.change(add(OTHER)), /500 drawings are kept at most/);
  assert.equal(
    store.change((digits) => digits.slice(1)),
    "",
  );
  const long = { ...GOOD, strokes: [Array.from({ length: 120_000 }, (_, i) => [i % 280, i % 271])] };
  assert.match(store.change(add(long)), /1 MB/);
  assert.equal(store.list().length, 499);
});

test("The pad's drawing is kept for a reload, and a damaged or blocked storage is as good as none", () => {
  const drawing = { strokes: [[[1, 2]]], size: 280 };
  keepDrawing(drawing);
  assert.deepEqual(readKeptDrawing(), drawing);
  keepDrawing(null);
  assert.equal(readKeptDrawing(), null);
  for (const text of ["{", "null", "{}", '{"strokes": []}']) {
    storage.kept["glassbox-pad"] = text;
    assert.equal(readKeptDrawing(), null, text);
  }
  storage.isBlocked = true;
  keepDrawing(drawing);
  assert.equal(readKeptDrawing(), null);
});

test("The runs of this browser are read and added to, whatever stands there", () => {
  assert.deepEqual(readOwnRuns(), []);
  shareOwnRun("one");
  shareOwnRun("two");
  assert.deepEqual(readOwnRuns(), ["one", "two"]);
  for (const text of ["{", "null", '{"a": 1}']) {
    storage.kept["glassbox-run-ids"] = text;
    assert.deepEqual(readOwnRuns(), [], text);
  }
  storage.isBlocked = true;
  shareOwnRun("three");
  assert.deepEqual(readOwnRuns(), []);
});
