import assert from "node:assert/strict";
import test from "node:test";

import {
  copyPoints,
  findNearest,
  readPastedClasses,
  showOwn,
} from "../../../app/descent/plane/components/own_points.js";
import { readNumber } from "../../../app/ui/components/read_number.js";

const POINTS = { x: [1.234, -7, 2], y: [0, 5.999, 3], labels: [1, 0, 2], is_test: [false, true, true] };
const paste = (text, limit = 300) => readPastedClasses(text, readNumber, limit);

test("What is shown is gone on from, in two decimals and within the plane", () => {
  assert.deepEqual(copyPoints(POINTS, "classes", 10), [
    [1.23, 0, 1],
    [-6, 6, 0],
    [2, 3, 2],
  ]);
  const values = { ...POINTS, labels: [0.3, -0.2, 0] };
  assert.deepEqual(
    copyPoints(values, "values", 10).map(([, , label]) => label),
    [1, 0, 0],
  );
});

test("Of too many points so many are kept that some can be painted", () => {
  const many = Array.from({ length: 500 }, (_, index) => index / 100);
  const points = { x: many, y: many, labels: many.map(() => 0), is_test: many.map(() => false) };
  assert.equal(copyPoints(points, "two", 300).length, 240);
  assert.equal(copyPoints(points, "two", 500).length, 500);
});

test("A point that was for testing is drawn so until Python says otherwise", () => {
  const shown = showOwn(
    [
      [2, 3, 2],
      [2, 3.5, 2],
    ],
    POINTS,
  );
  assert.deepEqual(shown, { x: [2, 2], y: [3, 3.5], labels: [2, 2], is_test: [true, false] });
});

test("The nearest point is found, and none that is too far", () => {
  const own = [
    [0, 0, 0],
    [1, 0, 1],
    [1.2, 0, 0],
  ];
  assert.equal(findNearest(own, [1.15, 0], 0.5), 2);
  assert.equal(findNearest(own, [1.05, 0], 0.5), 1);
  assert.equal(findNearest(own, [0, 2], 0.5), -1);
  assert.equal(findNearest([], [0, 0], 1), -1);
});

test("Rows of a spreadsheet are read, with headings and decimal commas", () => {
  const rows = [
    [1.5, -2, 0],
    [0.25, 6, 3],
  ];
  assert.deepEqual(paste("x\ty\tclass\n1,5\t-2\t0\n0,25\t6\t3\n"), rows);
  assert.deepEqual(paste("1.5;\u22122;0\r\n0.25;6;3"), rows);
  assert.deepEqual(paste("1.5 -2 0\n0.25  6 3"), rows);
});

test("What is no table is left to the page, and a mistake says where it is", () => {
  assert.equal(paste("0.5"), null);
  assert.equal(paste("one\ntwo"), null);
  assert.throws(() => paste("1\t2\n3\t4"), /a row of 2 columns: copy three, x, y and class/);
  assert.throws(() => paste("1\t2\t0\n9\t4\t1"), /Row 2 of what was pasted: x is '9', and may be −6 to 6/);
  assert.throws(() => paste("1\ttwo\t0\n3\t4\t1"), /Row 1 of what was pasted: y is 'two'/);
  for (const label of ["4", "-1", "0.5", "a"])
    assert.throws(() => paste(`1\t2\t0\n3\t4\t${label}`), /Row 2 of what was pasted: the class is/);
  assert.throws(() => paste("1\t2\t0\n1\t2\t1\n1\t2\t0", 2), /has 3 points: copy 2 to 2/);
});
