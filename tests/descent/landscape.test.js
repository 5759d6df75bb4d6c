import assert from "node:assert/strict";
import test from "node:test";

import { clipLine, isInLandscape, pointOnPath } from "../../app/descent/components/landscape.js";
import { buildRandom } from "../ui/stand_ins.js";

const random = buildRandom(3);
const BOX = { left: 50, right: 250, top: 10, bottom: 110 };
const isInside = ([x, y]) =>
  x >= BOX.left - 1e-9 && x <= BOX.right + 1e-9 && y >= BOX.top - 1e-9 && y <= BOX.bottom + 1e-9;
const mix = (from, to, share) => [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];

test("What is left of a line lies within the box, and what lies within the box is left", () => {
  for (let i = 0; i < 3000; i += 1) {
    const pickPoint = () => [random() * 500 - 100, random() * 300 - 100];
    const [from, to] = [pickPoint(), random() < 0.1 ? [0, 0] : pickPoint()];
    if (random() < 0.2) to[0] = from[0]; // upright
    if (random() < 0.2) to[1] = from[1]; // level
    const part = clipLine(from, to, BOX);
    const inside = Array.from({ length: 101 }, (_, k) => k / 100).filter((share) => isInside(mix(from, to, share)));
    if (!part) {
      assert.equal(inside.length, 0, `${from} to ${to}`);
      continue;
    }
    const [x0, y0, x1, y1] = part;
    assert.ok(isInside([x0, y0]) && isInside([x1, y1]), `${from} to ${to}: ${part}`);
    for (const share of inside) {
      const [x, y] = mix(from, to, share);
      assert.ok(x >= Math.min(x0, x1) - 1e-6 && x <= Math.max(x0, x1) + 1e-6, `${from} to ${to}: ${part}`);
      assert.ok(y >= Math.min(y0, y1) - 1e-6 && y <= Math.max(y0, y1) + 1e-6, `${from} to ${to}: ${part}`);
    }
  }
});

test("Of a line that leads out of all numbers nothing is drawn", () => {
  for (const far of [1e13, 1e300, Number.POSITIVE_INFINITY, Number.NaN]) {
    assert.equal(clipLine([100, 50], [far, 50], BOX), null);
    assert.equal(clipLine([100, -far], [100, 50], BOX), null);
  }
});

test("Between two steps a path goes straight, and ends at its last point", () => {
  const path = [
    [0, 0],
    [2, 4],
    [2, 8],
  ];
  assert.deepEqual(pointOnPath(path, 0), [0, 0]);
  assert.deepEqual(pointOnPath(path, 0.5), [1, 2]);
  assert.deepEqual(pointOnPath(path, 1.25), [2, 5]);
  assert.deepEqual(pointOnPath(path, 2), [2, 8]);
  assert.deepEqual(pointOnPath(path, 99), [2, 8]);
});

test("The frame belongs to the landscape", () => {
  const landscape = { x_range: [-1, 1], y_range: [0, 5] };
  assert.ok(isInLandscape(landscape, [-1, 5]));
  assert.ok(!isInLandscape(landscape, [1.001, 5]));
  assert.ok(!isInLandscape(landscape, [0, Number.NaN]));
});
