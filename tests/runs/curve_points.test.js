import assert from "node:assert/strict";
import test from "node:test";

import { CURVES, createCurvePoints, pickPoints } from "../../app/runs/components/curve_points.js";

// Rows as Python sends them: a step's number and six measures, an epoch's number, its step and three measures.
const step = (number) => [number, number + 0.1, number + 0.2, number + 0.3, number + 0.4, number + 0.5, number + 0.6];
const epoch = (number) => [number, 100 * number, 0.1, 0.2, 0.3];
const ENDS = { steps: 500, epochs: 5 };

test("A view is the whole curve; news is what comes after it, each point once", () => {
  const points = createCurvePoints();
  points.setView({ steps: [step(1), step(2)], epochs: [epoch(1)] }, ENDS);
  const { added, changesAxes } = points.addNews({ steps: [step(2), step(3)], epochs: [epoch(1), epoch(2)] }, ENDS);
  assert.deepEqual(added, { steps: [step(3)], epochs: [epoch(2)] });
  assert.equal(changesAxes, false);
  assert.equal(points.count(), 3);
  assert.deepEqual(points.pick(CURVES.accuracy.series[1]), [
    [1, 0.2],
    [2, 0.2],
  ]);
  assert.deepEqual(points.addNews({ steps: [step(3)], epochs: [epoch(2)] }, ENDS), { added: null, changesAxes: false });
});

test("The axes change with the first points and with the run's length", () => {
  const points = createCurvePoints();
  assert.equal(points.addNews({ steps: [step(1)], epochs: [] }, ENDS).changesAxes, true);
  assert.equal(points.addNews({ steps: [step(2)], epochs: [] }, ENDS).changesAxes, false);
  assert.equal(points.addNews({ steps: [step(3)], epochs: [] }, { steps: 900, epochs: 9 }).changesAxes, true);
  assert.deepEqual(["loss", "accuracy", "speed"].map(points.findEnd), [900, 9, 900]);
});

test("A curve of many points is full, and is so no more once it is sent thinned", () => {
  const points = createCurvePoints();
  const steps = Array.from({ length: 900 }, (_, number) => step(number + 1));
  points.setView({ steps, epochs: [] }, ENDS);
  assert.equal(points.isFull(), false);
  points.addNews({ steps: [step(901)], epochs: [] }, ENDS);
  assert.equal(points.isFull(), true);
  assert.equal(steps.length, 900, "what was sent is left as it was");
  points.setView({ steps: [step(901)], epochs: [] }, ENDS);
  assert.equal(points.isFull(), false);
});

test("Each chart draws its own columns", () => {
  const rows = { steps: [step(7)], epochs: [epoch(2)] };
  const drawn = Object.fromEntries(
    Object.entries(CURVES).map(([name, { series }]) => [name, series.map((one) => pickPoints(rows, one)[0])]),
  );
  assert.deepEqual(drawn, {
    loss: [
      [7, 7.1],
      [7, 7.2],
      [200, 0.3],
    ],
    accuracy: [
      [2, 0.1],
      [2, 0.2],
    ],
    rate: [[7, 7.3]],
    norms: [
      [7, 7.4],
      [7, 7.5],
    ],
    speed: [[7, 7.6]],
  });
});
