import assert from "node:assert/strict";
import test from "node:test";

import { fedOutputs, tellPlace, windowCells } from "../../app/inspection/window/components/arithmetic.js";
import { buildRandom } from "../ui/stand_ins.js";

const random = buildRandom(11);
const pick = (low, high) => low + Math.floor(random() * (high - low + 1));
const fill = (rows, columns, number) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => number()));

// A window over an image, as Python would describe it; none where it does not fit.
function pickLink() {
  const [rows, columns, size] = [pick(1, 9), pick(1, 9), pick(1, 4)];
  const [stride, padding, dilation] = [pick(1, 3), pick(0, 3), pick(1, 3)];
  const count = (side) => Math.floor((side + 2 * padding - dilation * (size - 1) - 1) / stride) + 1;
  if (count(rows) < 1 || count(columns) < 1) return null;
  const input = { values: fill(rows, columns, random) };
  const kernel = random() < 0.7 ? { values: fill(size, size, () => random() - 0.5) } : null;
  return {
    size,
    stride,
    padding,
    dilation,
    input,
    kernel,
    outputs: [{ values: fill(count(rows), count(columns), random) }],
  };
}

const links = Array.from({ length: 400 }, pickLink).filter(Boolean);
const listPlaces = (panel) => panel.values.flatMap((line, row) => line.map((_, column) => ({ row, column })));

test("A window lies where a loop over the padded image puts it", () => {
  for (const link of links) {
    const { size, stride, padding, dilation, input, kernel, outputs } = link;
    for (const place of listPlaces(outputs[0])) {
      const cells = windowCells(link, place);
      assert.equal(cells.length, size ** 2);
      cells.forEach((cell, index) => {
        const [i, j] = [Math.floor(index / size), index % size];
        // In the padded image, where nothing lies outside.
        assert.equal(cell.row + padding, place.row * stride + i * dilation);
        assert.equal(cell.column + padding, place.column * stride + j * dilation);
        assert.equal(cell.inside, input.values[cell.row]?.[cell.column] !== undefined);
        assert.equal(cell.value, input.values[cell.row]?.[cell.column] ?? 0);
        assert.equal(cell.weight, kernel ? kernel.values[i][j] : null);
      });
    }
  }
});

test("An input pixel feeds just the outputs whose windows hold it, by the weight that lies on it", () => {
  for (const link of links) {
    const { size, input, outputs } = link;
    for (const place of listPlaces(input)) {
      const told = fedOutputs(link, place).map(({ row, column, i, j }) => `${row} ${column} ${i} ${j}`);
      const found = listPlaces(outputs[0]).flatMap((output) =>
        windowCells(link, output).flatMap(({ row, column, inside }, index) =>
          inside && row === place.row && column === place.column
            ? [`${output.row} ${output.column} ${Math.floor(index / size)} ${index % size}`]
            : [],
        ),
      );
      assert.deepEqual(told, found);
    }
  }
});

test("Rows and columns are counted from 1", () => {
  assert.equal(tellPlace({ row: 0, column: 4 }), "row 1, column 5");
});
