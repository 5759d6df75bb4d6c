import assert from "node:assert/strict";
import test from "node:test";

import {
  countUnitsBefore,
  findLowest,
  readLayers,
  readMoment,
  traceLevel,
} from "../../../app/descent/plane/components/moments.js";

const toText = (bytes) => Buffer.from(bytes).toString("base64");

test("Weights and biases are read layer by layer, unit by unit", () => {
  // Two inputs, three units, one output: 6 weights and 3 biases, 3 weights and 1 bias.
  const numbers = Float32Array.from({ length: 13 }, (_, index) => index / 4 - 1);
  const bytes = Buffer.alloc(1 + 4 * 13);
  numbers.forEach((number, index) => bytes.writeFloatLE(number, 1 + 4 * index));
  const layers = readLayers(new Uint8Array(bytes.buffer, bytes.byteOffset + 1, 52), [2, 3, 1]);
  assert.deepEqual(
    layers.map(({ weights, bias, numInputs }) => [[...weights], [...bias], numInputs]),
    [
      [[-1, -0.75, -0.5, -0.25, 0, 0.25], [0.5, 0.75, 1], 2],
      [[1.25, 1.5, 1.75], [2], 3],
    ],
  );
});

test("A moment keeps its numbers, and its maps are bytes", () => {
  const moment = { epoch: 7, losses: [0.5, null], accuracies: [1, null], scales: [1] };
  const texts = { weights: toText(new Uint8Array(12)), maps: toText([1, 128, 255, 0]), surface: toText([9]) };
  const read = readMoment({ inputs: ["x", "y"], layers: [1] }, { ...moment, ...texts });
  assert.equal(read.epoch, 7);
  assert.deepEqual([...read.maps], [1, 128, 255, 0]);
  assert.deepEqual([...read.surface], [9]);
  assert.equal(read.layers.length, 1);
});

test("Units are counted layer by layer", () => {
  assert.deepEqual(
    [countUnitsBefore([3, 2, 1], 0, 2), countUnitsBefore([3, 2, 1], 1, 1), countUnitsBefore([3, 2, 1], 2, 0)],
    [2, 4, 5],
  );
});

test("The lowest loss is the first of the least, and losses that are not there do not count", () => {
  assert.equal(findLowest([null, 3, 1, 1, null, 2]), 2);
  assert.equal(findLowest([0]), 0);
  assert.equal(findLowest([null, null]), -1);
});

test("The line at a level of a plane lies where the plane has it", () => {
  // Bytes of 10 x + 4 y + 20, row by row: at each end of a part the plane is at the level, to rounding of numbers.
  const side = 12;
  const bytes = Uint8Array.from({ length: side * side }, (_, at) => 10 * (at % side) + 4 * Math.floor(at / side) + 20);
  const parts = traceLevel(bytes, side, 81.5);
  assert.ok(parts.length >= 4 * side - 8); // it crosses from the upper edge to the lower one
  for (let at = 0; at < parts.length; at += 2) {
    const [x, y] = [parts[at] * side - 0.5, parts[at + 1] * side - 0.5];
    assert.ok(Math.abs(10 * x + 4 * y + 20 - 81.5) < 1e-9, `${x}, ${y}`);
  }
  assert.deepEqual(traceLevel(bytes, side, 250), []);
});

test("Where both diagonals differ there are two parts, none of which crosses the other", () => {
  const parts = traceLevel(Uint8Array.from([200, 0, 0, 200]), 2, 100);
  assert.equal(parts.length, 8);
  const [top, right, bottom, left] = [
    [0.5, 0.25],
    [0.75, 0.5],
    [0.5, 0.75],
    [0.25, 0.5],
  ];
  assert.deepEqual(parts, [...top, ...right, ...bottom, ...left]);
});
