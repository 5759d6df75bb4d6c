import assert from "node:assert/strict";
import test from "node:test";

import { findBoxAt, placeBoxes, placePicture } from "../../app/sketchpad/components/found_digits.js";

test("A wide image lies in the middle of the pad, and boxes lie in it where its digits do", () => {
  const image = { width: 560, height: 140 };
  assert.deepEqual(placePicture(image), { left: 0, top: 105, width: 280, height: 70 });
  assert.deepEqual(placePicture({ width: 100, height: 200 }), { left: 70, top: 0, width: 140, height: 280 });
  assert.deepEqual(placeBoxes([{ box: [0.25, 0.5, 0.1, 0.4] }], image), [
    { left: 70, top: 140, width: 28, height: 28 },
  ]);
});

test("A press beside a narrow box is the box's, and of boxes in each other the inner one counts", () => {
  const boxes = [
    { left: 10, top: 10, width: 100, height: 100 },
    { left: 40, top: 40, width: 4, height: 30 },
  ];
  assert.equal(findBoxAt(boxes, [46, 50]), 1);
  assert.equal(findBoxAt(boxes, [60, 50]), 0);
  assert.equal(findBoxAt(boxes, [200, 50]), -1);
  assert.equal(findBoxAt([], [0, 0]), -1);
});
