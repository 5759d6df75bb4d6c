import assert from "node:assert/strict";
import test from "node:test";

import { describePixel } from "../../app/sketchpad/components/why_maps.js";

function read(ink, slope, fall, place = { row: 2, column: 5 }) {
  const fill = (value) => {
    const values = new Float32Array(784);
    values[place.row * 28 + place.column] = value;
    return values;
  };
  return describePixel(
    { inkValues: fill(ink), maps: [{ values: fill(slope) }, { values: fill(fall) }], patch: 5 },
    place,
  );
}

test("A pixel's numbers are read out, rows and columns counted from one", () => {
  const { text, title } = read(0.5, -2, 0.25);
  assert.equal(
    text,
    "Row 3, column 6: ink 0.5; gradient \u22122; covering the 5 \u00d7 5 pixels around it lowers the probability by 0.25.",
  );
  assert.equal(title, "ink 0.5, gradient -2, fall of the probability 0.25");
});

test("A rise is a rise, and what is too small to be written says so", () => {
  assert.match(read(0, 0, -0.25).text, /raises the probability by 0.25\.$/);
  assert.match(read(0, 0, 0.00001).text, /changes the probability by less than 0.0001\.$/);
  assert.match(read(0, 0, 0).text, /changes the probability by nothing\.$/);
});
