import assert from "node:assert/strict";
import test from "node:test";

import {
  eraseAlong,
  measureDistance,
  measureStroke,
  refineStroke,
  takePoints,
  thinStroke,
} from "../../app/sketchpad/components/strokes.js";

const LINE = [
  [140, 40],
  [140, 240],
];

test("The eraser cuts a line in two where it crosses, and leaves what it does not touch as it is", () => {
  const other = [
    [10, 10],
    [20, 20],
  ];
  const [above, below, untouched, ...more] = eraseAlong([LINE, other], [60, 140], [220, 140], 12);
  assert.deepEqual(more, []);
  assert.equal(untouched, other);
  assert.deepEqual([above[0], below.at(-1)], LINE);
  assert.ok(Math.abs(above.at(-1)[1] - 128) <= 2, `${above.at(-1)}`);
  assert.ok(Math.abs(below[0][1] - 152) <= 2, `${below[0]}`);
});

test("Where it crosses nothing there is nothing to undo", () => {
  assert.equal(eraseAlong([LINE], [10, 10], [40, 10], 12), null);
  assert.equal(eraseAlong([], [0, 0], [280, 280], 12), null);
});

test("What is left outside of its way is on the line, and no crumb is left", () => {
  for (let y = 40; y <= 240; y += 7) {
    for (const stroke of eraseAlong([LINE], [100, y], [180, y + 30], 12)) {
      assert.ok(measureStroke(stroke) >= 3);
      for (const point of stroke) {
        assert.ok(measureDistance(point, [100, y], [180, y + 30]) > 12);
        assert.equal(point[0], 140);
      }
    }
  }
});

test("A dot is taken whole, and so is a stroke that lies under the eraser", () => {
  assert.deepEqual(
    eraseAlong(
      [
        [[140, 140]],
        [
          [138, 140],
          [142, 140],
        ],
      ],
      [135, 140],
      [145, 140],
      12,
    ),
    [],
  );
});

test("A refined stroke is as long, begins and ends where it did, and has no long steps", () => {
  const stroke = [
    [0, 0],
    [30, 40],
    [30, 41],
    [200, 41],
  ];
  const fine = refineStroke(stroke);
  assert.ok(Math.abs(measureStroke(fine) - measureStroke(stroke)) < 1);
  assert.deepEqual([fine[0], fine.at(-1)], [stroke[0], stroke.at(-1)]);
  for (let i = 1; i < fine.length; i += 1) assert.ok(measureStroke(fine.slice(i - 1, i + 1)) < 2.2);
});

test("The first points of strokes are taken in the order in which they were drawn", () => {
  const strokes = [
    [
      [1, 1],
      [2, 2],
    ],
    [
      [3, 3],
      [4, 4],
      [5, 5],
    ],
  ];
  assert.deepEqual(takePoints(strokes, 0), []);
  assert.deepEqual(takePoints(strokes, 1), [[[1, 1]]]);
  assert.deepEqual(takePoints(strokes, 2), [
    [
      [1, 1],
      [2, 2],
    ],
  ]);
  assert.deepEqual(takePoints(strokes, 4), [
    [
      [1, 1],
      [2, 2],
    ],
    [
      [3, 3],
      [4, 4],
    ],
  ]);
  assert.deepEqual(takePoints(strokes, 99), strokes);
});

test("A thinned stroke keeps its ends and corners, and no point is farther from it than allowed", () => {
  const zigzag = Array.from({ length: 200 }, (_, i) => [i, Math.abs((i % 40) - 20)]);
  const thin = thinStroke(zigzag, 0.25);
  assert.ok(thin.length <= 12, `${thin.length}`);
  assert.deepEqual([thin[0], thin.at(-1)], [zigzag[0], zigzag.at(-1)]);
  for (const point of zigzag) {
    const distances = thin.slice(1).map((end, i) => measureDistance(point, thin[i], end));
    assert.ok(Math.min(...distances) <= 0.25);
  }
  assert.deepEqual(thinStroke([[5, 5]], 0.25), [[5, 5]]);
});
