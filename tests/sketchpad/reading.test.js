import assert from "node:assert/strict";
import test from "node:test";

import { describeReading } from "../../app/sketchpad/components/reading.js";

const PROBABILITIES = [0, 0, 0, 0, 0, 0, 0, 0.9, 0.06, 0.04];
const DIGIT = {
  status: "digit",
  digit: 7,
  probabilities: PROBABILITIES,
  image: [1],
  doubt: "It may be a 1.",
  milliseconds: 1.234,
};
const ERROR = { status: "error", key: "b", name: "B", message: "This network is gone." };
const SEVERAL = {
  ...DIGIT,
  agreement: { digit: null, text: "They disagree." },
  answers: [{ ...DIGIT, key: "a", name: "A" }, ERROR],
};
const COAT = { ...DIGIT, digit: 4, classes: ["T-shirt", "Trouser", "Pullover", "Dress", "Coat"] };

const BLANK = {
  verdict: { name: null, text: "Draw a digit", isError: false },
  digit: "",
  first: null,
  columns: null,
  hasColumns: false,
  doubt: "",
  image: null,
  time: "",
};

test("An empty pad is blank, whatever was answered before", () => {
  assert.deepEqual(describeReading({ hasInk: false }), BLANK);
  assert.deepEqual(describeReading({ hasInk: false, answer: DIGIT, isDrawing: true }), BLANK);
});

test("One network: its digit, its confidence, its doubt, what it saw and how long it took", () => {
  assert.deepEqual(describeReading({ hasInk: true, answer: DIGIT }), {
    verdict: { name: "7", text: "90.0% confidence", isError: false },
    digit: "7",
    first: DIGIT,
    columns: null,
    hasColumns: false,
    doubt: "It may be a 1.",
    image: [1],
    time: "read in 1.2 ms",
  });
});

test("A class that is no digit is named", () => {
  const { verdict, digit } = describeReading({ hasInk: true, answer: COAT });
  assert.deepEqual([verdict.name, digit], ["Coat", "4"]);
});

test("While a stroke is under way there is no doubt and no reproach", () => {
  assert.equal(describeReading({ hasInk: true, answer: DIGIT, isDrawing: true }).doubt, "");
  const refused = { status: "refused", message: "This is too small." };
  assert.equal(describeReading({ hasInk: true, answer: refused, isDrawing: true }).verdict.text, "Keep drawing\u2026");
  assert.deepEqual(describeReading({ hasInk: true, answer: refused }).verdict, {
    name: null,
    text: "This is too small.",
    isError: false,
  });
});

test("What has gone wrong is said as such", () => {
  const say = (state) => describeReading({ hasInk: true, ...state }).verdict;
  assert.deepEqual(say({ answer: undefined }), {
    name: null,
    text: "The server did not answer. Your drawing is kept.",
    isError: true,
  });
  assert.deepEqual(say({ answer: ERROR }), { name: null, text: "This network is gone.", isError: true });
  assert.equal(say({ answer: { status: "error" } }).isError, true);
  assert.deepEqual(say({ answer: DIGIT, mistake: "No image." }), { name: null, text: "No image.", isError: true });
  assert.equal(describeReading({ hasInk: true, answer: DIGIT, mistake: "No image." }).digit, "7", "the rest stays");
});

test("Several networks: whether they agree, and a column each", () => {
  const reading = describeReading({ hasInk: true, answer: SEVERAL });
  assert.deepEqual(reading.verdict, { name: null, text: "They disagree.", isError: false });
  assert.deepEqual([reading.columns, reading.hasColumns, reading.digit], [SEVERAL.answers, true, "7"]);
  const agreed = { ...SEVERAL, agreement: { digit: 7, text: "One reads 7." } };
  assert.equal(describeReading({ hasInk: true, answer: agreed }).verdict.name, "7");
  const silent = {
    ...SEVERAL,
    status: "error",
    answers: [ERROR, ERROR],
    agreement: { digit: null, text: "Two could not be asked." },
  };
  assert.equal(describeReading({ hasInk: true, answer: silent }).verdict.isError, false);
});

test("Columns stay where there is no answer, and go where one network reads a digit", () => {
  for (const state of [
    { hasInk: false },
    { hasInk: true, answer: { status: "refused" } },
    { hasInk: true, answer: undefined },
  ]) {
    assert.equal(describeReading({ ...state, keepsColumns: true }).hasColumns, true);
    assert.equal(describeReading(state).hasColumns, false);
  }
  assert.equal(describeReading({ hasInk: true, answer: DIGIT, keepsColumns: true }).hasColumns, false);
});
