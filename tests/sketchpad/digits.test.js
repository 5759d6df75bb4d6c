import assert from "node:assert/strict";
import test from "node:test";

import {
  checkDigit,
  countWords,
  isSameDrawing,
  nameDigit,
  newId,
  readExport,
  writeExport,
} from "../../app/sketchpad/components/digits.js";

const GOOD = {
  label: 7,
  size: 280,
  time: "2026-01-31T12:00:00.000Z",
  strokes: [
    [
      [60, 50],
      [200, 50],
      [110, 240],
    ],
  ],
};
const keep = (entry) => ({ id: newId(), ...checkDigit(entry).digit });

test("A drawing is kept in pixels of the pad, thinned, and within it", () => {
  const { digit } = checkDigit({
    ...GOOD,
    size: 140,
    strokes: [
      [
        [10, 10],
        [20, 20],
        [30, 30],
        [-5, 150],
      ],
    ],
  });
  assert.deepEqual(digit, {
    ...GOOD,
    strokes: [
      [
        [20, 20],
        [60, 60],
        [0, 280],
      ],
    ],
  });
});

test("What is no drawing is refused, and the sentence says what would be one", () => {
  const wrong = [
    [null, "it is no drawing."],
    ["<img src=x onerror=alert(1)>", "it is no drawing."],
    [{ ...GOOD, label: 12 }, "its label is 12; it must be a whole number from 0 to 9."],
    [{ ...GOOD, label: "7" }, 'its label is "7"; it must be a whole number from 0 to 9.'],
    [{ ...GOOD, size: null }, "its size is null; it must be a number from 1 to 10,000."],
    [{ ...GOOD, size: 10_001 }, "its size is 10001; it must be a number from 1 to 10,000."],
    [{ ...GOOD, time: "yesterday" }, 'its time is "yesterday"; it must be like "2026-01-31T12:00:00Z".'],
    [{ ...GOOD, strokes: [] }, "it has no strokes."],
    [{ ...GOOD, strokes: "no" }, "it has no strokes."],
    [{ ...GOOD, strokes: [[]] }, "one of its strokes is no list of points."],
    [{ ...GOOD, strokes: [[[0, Infinity]]] }, "it has the point [0,null]; x and y must be from 0 to 280."],
    [{ ...GOOD, strokes: [[["1", 2]]] }, 'it has the point ["1",2]; x and y must be from 0 to 280.'],
    [{ ...GOOD, strokes: [[[1, 2, 3]]] }, "it has the point [1,2,3]; x and y must be from 0 to 280."],
    [{ ...GOOD, strokes: [[[1, 561]]] }, "it has the point [1,561]; x and y must be from 0 to 280."],
    [{ ...GOOD, strokes: Array(501).fill([[1, 1]]) }, "it has more than 500 strokes."],
    [{ ...GOOD, strokes: [Array(5001).fill([1, 1])] }, "it has more than 5,000 points."],
  ];
  for (const [entry, error] of wrong) assert.deepEqual(checkDigit(entry), { error });
});

test("Lists without end are named, and stop nothing", () => {
  const deep = JSON.parse(`${"[".repeat(5_000)}${"]".repeat(5_000)}`);
  assert.match(checkDigit({ ...GOOD, time: deep }).error, /^its time is /);
  assert.match(checkDigit({ ...GOOD, strokes: [[deep]] }).error, /^it has the point /);
});

test("An export comes back whole", () => {
  const digits = [keep(GOOD), keep({ ...GOOD, label: 1, strokes: [[[1, 1]]] })];
  const back = readExport(writeExport(digits), []);
  assert.deepEqual(back.errors, []);
  assert.deepEqual(
    back.digits.map(({ id, ...digit }) => digit),
    digits.map(({ id, ...digit }) => digit),
  );
  assert.equal(new Set(back.digits.map(({ id }) => id)).size, 2);
  assert.equal(
    writeExport(back.digits).replace(/"exported": "[^"]+"/, ""),
    writeExport(digits).replace(/"exported": "[^"]+"/, ""),
  );
});

test("What is here already comes no second time, nor what a file holds twice", () => {
  const here = [keep(GOOD)];
  const other = { ...GOOD, label: 2 };
  const { digits, known, errors } = readExport(writeExport([GOOD, other, other]), here);
  assert.deepEqual([digits.map(({ label }) => label), known, errors], [[2], 2, []]);
  assert.ok(isSameDrawing(keep(GOOD), here[0]));
  assert.ok(!isSameDrawing(keep(other), here[0]));
});

test("Each wrong entry is named by its place, and the others come", () => {
  const file = { schema: "glassbox-digits-1", digits: [{ ...GOOD, label: 12 }, GOOD, "<b>"] };
  const { digits, errors } = readExport(JSON.stringify(file), []);
  assert.equal(digits.length, 1);
  assert.deepEqual(errors, [
    "Entry 1: its label is 12; it must be a whole number from 0 to 9.",
    "Entry 3: it is no drawing.",
  ]);
});

test("A file that is no export is refused as a whole", () => {
  for (const text of [
    "",
    "{",
    "null",
    "[]",
    '{"schema": "another", "digits": []}',
    '{"schema": "glassbox-digits-1"}',
    "[".repeat(100_000),
  ]) {
    assert.match(readExport(text, []).error, /^it (is not JSON|does not hold digits)/, text.slice(0, 40));
  }
});

test("Five hundred are kept at most, and what is left over is said once", () => {
  const many = Array.from({ length: 600 }, (_, n) => ({ ...GOOD, strokes: [[[n % 280, Math.floor(n / 280)]]] }));
  const { digits, errors } = readExport(writeExport(many), [keep(GOOD)]);
  assert.equal(digits.length, 499);
  assert.deepEqual(errors, ["Entry 500 and those after it: 500 drawings are kept at most."]);
});

test("Words for digits and counts", () => {
  assert.deepEqual([nameDigit(8), nameDigit(1)], ["an 8", "a 1"]);
  assert.deepEqual(
    [countWords(1, "drawing"), countWords(1200, "drawing"), countWords(0, "drawing")],
    ["1 drawing", "1,200 drawings", "0 drawings"],
  );
});
