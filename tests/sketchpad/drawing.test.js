import assert from "node:assert/strict";
import test from "node:test";

import { createDrawing } from "../../app/sketchpad/components/drawing.js";

const EXAMPLE = [
  [
    [10, 10],
    [20, 20],
  ],
];
const PICTURE = { url: "data:image/png;base64,", image: {} };

function begin() {
  const changes = [];
  const drawing = createDrawing(() => changes.push(drawing.version()));
  const draw = (...points) => {
    drawing.beginStroke(points[0]);
    drawing.goOn(points.slice(1));
    drawing.endStep();
  };
  // Whether an answer that was asked for before `change` is still about what is on the pad after it.
  const survives = (change) => {
    const asked = drawing.version();
    change();
    return drawing.isAbout(asked);
  };
  return { drawing, draw, survives, changes, read: () => drawing.read().strokes };
}

test("A stroke keeps its points to a tenth of a pixel, without those nearer than half of one", () => {
  const { draw, read, drawing } = begin();
  draw([10.04, 20.06], [10.3, 20], [30, 40.123]);
  assert.deepEqual(read(), [
    [
      [10, 20.1],
      [30, 40.1],
    ],
  ]);
  assert.equal(drawing.read().size, 280);
});

test("Every change is one version and told once", () => {
  const { drawing, draw, changes } = begin();
  draw([0, 0], [9, 9]);
  drawing.clear();
  drawing.undo();
  drawing.redo();
  drawing.showStrokes(EXAMPLE);
  drawing.showPicture(PICTURE);
  drawing.showExample(EXAMPLE);
  drawing.showPart([]);
  drawing.showWhole();
  drawing.beginErasing([15, 15], 4);
  drawing.goOn([[16, 16]]);
  drawing.endStep([[17, 17]]);
  assert.deepEqual(
    changes,
    Array.from({ length: 14 }, (_, i) => i + 2),
  );
});

test("What is read is a copy", () => {
  const { draw, read } = begin();
  draw([1, 1]);
  read()[0][0][0] = 99;
  assert.deepEqual(read(), [[[1, 1]]]);
});

test("An answer to the drawing of a moment ago is shown while it is drawn on, erased or finished", () => {
  const { drawing, draw, survives } = begin();
  draw([0, 0], [100, 0]);
  assert.ok(survives(() => drawing.beginStroke([5, 5])));
  assert.ok(survives(() => drawing.goOn([[50, 50]])));
  assert.ok(survives(() => drawing.endStep([[60, 60]])));
  assert.ok(survives(() => drawing.beginErasing([50, 0], 5)));
  assert.ok(survives(() => drawing.goOn([[55, 0]])));
  assert.ok(survives(() => drawing.endStep()));
});

test("Once another drawing has taken its place, or nothing has, it is void", () => {
  const { drawing, draw, survives } = begin();
  draw([0, 0], [100, 0]);
  const replacing = {
    undo: drawing.undo,
    redo: drawing.redo,
    strokes: () => drawing.showStrokes(EXAMPLE),
    picture: () => drawing.showPicture(PICTURE),
    "a stroke on a picture": () => drawing.beginStroke([9, 9]),
    "the end of that": drawing.endStep,
    replay: () => drawing.showPart([[[9, 9]]]),
    example: () => drawing.showExample(EXAMPLE),
    "a stroke on the example": () => drawing.beginStroke([1, 1]),
    clear: drawing.clear,
  };
  for (const [name, change] of Object.entries(replacing))
    assert.equal(survives(change), name === "the end of that", name);
  draw([0, 0], [2, 0]);
  assert.equal(
    survives(() => drawing.beginErasing([1, 0], 12)),
    false,
    "erased to the last point",
  );
  assert.equal(drawing.hasInk(), false);
});

test("Steps go back and forth, and a new one leaves nothing to do again", () => {
  const { drawing, draw, read } = begin();
  draw([0, 0], [9, 0]);
  draw([0, 5], [9, 5]);
  const both = read();
  drawing.clear();
  drawing.undo();
  assert.deepEqual(read(), both);
  drawing.undo();
  assert.deepEqual(read(), [
    [
      [0, 0],
      [9, 0],
    ],
  ]);
  drawing.redo();
  drawing.redo();
  assert.deepEqual(read(), []);
  drawing.undo();
  draw([7, 7]);
  assert.equal(drawing.canRedo(), false);
  while (drawing.canUndo()) drawing.undo();
  assert.deepEqual(read(), []);
  const version = drawing.version();
  drawing.undo();
  assert.equal(drawing.version(), version, "there is no step to go back");
});

test("However steps and undoing come, each undo shows what was there before its step", () => {
  const { drawing, draw, read } = begin();
  let state = 1;
  const random = (count) => {
    state = (state * 48271) % 2147483647;
    return state % count;
  };
  let [past, future] = [[], []];
  const doStep = (change) => {
    past.push(read());
    future = [];
    change();
  };
  for (let i = 0; i < 2000; i += 1) {
    const kind = random(6);
    const point = [random(280), random(280)];
    if (kind < 2) doStep(() => draw(point, [random(280), random(280)]));
    else if (kind === 2) doStep(drawing.clear);
    else if (kind === 3) doStep(() => drawing.showStrokes([[point]]));
    else if (kind === 4 && past.length) {
      future.push(read());
      const before = past.pop();
      drawing.undo();
      assert.deepEqual(read(), before);
    } else if (kind === 5 && future.length) {
      past.push(read());
      const after = future.pop();
      drawing.redo();
      assert.deepEqual(read(), after);
    }
    past = past.slice(-200);
    assert.equal(drawing.canUndo(), past.length > 0);
    assert.equal(drawing.canRedo(), future.length > 0);
  }
});

test("Two hundred steps can be undone", () => {
  const { drawing, draw, read } = begin();
  for (let i = 0; i < 250; i += 1) draw([i, i]);
  let undone = 0;
  for (; drawing.canUndo(); undone += 1) drawing.undo();
  assert.equal(undone, 200);
  assert.equal(read().length, 50);
});

test("All that the eraser takes before it is lifted is one step; where it takes nothing there is none", () => {
  const { drawing, draw, read } = begin();
  draw([0, 50], [200, 50]);
  drawing.beginErasing([50, 0], 5);
  drawing.goOn([
    [50, 100],
    [150, 100],
  ]);
  drawing.endStep([[150, 0]]);
  assert.equal(read().length, 3);
  drawing.undo();
  assert.deepEqual(read(), [
    [
      [0, 50],
      [200, 50],
    ],
  ]);
  drawing.beginErasing([250, 250], 5);
  drawing.endStep([[260, 260]]);
  assert.ok(drawing.canRedo(), "it touched nothing");
});

test("The first stroke takes the example away, the eraser makes it one's own", () => {
  const { drawing, draw, read } = begin();
  drawing.showExample(EXAMPLE);
  assert.ok(drawing.isExample());
  draw([5, 5]);
  assert.deepEqual([read(), drawing.isExample()], [[[[5, 5]]], false]);
  drawing.undo();
  assert.deepEqual(read(), []);
  drawing.showExample(EXAMPLE);
  drawing.beginErasing([200, 200], 5);
  drawing.endStep();
  assert.deepEqual([read(), drawing.isExample()], [EXAMPLE, false]);
});

test("The example is no step where nothing was drawn, and shown twice it is one", () => {
  const { drawing, draw } = begin();
  drawing.showExample(EXAMPLE);
  assert.equal(drawing.canUndo(), false);
  draw([5, 5]);
  drawing.showExample(EXAMPLE);
  drawing.showExample(EXAMPLE);
  drawing.undo();
  assert.deepEqual(drawing.read().strokes, [[[5, 5]]]);
});

test("A picture stands in the place of strokes, and a step like any other", () => {
  const { drawing, draw, read } = begin();
  draw([5, 5]);
  drawing.showPicture(PICTURE);
  assert.deepEqual(drawing.read(), { picture: PICTURE.url });
  assert.ok(drawing.hasInk());
  drawing.undo();
  assert.deepEqual(read(), [[[5, 5]]]);
  drawing.redo();
  draw([7, 7]);
  assert.deepEqual(read(), [[[7, 7]]], "drawing begins on an empty pad");
});

test("A replay shows a part, and the whole drawing stays what it is", () => {
  const { drawing, draw, survives } = begin();
  draw([0, 0], [9, 0]);
  const whole = drawing.read();
  const part = [[[0, 0]]];
  assert.equal(
    survives(() => drawing.showPart(part)),
    false,
  );
  assert.ok(
    survives(() =>
      drawing.showPart([
        [
          [0, 0],
          [3, 0],
        ],
      ]),
    ),
  );
  assert.equal(drawing.read().strokes[0].length, 2);
  assert.deepEqual(drawing.readWhole(), whole);
  assert.ok(drawing.isReplaying());
  draw([50, 50]);
  assert.equal(drawing.isReplaying(), false, "whoever draws ends it");
  assert.deepEqual(drawing.read().strokes, [...whole.strokes, [[50, 50]]]);
});

test("A drawing from elsewhere comes in pixels of this pad, without strokes that have no points", () => {
  const { drawing, read } = begin();
  drawing.showStrokes([[[50, 100]], []], 100);
  assert.deepEqual(read(), [[[140, 280]]]);
});
