import assert from "node:assert/strict";
import test from "node:test";

import { explainNumber, stepNumber } from "../../app/ui/components/number_bounds.js";

const ANY = {
  low: -Infinity,
  high: Infinity,
  step: 1,
  isWhole: false,
  isAbove: false,
  byFactor: false,
  byDoubling: false,
};
const [UP, DOWN] = [1, -1];

// The values that a field shows as keys are pressed: u and d a step up and down, U and D long ones.
function press(value, keys, bounds) {
  const values = [];
  for (const key of keys) {
    value = stepNumber(value, key.toLowerCase() === "u" ? UP : DOWN, key !== key.toLowerCase(), { ...ANY, ...bounds });
    values.push(value);
  }
  return values;
}

test("A learning rate grows by 1, 2, 5, 10, and falls to the least above 0", () => {
  const rate = { low: 0, isAbove: true, byFactor: true };
  assert.deepEqual(press(0.01, "uuudU", rate), [0.02, 0.05, 0.1, 0.05, 0.5]);
  assert.deepEqual(press(0.03, "ud", rate), [0.05, 0.02]);
  assert.deepEqual(press(2e-5, "ddd", rate), [1e-5, 5e-6, 2e-6]);
});

test("A weight decay may be 0, which lies below the least that is stepped to", () => {
  assert.deepEqual(press(0, "uudd", { low: 0, high: 1, byFactor: true }), [1e-5, 2e-5, 1e-5, 0]);
  assert.deepEqual(press(0.5, "uu", { low: 0, high: 1, byFactor: true }), [1, 1]);
});

test("A batch size doubles and halves", () => {
  assert.deepEqual(press(32, "uddU", { low: 1, high: 1024, byDoubling: true }), [64, 32, 16, 32]);
  assert.deepEqual(press(48, "ud", { low: 1, high: 1024, byDoubling: true }), [64, 32]);
  assert.deepEqual(press(1, "d", { low: 1, high: 1024, byDoubling: true }), [1]);
  assert.deepEqual(press(48, "d", { low: 1, high: 1024, byDoubling: true }), [32]);
});

test("Other numbers step by their step, to places that it reaches from the lower bound, and stay within", () => {
  assert.deepEqual(press(999, "uud", { low: 1, high: 1000, isWhole: true }), [1000, 1000, 999]);
  assert.deepEqual(press(0.07, "ud", { low: 0, high: 1, step: 0.05 }), [0.1, 0.05]);
  assert.deepEqual(press(0, "uUD", { low: -1, high: 1, step: 0.1 }), [0.1, 1, 0]);
  assert.deepEqual(press(0.1, "uuu", { step: 0.1 }), [0.2, 0.3, 0.4]);
  assert.deepEqual(press(3, "d", { low: 2, isAbove: true }), [3], "the bound itself is left out");
});

test("What a field does not take is said with what it takes", () => {
  const tell = (text, bounds) => explainNumber(text, { ...ANY, ...bounds });
  assert.equal(tell("", { low: 1 }), "");
  assert.equal(tell("0,5", { low: 0, high: 1 }), "");
  assert.equal(
    tell("5000", { low: 1, high: 1000, isWhole: true }),
    "This cannot be 5000: enter a whole number from 1 to 1,000.",
  );
  assert.equal(tell("1.5", { low: 1, isWhole: true }), "This cannot be 1.5: enter a whole number of at least 1.");
  assert.equal(tell("3", { high: 2 }), "This cannot be 3: enter a number of at most 2.");
  assert.equal(tell("0", { low: 0, isAbove: true }), "This cannot be 0: enter a number above 0.");
  assert.equal(
    tell("0", { low: 0, high: 10, isAbove: true }),
    "This cannot be 0: enter a number above 0 and at most 10.",
  );
  assert.equal(tell("0.5", { isWhole: true }), "This cannot be 0.5: enter a whole number.");
  assert.match(tell("abc", {}), /^'abc' is not a number/);
});
