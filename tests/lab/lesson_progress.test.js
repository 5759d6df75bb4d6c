import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createLessonProgress } from "../../app/lab/components/lesson_progress.js";

const KEY = "glassbox-lessons";

let kept;
let isBlocked;

beforeEach(() => {
  kept = {};
  isBlocked = false;
  const guard = () => {
    if (isBlocked) throw new DOMException("denied", "SecurityError");
  };
  globalThis.localStorage = {
    getItem(key) {
      guard();
      return kept[key] ?? null;
    },
    setItem(key, text) {
      guard();
      kept[key] = text;
    },
  };
});

test("Step and done steps are there when the page is opened anew", () => {
  const progress = createLessonProgress();
  progress.keepStep("kernel", 2);
  progress.keepDone("kernel", 4);
  progress.keepDone("kernel", 1);
  progress.keepDone("kernel", 4);
  assert.deepEqual(createLessonProgress().find("kernel"), { step: 2, done: [1, 4] });
  assert.deepEqual(createLessonProgress().find("pooling"), { step: 0, done: [] });
});

test("Two windows lose nothing of each other", () => {
  const [one, other] = [createLessonProgress(), createLessonProgress()];
  one.keepDone("kernel", 0);
  other.keepDone("pooling", 3);
  one.keepDone("kernel", 1);
  assert.deepEqual(one.find("pooling").done, [3]);
  assert.deepEqual(other.find("kernel").done, [0, 1]);
});

test("What is damaged is begun anew", () => {
  for (const text of [
    "{",
    "null",
    '{"lessons":{"kernel":{"step":-1,"done":[]}}}',
    '{"lessons":{"kernel":{"step":1}}}',
  ]) {
    kept[KEY] = text;
    assert.deepEqual(createLessonProgress().find("kernel"), { step: 0, done: [] });
  }
  const progress = createLessonProgress();
  progress.keepDone("kernel", 1);
  assert.deepEqual(progress.find("kernel").done, [1]);
  assert.deepEqual(progress.find("constructor"), { step: 0, done: [] });
});

test("Where the browser stores nothing, progress lasts as long as the page", () => {
  isBlocked = true;
  const progress = createLessonProgress();
  progress.keepDone("kernel", 1);
  progress.keepStep("kernel", 3);
  assert.deepEqual(progress.find("kernel"), { step: 3, done: [1] });
});
