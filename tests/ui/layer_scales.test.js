import assert from "node:assert/strict";
import test from "node:test";

import { describeValue, findScales, placeValue } from "../../app/ui/components/layer_scales.js";

// A moment of one layer: gradient, update ÷ weight, dead units, spread.
const moment = (...columns) => ({ step: 1, examples: 32, layers: [columns], findings: [] });

test("A scale goes from power of ten to power of ten, over two of them at least", () => {
  const scales = findScales([moment(0.002, 0.5, 3, null), moment(30, 0.4, 3, null)]);
  assert.deepEqual(scales, [{ low: -3, high: 2 }, { low: -2, high: 0 }, { low: -1, high: 1 }, null]);
  assert.equal(placeValue(0.01, 0, scales, 8), 0.2);
  assert.equal(placeValue(0.001, 0, scales, 8), 0);
  assert.equal(placeValue(0.1, 1, scales, 8), 0.5);
});

test("Dead units stand as a share, what is no number fills its bar, and 0 and nothing have none", () => {
  const scales = findScales([moment(1, "\u221e", 2, 0)]);
  assert.equal(placeValue(2, 2, scales, 8), 0.25);
  assert.equal(placeValue("\u221e", 1, scales, 8), 1);
  assert.equal(placeValue(0, 3, scales, 8), 0);
  assert.equal(placeValue(null, 3, scales, 8), null);
});

test("A number is written as everywhere, dead units with how many there are", () => {
  assert.equal(describeValue(0.00001234, 0, 8), "1.234\u00d710\u207b\u2075");
  assert.equal(describeValue(2, 2, 8), "2 of 8");
  assert.equal(describeValue("NaN", 0, 8), "NaN");
  assert.equal(describeValue(null, 2, 0), "\u2013");
});
