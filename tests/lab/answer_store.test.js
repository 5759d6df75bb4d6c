import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createAnswerStore, tidyName } from "../../app/lab/components/answer_store.js";

const KEY = "glassbox-answers";
const RIGHT = { given: [1, 2], tries: 2, isRight: true, gaveUp: false };

let kept;
let isBlocked;
let now;

beforeEach(() => {
  kept = {};
  isBlocked = false;
  now = 0;
  globalThis.localStorage = {
    getItem(key) {
      if (isBlocked) throw new DOMException("denied", "SecurityError");
      return kept[key] ?? null;
    },
    setItem(key, text) {
      if (isBlocked) throw new DOMException("denied", "SecurityError");
      kept[key] = text;
    },
  };
});

const open = () => createAnswerStore(() => now);

test("An answer is there when the page is opened anew, for its name however it is written", () => {
  open().keep("Ada", "best-step", RIGHT);
  assert.deepEqual(open().findSheet(" ADA ").answers, { "best-step": RIGHT });
  assert.deepEqual(open().findSheet("grace").answers, {});
});

test("Two windows lose nothing of each other", () => {
  const [one, other] = [open(), open()];
  one.keep("Ada", "best-step", RIGHT);
  other.keep("Ada", "softmax", RIGHT);
  assert.deepEqual(Object.keys(one.findSheet("Ada").answers), ["best-step", "softmax"]);
});

test("Time counts from answer to answer, a long pause as five minutes", () => {
  const store = open();
  now = 60_000;
  store.keep("Ada", "best-step", RIGHT);
  now += 3_600_000;
  store.keep("Ada", "softmax", RIGHT);
  assert.equal(store.findSheet("Ada").seconds, 360);
});

test("The answer sheet holds what was tried, in the form that is graded", () => {
  const store = open();
  store.keep("Ada", "best-step", RIGHT);
  store.keep("Ada", "softmax", { given: "", tries: 0, isRight: false, gaveUp: true });
  assert.deepEqual(JSON.parse(store.writeSheet("Ada")), {
    schema: 1,
    name: "Ada",
    seconds: 0,
    answers: [{ exercise: "best-step", given: [1, 2], tries: 2, gave_up: false }],
  });
});

test("The twenty latest names are kept", () => {
  const store = open();
  for (let index = 24; index >= 0; index -= 1) store.keep(`${index}`, "softmax", RIGHT);
  assert.equal(JSON.parse(kept[KEY]).sheets.length, 20);
  assert.deepEqual(store.findSheet("24").answers, {});
  assert.deepEqual(store.findSheet("0").answers, { softmax: RIGHT });
});

for (const damaged of [
  "{",
  "[]",
  "null",
  '{"sheets": 3, "name": 4}',
  '{"sheets": [{"name": "ada", "answers": {"x": 1}}, null, 3]}',
]) {
  test(`What is damaged breaks nothing: ${damaged}`, () => {
    kept[KEY] = damaged;
    const store = open();
    assert.deepEqual(store.findSheet("Ada").answers, {});
    store.keep("Ada", "softmax", RIGHT);
    assert.deepEqual(open().findSheet("Ada").answers, { softmax: RIGHT });
  });
}

test("A text that cannot be read is kept aside before it is written over", () => {
  kept[KEY] = "{";
  open().keep("Ada", "softmax", RIGHT);
  assert.equal(kept[`${KEY}-damaged`], "{");
});

test("Sections of one page count the same minutes once", () => {
  const [one, other] = [open(), open()];
  now = 240_000;
  one.keep("Ada", "best-step", RIGHT);
  now = 300_000;
  other.keep("Ada", "softmax", RIGHT);
  assert.equal(one.findSheet("Ada").seconds, 300);
});

test("Where the storage is full, answers last as long as the page", () => {
  const store = open();
  store.keep("Ada", "best-step", RIGHT);
  localStorage.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  store.keep("Ada", "softmax", RIGHT);
  assert.deepEqual(Object.keys(store.findSheet("Ada").answers), ["best-step", "softmax"]);
});

test("Where the browser stores nothing, answers last as long as the page", () => {
  isBlocked = true;
  const store = open();
  store.keep("Ada", "softmax", RIGHT);
  store.keepName("Ada");
  assert.deepEqual(store.findSheet("ada").answers, { softmax: RIGHT });
  assert.equal(store.findLastName(), "Ada");
});

test("A name is compared as Python compares it", () => {
  assert.equal(tidyName("  Ada \u00a0 LOVELACE "), "ada lovelace");
  assert.equal(tidyName("\uff21da"), "ada");
  assert.equal(tidyName(" "), "");
});
