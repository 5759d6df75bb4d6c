// Against Python, number for number, they are compared by test_numbers.py.
import assert from "node:assert/strict";
import test from "node:test";

import { formatNumber, formatPercent, isNumber, keepWithin, superscript } from "../../app/ui/components/numbers.js";

test("What is no number is a dash", () => {
  for (const value of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "3", {}]) {
    assert.equal(formatNumber(value), "\u2013");
    assert.equal(formatPercent(value), "\u2013");
    assert.equal(isNumber(value), false);
  }
  assert.equal(isNumber(0), true);
});

test("Fewer digits may be asked for", () => {
  assert.equal(formatNumber(0.150094, 2), "0.15");
  assert.equal(formatNumber(-1.279e-13, 2), "\u22121.3\u00d710\u207b\u00b9\u00b3");
  assert.equal(formatNumber(12345.678, 6), "12,345.7");
});

test("Powers stand above the line, and a value keeps within its range", () => {
  assert.equal(superscript(-10), "\u207b\u00b9\u2070");
  assert.equal(keepWithin(5, 0, 3), 3);
  assert.equal(keepWithin(-1, 0, 3), 0);
  assert.equal(keepWithin(2, 0, 3), 2);
});
