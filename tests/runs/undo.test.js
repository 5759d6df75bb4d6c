import assert from "node:assert/strict";
import test, { beforeEach, mock } from "node:test";

import { createUndo } from "../../app/runs/components/undo.js";

beforeEach((context) => {
  mock.timers.enable({ apis: ["setTimeout"] });
  context.after(() => mock.timers.reset());
});

function build() {
  const text = { textContent: "" };
  let press;
  const button = {
    addEventListener: (_, hear) => {
      press = hear;
    },
  };
  const line = { hidden: true, querySelector: (tag) => ({ span: text, button })[tag] };
  const undone = [];
  return { ...createUndo(line, (card) => undone.push(card)), line, text, undone, press: () => press() };
}

test("A deletion can be taken back for ten seconds", () => {
  const it = build();
  const card = { label: "Mine" };
  it.show(card);
  assert.equal(it.text.textContent, "\u201cMine\u201d is deleted.");
  mock.timers.tick(9_999);
  assert.equal(it.line.hidden, false);
  it.press();
  assert.deepEqual(it.undone, [card]);
  mock.timers.tick(1);
  assert.equal(it.line.hidden, true);
});

test("A second deletion has ten seconds of its own, and what else is done ends them", () => {
  const it = build();
  it.show({ label: "one" });
  mock.timers.tick(6_000);
  it.show({ label: "two" });
  mock.timers.tick(6_000);
  assert.equal(it.line.hidden, false);
  it.hide();
  assert.equal(it.line.hidden, true);
});
