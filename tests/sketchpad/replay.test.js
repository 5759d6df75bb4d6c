import assert from "node:assert/strict";
import test, { beforeEach } from "node:test";

import { createDrawing } from "../../app/sketchpad/components/drawing.js";
import { createReplay } from "../../app/sketchpad/components/replay.js";
import { measureStroke } from "../../app/sketchpad/components/strokes.js";

const EXAMPLE = [
  [
    [0, 0],
    [100, 0],
  ],
  [
    [50, 50],
    [50, 150],
  ],
];
let now;
let frames;

beforeEach(() => {
  now = 0;
  frames = new Map();
  performance.now = () => now;
  globalThis.requestAnimationFrame = (react) => {
    frames.set(frames.size + 1, react);
    return frames.size;
  };
  globalThis.cancelAnimationFrame = (number) => frames.delete(number);
});

function pass(milliseconds) {
  now += milliseconds;
  const due = [...frames.values()];
  frames.clear();
  for (const react of due) react(now);
}

function begin() {
  const lengths = [];
  const end = new AbortController();
  const drawing = createDrawing(() =>
    lengths.push(drawing.visibleStrokes().reduce((sum, stroke) => sum + measureStroke(stroke), 0)),
  );
  return { drawing, lengths, end, replay: createReplay(drawing, end.signal) };
}

test("The example is drawn evenly in a second and a half, its first point at once", () => {
  const { drawing, lengths, replay } = begin();
  let ends = 0;
  replay.playExample(EXAMPLE, () => {
    ends += 1;
  });
  assert.deepEqual(lengths, [0]);
  assert.ok(drawing.isExample() && drawing.isReplaying() && drawing.hasInk());
  for (let i = 0; i < 15; i += 1) pass(100);
  const steps = lengths.slice(1).map((length, i) => length - lengths[i]);
  assert.ok(
    steps.every((step) => step > 8 && step < 18),
    `${steps}`,
  );
  assert.deepEqual(drawing.read().strokes, EXAMPLE);
  assert.deepEqual([ends, drawing.isReplaying(), frames.size], [1, false, 0]);
});

test("A drawing takes seven milliseconds a pixel, at least a second and a half and at most eight seconds", () => {
  for (const [length, milliseconds] of [
    [100, 1500],
    [280, 1960],
    [40 * 280, 8000],
  ]) {
    const { drawing, replay } = begin();
    const strokes = Array.from({ length: Math.ceil(length / 280) }, (_, row) => [
      [0, row],
      [Math.min(length, 280), row],
    ]);
    drawing.showStrokes(strokes);
    replay.playDrawing(() => {});
    pass(milliseconds - 20);
    assert.ok(drawing.isReplaying(), `${length} px`);
    pass(20);
    assert.equal(drawing.isReplaying(), false, `${length} px`);
    assert.deepEqual(drawing.read().strokes, strokes);
  }
});

test("Whoever touches the pad ends it, and it does not say that it has ended", () => {
  const { drawing, replay } = begin();
  drawing.showStrokes(EXAMPLE);
  replay.playDrawing(() => assert.fail());
  pass(500);
  drawing.beginStroke([7, 7]);
  const version = drawing.version();
  for (let i = 0; i < 100; i += 1) pass(100);
  assert.equal(drawing.version(), version);
  assert.equal(frames.size, 0);
});

test("One that begins while another is under way takes its place", () => {
  const { drawing, replay } = begin();
  drawing.showStrokes(EXAMPLE);
  replay.playDrawing(() => assert.fail());
  pass(500);
  drawing.showWhole();
  let ends = 0;
  replay.playDrawing(() => {
    ends += 1;
  });
  assert.equal(frames.size, 1);
  for (let i = 0; i < 100; i += 1) pass(100);
  assert.equal(ends, 1);
});

test("It asks for no more frames once the pad is gone from the page", () => {
  const { drawing, replay, end } = begin();
  drawing.showStrokes(EXAMPLE);
  replay.playDrawing(() => {});
  pass(100);
  end.abort();
  assert.equal(frames.size, 0);
});
