import assert from "node:assert/strict";
import test from "node:test";

import { nearestPoint, rangeOf } from "../../app/ui/components/chart.js";
import { fitNumbers } from "../../app/ui/components/grids.js";
import { formatNumber } from "../../app/ui/components/numbers.js";
import { recordContext } from "./stand_ins.js";

const series = (...points) => [{ points }];

test("A chart's range is what Python asks for, where that can be drawn", () => {
  const points = series([0, 2], [4, 6]);
  assert.deepEqual(rangeOf(points, 1, [0, 10], false), [0, 10]);
  for (const wrong of [null, [3, 3], [5, 1], [0, null], ["0", "1"], 7]) {
    assert.deepEqual(rangeOf(points, 1, wrong, false), [2 - 0.24, 6 + 0.24]);
  }
  assert.deepEqual(rangeOf(points, 0, null, false), [0, 4], "sideways the points reach to the edge");
});

test("On a logarithmic axis nothing at or below 0 is asked for, and the largest numbers stay finite", () => {
  const [low, high] = rangeOf(series([0, 1e-300], [1, 1e308]), 1, [0, 5], true);
  assert.ok(low > 0 && low < 1e-300);
  assert.ok(Number.isFinite(high));
  const [from, to] = rangeOf(series([0, 100]), 1, null, true);
  assert.ok(from < 100 && to > 100);
});

test("Without points, and with one, there is a range all the same", () => {
  assert.deepEqual(rangeOf([], 1, null, false), [0, 1]);
  assert.deepEqual(rangeOf([], 1, null, true), [0.1, 1]);
  assert.deepEqual(rangeOf(series([0, 0]), 1, null, false), [-1, 1]);
  const [low, high] = rangeOf(series([0, -5]), 1, null, false);
  assert.ok(low < -5 && high > -5);
});

test("The nearest point is the first of two that are equally near", () => {
  const points = [
    [0, 1],
    [2, 2],
    [5, 3],
  ];
  assert.deepEqual(nearestPoint(points, 1), [0, 1]);
  assert.deepEqual(nearestPoint(points, 1.1), [2, 2]);
  assert.deepEqual(nearestPoint(points, 99), [5, 3]);
});

for (const [values, digits, size] of [
  [[0.26, 0.34, -0.31, -0.38], 2, 10],
  [[1, 0, -1], 2, 11],
  [[0.0123, -0.0251], 2, 8],
  [[0.00321, -0.00123], 1, 8],
]) {
  test(`Numbers keep within their cells: ${values}`, () => {
    const context = recordContext();
    assert.equal(fitNumbers(context, values, 30), digits);
    assert.equal(Number.parseInt(context.font, 10), size);
    for (const value of values) assert.ok(context.measureText(formatNumber(value, digits)).width <= 30);
  });
}
